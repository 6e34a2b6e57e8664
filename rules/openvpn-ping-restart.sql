-- id: openvpn-ping-restart
-- title: The other end of the tunnel fell silent
-- because.restart: The tunnel between {client} and {server} was up; then the {silent} fell silent after frame
--   {heard.frame}. The {speaker} went on for {unanswered} packet{plural} and heard nothing; {silent_s} s after the last
--   packet {client} started a new session in frame {restart.frame}{again}.
-- because.gone: The tunnel between {client} and {server} was up; then the {silent} fell silent after frame
--   {heard.frame}, while the {speaker} went on for {silent_s} s ({unanswered} packet{plural}). {after}
-- because.cut: The tunnel between {client} and {server} was up; then the {silent} fell silent after frame
--   {heard.frame}. The {speaker} was still speaking to it {silent_s} s later ({unanswered} packet{plural}); the capture ends
--   there.
-- because.oneway: The tunnel between {client} and {server} was up; after frame {heard.frame} the capture holds nothing of
--   the {silent}, while the {speaker} went on for {silent_s} s ({unanswered} packet{plural}). That is longer than OpenVPN waits
--   for the other end by default: the {speaker} may have heard what did not pass here.
-- advice.oneway: Capture at the {speaker}, or see its log.
-- advice.restart: Nothing is wrong with the handshake: see what happened to the path at that time (both ends' links, NAT
--   time-outs, address changes).
-- advice.gone: See whether the {silent} left on purpose (its log), and capture there.
-- advice.cut: Capture for longer, at both ends.
-- what.heard: last packet of the silent end
-- what.unanswered: first packet that was not answered any more
-- what.last: last packet of the other end
-- what.restart: a new session starts
-- what.up: the tunnel is up again
-- rival.exit: the silent end stopped on purpose; its farewell is encrypted | its log
-- rival.path: the packets of the silent end take another way, past the capture | a capture at the end that went on
-- missing.end: the end of the silence
-- missing.leave: the log of the silent end: an end that leaves without --explicit-exit-notify looks like one that vanished
-- missing.way: packets of the silent end, if there were any
-- numbers: silent_s real, unanswered int
-- after: openvpn-window-stall
-- facts: openvpn_session
-- sources: openvpn(8) --ping, --ping-restart (120 s by default), --keepalive (a server waits twice the time of its
--   clients), --float, --explicit-exit-notify, --connect-retry; OpenVPN src/openvpn/ping.c, helper.c
--   (ping-restart is twice ping at least), mudp.c (peer ids), multi.c (multi_delete_dup)
-- samples: fires: openvpn-stall/ping-restart; silent: openvpn-stall/healthy openvpn-stall/acklost; unknown:
--   openvpn-stall/cut-ping openvpn-stall/one-way openvpn-stall/client-left

WITH negotiated AS MATERIALIZED (
    SELECT DISTINCT n.source, CAST(CASE n.client WHEN 'b' THEN f.b ELSE f.a END AS TEXT) AS client_address,
           CASE n.client WHEN 'b' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS server_end
    FROM openvpn_negotiation n JOIN flow f ON f.source = n.source AND f.id = n.flow WHERE n.client IS NOT NULL
),
-- In a capture that began later, which end is the client shows where that host negotiates with that server.
sided AS MATERIALIZED (
    SELECT s.*, coalesce(s.client, CASE WHEN y.source IS NOT NULL THEN 'b' WHEN x.source IS NOT NULL THEN 'a' END) AS client_side
    FROM openvpn_session s JOIN flow f ON f.source = s.source AND f.id = s.flow
    LEFT JOIN negotiated x ON s.client IS NULL AND x.source = s.source
         AND x.client_address = f.a AND x.server_end = endpoint(f.b, f.b_port)
    LEFT JOIN negotiated y ON s.client IS NULL AND y.source = s.source
         AND y.client_address = f.b AND y.server_end = endpoint(f.a, f.a_port)
),
session AS MATERIALIZED (
    SELECT s.*, c.last_ns AS capture_ns,
           CASE s.client_side WHEN 'b' THEN f.b ELSE f.a END AS client_address,
           CASE s.client_side WHEN 'b' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS server_end,
           CAST(CASE s.client_side WHEN 'b' THEN f.a ELSE f.b END AS TEXT) AS server,
           CAST(CASE s.client_side WHEN 'b' THEN f.a_port ELSE f.b_port END AS INTEGER) AS port,
           -- who spoke last on: the end that was not heard any more is the other one
           CASE WHEN s.a_since > 0 THEN 'a' ELSE 'b' END AS speaker,
           CASE WHEN s.a_since > 0 THEN s.a_since ELSE s.b_since END AS all_unanswered,
           CASE WHEN s.a_since > 0 THEN s.a_since_frame ELSE s.b_since_frame END AS unanswered_frame,
           CASE WHEN s.a_since > 0 THEN s.a_last_frame ELSE s.b_last_frame END AS all_last_frame,
           CASE WHEN s.a_since > 0 THEN s.a_last_ns ELSE s.b_last_ns END AS all_last_ns,
           CASE WHEN s.a_since > 0 THEN s.b_rhythm_ns ELSE s.a_rhythm_ns END AS rhythm_ns,
           -- How long an end lets pass between two packets: the interval of the pings at most.  Where the tunnel was too
           -- short to show it, that of all of openvpn(8)'s examples; where it was never idle, the pauses of the end that went
           -- on show it.
           max(coalesce(CASE WHEN s.a_since > 0 THEN s.b_gap_ns ELSE s.a_gap_ns END, 10000000000),
               CASE WHEN s.a_since > 0 THEN s.a_since_gap_ns ELSE coalesce(s.b_since_gap_ns, 0) END,
               CASE WHEN s.a_since > 0 THEN s.a_since_ns - s.b_last_ns ELSE coalesce(s.b_since_ns - s.a_last_ns, 0) END) AS gap_ns,
           coalesce(CASE WHEN s.a_since > 0 THEN s.a_gap_ns ELSE s.b_gap_ns END, 10000000000) AS speaker_gap_ns,
           CASE WHEN s.a_since > 0 THEN s.b_last_frame ELSE s.a_last_frame END AS heard_frame,
           CASE WHEN s.a_since > 0 THEN s.b_last_ns ELSE s.a_last_ns END AS heard_ns,
           max(CASE WHEN s.a_since > 0 THEN s.b_last_ns ELSE s.a_last_ns END, f.first_ns) AS left_ns,
           CASE WHEN s.a_since > 0 THEN s.a_since_ns ELSE s.b_since_ns END AS unanswered_ns
    FROM sided s JOIN flow f ON f.source = s.source AND f.id = s.flow
    JOIN source c ON c.id = s.source
    WHERE s.up_frame IS NOT NULL AND s.client_side IS NOT NULL
),
-- UDP to such a server that begins without a hard reset: a tunnel that was up before, perhaps under another address.
named_by AS MATERIALIZED (SELECT source, flow, coalesce(a_peer_id, b_peer_id) AS peer_id FROM openvpn_session),
resumed AS MATERIALIZED (
    SELECT v.source, v.server, v.port, f.id, f.first_ns, f.client, s.peer_id IS NULL AS nameless
    FROM (SELECT source, id, proto, first_ns, b AS address, b_port AS port, a AS client FROM flow
          UNION ALL SELECT source, id, proto, first_ns, a, a_port, b FROM flow) f
    CROSS JOIN (SELECT DISTINCT source, server, port FROM session) v
      ON f.source = v.source AND f.proto = 'udp' AND f.port = v.port AND f.address = v.server
    LEFT JOIN (SELECT DISTINCT source, flow FROM openvpn_negotiation WHERE key_id = 0 AND mid = 0 AND negotiation = 1) n
      ON n.source = f.source AND n.flow = f.id
    LEFT JOIN named_by s ON s.source = f.source AND s.flow = f.id
    WHERE n.flow IS NULL
),
peer AS (
    SELECT source, flow, a_peer_id AS peer_id FROM openvpn_session WHERE a_peer_id IS NOT NULL
    UNION SELECT source, flow, b_peer_id FROM openvpn_session WHERE b_peer_id IS NOT NULL
),
named AS MATERIALIZED (
    SELECT r.*, p.peer_id FROM resumed r JOIN peer p ON p.source = r.source AND p.flow = r.id
),
-- A client whose address changes goes on from the new one (--float, and always with peer ids: P_DATA_V2).  Each end writes
-- the id that the other one knows; where one has none, it is told by its address.
floated AS MATERIALIZED (
    SELECT source, id, min(ns) AS floated_ns FROM (
        SELECT source, id, min(first_ns) OVER (PARTITION BY source, server, port, peer_id ORDER BY at DESC, first_ns IS NOT NULL
                                               ROWS UNBOUNDED PRECEDING) AS ns
        FROM (SELECT s.source, s.id, s.server, s.port, p.peer_id, s.left_ns AS at, NULL AS first_ns
              FROM session s CROSS JOIN peer p ON p.source = s.source AND p.flow = s.flow
              UNION ALL SELECT source, NULL, server, port, peer_id, first_ns, first_ns FROM named)
        UNION ALL
        SELECT source, id, CASE WHEN nameless THEN min(first_ns) OVER w ELSE min(first_ns) FILTER (WHERE nameless) OVER w END
        FROM (SELECT source, id, server, port, client_address AS client, coalesce(a_peer_id, b_peer_id) IS NULL AS nameless,
                     left_ns AS at, NULL AS first_ns FROM session
              UNION ALL SELECT source, NULL, server, port, client, nameless, first_ns, first_ns FROM resumed)
        WINDOW w AS (PARTITION BY source, server, port, client ORDER BY at DESC, first_ns IS NOT NULL ROWS UNBOUNDED PRECEDING))
    WHERE id IS NOT NULL AND ns IS NOT NULL
    GROUP BY source, id
),
-- By number: those after a packet are found without a look at all of a client's.
negotiation AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY source, client_address, server_end ORDER BY new_ns, new_frame) AS number FROM (
    SELECT n.source, n.flow, n.start_frame AS new_frame, n.time_ns AS new_ns,
           coalesce(n.done_frame, n.own_data_frame, CASE WHEN n.waiting = 0 THEN n.agreed_frame END) AS new_done,
           coalesce(n.done_ns, n.last_ns) AS new_done_ns,
           CASE n.client WHEN 'b' THEN f.b ELSE f.a END AS client_address,
           CASE n.client WHEN 'b' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS server_end
    FROM openvpn_negotiation n JOIN flow f ON f.source = n.source AND f.id = n.flow
    WHERE n.key_id = 0 AND n.client IS NOT NULL)
),
heard AS MATERIALIZED (
    SELECT DISTINCT source, id, before FROM (
        SELECT source, id, count(number) OVER (PARTITION BY source, client_address, server_end ORDER BY at, number IS NULL
                                               ROWS UNBOUNDED PRECEDING) AS before
        FROM (SELECT source, id, client_address, server_end, NULL AS number, heard_ns AS at FROM session WHERE all_unanswered >= 2
              -- from its last packet on none is another client's, see below
              UNION ALL SELECT source, id, client_address, server_end, NULL, max(heard_ns, all_last_ns - 1000000001) FROM session
              WHERE all_unanswered >= 2
              UNION ALL SELECT source, NULL, client_address, server_end, number, new_ns FROM negotiation))
    WHERE id IS NOT NULL
),
-- Of what begins meanwhile the first are looked at, and those around its end.
step(k) AS (VALUES (1) UNION ALL SELECT k + 1 FROM step WHERE k < 64),
-- The sessions that begin after the silent end's last packet, from the same address.
later AS MATERIALIZED (
    SELECT s.source, s.id, n.new_frame, n.new_ns, n.new_done,
           -- Several clients may share an address.  A server forgets a client's old session when its new one is up
           -- (multi.c, multi_delete_dup), and a client closes its old socket before it opens a new one: who still speaks on
           -- the old one has not started again.  A second for what is on the way.
           CASE WHEN s.speaker = s.client_side THEN s.all_last_ns > n.new_ns
                ELSE n.new_done IS NOT NULL AND s.all_last_ns > n.new_done_ns + 1000000000 END AS is_other
    FROM session s CROSS JOIN heard h ON h.source = s.source AND h.id = s.id
    CROSS JOIN step CROSS JOIN negotiation n
      ON n.source = s.source AND n.client_address = s.client_address AND n.server_end = s.server_end
     AND n.number = h.before + step.k AND n.new_ns > s.heard_ns AND n.new_frame > s.up_frame
     -- Who gave up starts again at once (--connect-retry: 5 s at most after the first failure), so the other one had not
     -- left off speaking at its intervals; if it had, it went away itself.
     AND n.new_ns - s.all_last_ns <= s.speaker_gap_ns + 10000000000
    WHERE s.all_unanswered >= 2
),
following AS MATERIALIZED (
    SELECT s.*, n.new_frame, n.new_ns, n.new_done,
           CASE WHEN s.speaker = s.client_side THEN 'server' ELSE 'client' END AS silent,
           row_number() OVER (PARTITION BY s.source, s.id ORDER BY n.new_ns, n.new_frame) AS nth
    FROM session s
    LEFT JOIN (SELECT * FROM later WHERE NOT is_other ORDER BY source, id) n ON n.source = s.source AND n.id = s.id
     -- A client that the server had lost was away for its server's patience at most (120 s by default, twice that after
     -- --keepalive).  Later it is another story.
     AND (s.speaker = s.client_side OR n.new_ns - s.heard_ns <= 240000000000)
    WHERE s.all_unanswered >= 2
),
-- Frames where the speaker may have spoken on after the new session began: where such stretches overlap, one.
beside AS MATERIALIZED (
    SELECT source, id, flow, speaker = 'b' AS from_b, unanswered_frame AS first, new_frame AS until
    FROM following WHERE nth = 1 AND all_last_ns > new_ns AND new_frame > unanswered_frame
),
stretch AS MATERIALIZED (
    SELECT source, min(first) AS first, max(until) AS until
    FROM (SELECT *, sum(begins) OVER (PARTITION BY source ORDER BY first, until, id) AS number
          FROM (SELECT *, first >= coalesce(max(until) OVER (PARTITION BY source ORDER BY first, until, id
                                                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS begins FROM beside))
    GROUP BY source, number
),
-- What the speaker said before the new session began; a server goes on until that one is up.
timed AS MATERIALIZED (
    SELECT f.*, CASE WHEN p.n IS NULL THEN all_unanswered ELSE p.n END AS unanswered,
           CASE WHEN p.n IS NULL THEN all_last_frame ELSE p.last_frame END AS last_frame,
           CASE WHEN p.n IS NULL THEN all_last_ns ELSE p.last_ns END AS last_ns
    FROM following f LEFT JOIN (
        SELECT f.source, f.id, count(p.frame) AS n, max(p.frame) AS last_frame, max(p.time_ns) AS last_ns
        FROM stretch x CROSS JOIN packet p ON p.source = x.source AND p.frame >= x.first AND p.frame < x.until
        CROSS JOIN beside f ON f.source = p.source AND f.flow = p.flow AND f.from_b = p.from_b
        WHERE p.frame >= f.first AND p.frame < f.until
        GROUP BY f.source, f.id) p ON p.source = f.source AND p.id = f.id
    WHERE f.nth = 1
),
judged AS (
    SELECT *, CASE say WHEN 'restart' THEN new_ns ELSE last_ns END - heard_ns AS silent_ns
    FROM (SELECT *,
           -- 120 s is when it gives up unless it was told otherwise, and a second of grace: who goes on hears something, or
           -- needs nothing.  A server that lost its client waits twice as long.
           CASE WHEN last_ns - heard_ns > CASE WHEN silent = 'client' AND new_frame IS NOT NULL THEN 241000000000 ELSE 121000000000 END
                THEN 'oneway'
                WHEN new_frame IS NOT NULL THEN 'restart'
                -- who still speaks when the capture ends has not given up yet
                WHEN capture_ns - last_ns < 5000000000 THEN 'cut' ELSE 'gone' END AS say
          FROM timed) t
    -- Two packets into silence: one alone may be in flight.
    WHERE unanswered >= 2 AND last_ns - heard_ns >= 3000000000
      -- Nobody waits less than twice the interval of the pings (helper.c), so a silence of less than twice that
      -- says nothing; and its next packet must have been missing while the other end was still there.  Five
      -- seconds more, as a client that leaves says so some times, a second apart (--explicit-exit-notify).
      AND coalesce(new_ns, last_ns) - heard_ns > 2 * gap_ns AND last_ns - heard_ns > gap_ns + 5000000000
      -- An end that has let the other one wait as long before, twice, and came back, may keep to its rhythm (its --ping, or
      -- traffic in one direction only): less than twice such a wait says nothing as long as no one gave up.  And a client
      -- that starts again within 5 s of its own last packet, while the server speaks, was told to.
      AND CASE WHEN new_frame IS NULL THEN last_ns - unanswered_ns > 2 * rhythm_ns
               WHEN silent = 'client' THEN new_ns - heard_ns >= 5000000000 AND new_ns - unanswered_ns > 2 * rhythm_ns
               ELSE new_ns - unanswered_ns > rhythm_ns END
      AND NOT EXISTS (SELECT 1 FROM floated r WHERE r.source = t.source AND r.id = t.id
                      AND (new_ns IS NULL OR r.floated_ns < new_ns))
),
ranked AS MATERIALIZED (
    -- The client is who starts again, so what it heard comes first.
    SELECT *, CASE WHEN say = 'restart' THEN (silent = 'client') ELSE 2 END AS rank FROM judged
    -- Without a restart, silence is only worth a word when it is long.
    WHERE say = 'restart' OR silent_ns >= 10000000000
),
-- Of several views of one tunnel the one that shows most speaks, of equal ones the fullest.
chosen AS (
    SELECT * FROM ranked r
    WHERE NOT EXISTS (SELECT 1 FROM pair_view v CROSS JOIN ranked q ON q.source = v.other_source AND q.flow = v.other_flow
                      WHERE v.view_source = r.source AND v.view_flow = r.flow AND (q.rank < r.rank OR (q.rank = r.rank AND v.fuller)))
),
-- One time and the same ends in captures that were not recognised as vantages: the one that goes on longest speaks.
keyed AS (
    SELECT *, row_number() OVER (PARTITION BY verdict_key ORDER BY rank, capture_ns DESC, last_ns DESC, source, id) AS view
    FROM (SELECT *, client_address || ' > ' || server_end || ' ' || time_text(heard_ns) AS verdict_key FROM chosen)
),
evidence(n, what) AS (VALUES (1, 'heard'), (2, 'unanswered'), (3, 'last'), (4, 'restart'), (5, 'up')),
seen AS (
    SELECT j.*, e.n, e.what,
           CASE e.what WHEN 'heard' THEN heard_frame WHEN 'unanswered' THEN unanswered_frame
                       WHEN 'last' THEN CASE WHEN last_frame <> unanswered_frame THEN last_frame END
                       WHEN 'restart' THEN new_frame WHEN 'up' THEN new_done END AS cited
    FROM keyed j, evidence e
    WHERE j.view = 1
)
SELECT verdict_key, say,
       CASE WHEN say = 'restart' THEN 'likely' ELSE 'unknown' END AS state,
       CASE WHEN say = 'restart' AND new_done IS NOT NULL THEN CASE WHEN silent_ns >= 10000000000 THEN 'warning' ELSE 'notice' END
            WHEN say <> 'restart' THEN 'warning' ELSE 'critical' END AS severity,
       'flow:' || flow AS subject, source, cited AS frame, NULL AS line, NULL AS at, NULL AS at_len, what,
       'exit path' AS rivals, CASE say WHEN 'cut' THEN 'end' WHEN 'oneway' THEN 'way' WHEN 'gone' THEN 'leave' END AS missing,
       NULL AS caused_by, seconds(silent_ns) AS silent_s, unanswered,
       client_address AS client, server_end AS server, silent,
       CASE silent WHEN 'server' THEN 'client' ELSE 'server' END AS speaker,
       CASE unanswered WHEN 1 THEN '' ELSE 's' END AS plural,
       CASE WHEN new_done IS NOT NULL THEN ', and the tunnel came up again' ELSE '' END AS again,
       CASE WHEN EXISTS (SELECT 1 FROM later l WHERE l.source = seen.source AND l.id = seen.id AND l.is_other)
            THEN 'A session that began later from this address is another client''s: the old one was still in use when it was up.'
            ELSE 'No new session follows soon.' END AS after
FROM seen WHERE cited IS NOT NULL
ORDER BY verdict_key, n;
