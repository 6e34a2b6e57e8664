-- id: mqtt-keepalive-death
-- title: An MQTT session died of its keep-alive
-- because.unacked: {client} sent a PINGREQ{guess} to {server} in frame {ping.frame}. It was never answered, and
--   TCP {acked}{resent}; after {silent_s} s {gaveup}{keepalive}.
-- because.unanswered: {client} sent a PINGREQ{guess} to {server} in frame {ping.frame}. TCP acknowledged it, but
--   no PINGRESP came in time; after {silent_s} s {gaveup}{keepalive}.
-- because.cut: {client} sent a PINGREQ{guess} to {server} in frame {ping.frame}, and no PINGRESP came within
--   {silent_s} s{keepalive}; the capture ends before the session is given up.
-- because.broker: {server} ended the session of {client} in frame {timeout.frame} and said why: Keep Alive timeout. Nothing
--   of {client} is here in the {silent_s} s before{keepalive}.
-- because.deaf: {server} ended the session of {client} in frame {timeout.frame} and said why: Keep Alive timeout. But
--   {client} did speak, in frame {lastword.frame}, {silent_s} s before{keepalive}.
-- because.quiet: {server} closed the session of {client} in frame {closed.frame}, {silent_s} s after the last packet of
--   {client}: a broker waits one and a half times the keep-alive at most{keepalive}.
-- advice.quiet: See why {client} fell silent (a program that hangs, sleep, a way that is dead).
-- advice.deaf: Capture at {server}: does what {client} sends arrive there in time? And look at its load.
-- advice.broker: See why {client} fell silent (a program that hangs, sleep, a way that is dead).
-- advice.unacked: The way to the broker is dead, not the broker: {see}.
-- advice.unanswered: The transport works: look at the broker (its log, its load, a session taken over).
-- advice.cut: Capture until the client reconnects.
-- what.answered: last message of the broker
-- what.ping: PINGREQ, never answered
-- what.pingagain: PINGREQ again
-- what.gaveup: the session is given up
-- what.anew: the client connects anew
-- what.lastword: last message of the client
-- what.timeout: DISCONNECT of the broker: Keep Alive timeout
-- what.closed: the broker closes
-- rival.behind: what the client sent was lost behind this capture | a capture at the broker
-- rival.late: the broker was too busy to read it | the broker's log and load
-- rival.other: the broker closed for another reason (a shutdown, a session taken over) | the broker's log
-- rival.way: what the client sent was lost before it came here | a capture at the client
-- rival.size: the two-byte message inside TLS was no PINGREQ | the key log of this session
-- rival.back: only the way back was dead, and the broker had it in time | a capture at the broker
-- rival.lost: the answer was lost between the broker and this capture | a capture at the broker
-- missing.end: the end of the session
-- numbers: keepalive_s int, silent_s real, pings int
-- after: tcp-dead-peer
-- facts: mqtt_session
-- sources: OASIS MQTT 3.1.1 sections 3.1.2.10, 3.12, 3.13 and 3.14; MQTT 5.0 sections 3.1.2.10 and 3.14.2.1; RFC 6298; coreMQTT
--   MQTT_PINGRESP_TIMEOUT_MS (5 s)
-- samples: fires: lwip-reboot/zombie mqtt/unanswered; silent: lwip-reboot/recovered lwip-reboot/good-rng;
--   unknown: mqtt/cut-while-pinging

-- The client's next CONNECT: by its client id, since behind one address there may be many.  One sort.
WITH asker AS MATERIALIZED (
    SELECT m.source, m.id, m.ping_frame AS at, c.client_id
    FROM mqtt_session m CROSS JOIN mqtt_connect c ON c.source = m.source AND c.flow = m.flow
    WHERE m.ping_frame IS NOT NULL AND c.client_id <> ''
),
anew AS MATERIALIZED (
    SELECT source, id, frame FROM (
        SELECT source, id, min(opened) OVER (PARTITION BY source, client_id ORDER BY at DESC, opened IS NOT NULL
                                             ROWS UNBOUNDED PRECEDING) AS frame
        FROM (SELECT source, id, client_id, at, NULL AS opened FROM asker
              UNION ALL SELECT c.source, NULL, c.client_id, c.connect_frame, c.connect_frame
              FROM (SELECT DISTINCT source, client_id FROM asker) k
              CROSS JOIN mqtt_connect c ON c.client_id = k.client_id AND c.source = k.source))
    WHERE id IS NOT NULL
),
session AS MATERIALIZED (
    SELECT m.*, l.rst_by, l.end_state, f.life, f.a_frames + f.b_frames AS frames, s.packets,
           CASE m.client WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS client_end,
           CASE m.client WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS server_end,
           -- A server that closed before is no server that fell silent.
           coalesce(min(CASE m.client WHEN 'a' THEN l.b_fin_frame ELSE l.a_fin_frame END, m.ping_frame) < m.ping_frame, 0) AS closed,
           -- The first FIN or RST of either end after the ping.
           (SELECT min(x) FROM (SELECT l.a_fin_frame AS x UNION ALL SELECT l.b_fin_frame UNION ALL SELECT l.rst_frame)
             WHERE x > m.ping_frame) AS end_frame,
           n.frame AS anew_frame,
           w.sent_frame AS unacked_frame, w.resent AS tcp_resent, s.last_ns AS capture_ns,
           -- Acknowledged at last, after many seconds.
           (SELECT max(x.resent) FROM tcp_waiting x WHERE x.source = m.source AND x.flow = m.flow AND x.sent_by = m.client
               AND x.what = 'data' AND x.sent_frame <= m.ping_frame AND x.answer_frame > m.ping_frame AND x.last_frame > m.ping_frame
               AND x.waited_ns >= 5000000000) AS late_resent,
           (SELECT min(x.answer_frame) FROM tcp_waiting x WHERE x.source = m.source AND x.flow = m.flow AND x.sent_by = m.client
               AND x.what = 'data' AND x.sent_frame <= m.ping_frame AND x.answer_frame > m.ping_frame AND x.last_frame > m.ping_frame
               AND x.waited_ns >= 5000000000) AS late_frame,
           (SELECT max(x.waited_ns) FROM tcp_waiting x WHERE x.source = m.source AND x.flow = m.flow AND x.sent_by = m.client
               AND x.what = 'data' AND x.sent_frame <= m.ping_frame AND x.answer_frame > m.ping_frame AND x.last_frame > m.ping_frame) AS late_ns
    FROM mqtt_session m
    CROSS JOIN flow f ON f.source = m.source AND f.id = m.flow
    JOIN source s ON s.id = m.source
    LEFT JOIN anew n ON n.source = m.source AND n.id = m.id
    LEFT JOIN tcp_life l ON l.source = m.source AND l.flow = m.flow
    LEFT JOIN tcp_waiting w ON w.source = m.source AND w.flow = m.flow AND w.sent_by = m.client
         AND w.answer_frame IS NULL AND w.what = 'data' AND w.sent_frame <= m.ping_frame
    WHERE m.ping_frame IS NOT NULL
      -- Bytes that were not acknowledged and yet not resent for seconds were acknowledged where this capture did not see
      -- it (RFC 6298); so may the ping have been answered.
      AND NOT (w.sent_frame IS NOT NULL AND (w.unseen_frame IS NOT NULL OR (w.resent = 0 AND w.waited_ns >= 3000000000)))
),
timed AS (
    SELECT *, (SELECT p.time_ns FROM packet p WHERE p.source = session.source AND p.frame = end_frame) AS end_ns,
           (SELECT p.time_ns FROM packet p WHERE p.source = session.source AND p.frame = anew_frame) AS anew_ns
    FROM session WHERE NOT closed
),
-- A client that connects anew before the old connection ends, and after the time that it waits for a PINGRESP, has given the old
-- one up: what ends that later is only what is left of it (section 3.1.4: one client id has one session).
ended AS (
    SELECT *, coalesce(anew_ns - ping_ns >= 5000000000 AND anew_frame < coalesce(end_frame, anew_frame + 1)
                       -- nothing more of it on the old one, but what comes with the end (DISCONNECT, close_notify)
                       AND (client_frame < anew_frame OR client_ns > end_ns - 1000000000), 0) AS anew FROM timed
),
judged AS MATERIALIZED (
    SELECT *,
           -- TCP never acknowledged the ping, or long after the session was given up: the way is dead.  Else the server has it.
           unacked_frame IS NOT NULL OR late AS unacked,
           CASE WHEN anew THEN anew_ns WHEN end_frame IS NOT NULL THEN end_ns ELSE capture_ns END - ping_ns AS silent_ns,
           coalesce(end_ns, capture_ns) - ping_ns AS whole_ns
    FROM (SELECT *, unacked_frame IS NULL
                    AND (coalesce(late_frame > CASE WHEN anew THEN anew_frame ELSE end_frame END, 0)
                         OR coalesce(late_ns >= 10000000000, 0)) AS late -- so long after that clients do not wait for it
          FROM ended)
),
-- A ping that TCP acknowledged went unanswered only if no bytes of the server after it may hide the PINGRESP: those of a
-- longer TLS record or behind a hole, and those that the client acknowledged and that this capture does not have.  A
-- DISCONNECT, captured or not, is an orderly end (section 3.14), unless the client had asked again in vain, or waited in
-- vain for a whole keep-alive before (60 s is what clients ask for where nothing else is known).  Over a dead way the server's words go on for a
-- while and a DISCONNECT goes nowhere, so neither says anything there; but a sender resends (RFC 6298).
dead AS (
    SELECT * FROM judged
    WHERE CASE WHEN late THEN disconnect_frame IS NULL OR disconnect_frame < ping_frame OR anew OR disconnect_frame > late_frame
               WHEN unacked THEN tcp_resent >= 1
               ELSE heard_frame IS NULL AND unseen_frame IS NULL
                    AND ((NOT client_unseen AND (disconnect_frame IS NULL OR disconnect_frame < ping_frame)) OR ping_again > 0
                         OR (end_frame IS NOT NULL AND whole_ns >= 1000000000 * coalesce(nullif(keepalive_s, 0), 60)))
               END
),
worded AS (
    SELECT *,
           CASE WHEN end_frame IS NULL AND NOT anew THEN 'cut' WHEN unacked THEN 'unacked' ELSE 'unanswered' END AS say,
           CASE WHEN read_by = 'content' THEN '' ELSE ' (by its record size inside TLS)' END AS guess,
           CASE WHEN keepalive_s IS NULL THEN '' ELSE printf(' (keep-alive %d s)', keepalive_s) END AS keepalive,
           CASE WHEN coalesce(tcp_resent, late_resent, 0) = 0 THEN '' ELSE ', although it was resent'
                || CASE coalesce(tcp_resent, late_resent) WHEN 1 THEN '' ELSE printf(' %d times', coalesce(tcp_resent, late_resent)) END END AS resent,
           CASE WHEN late AND late_ns >= 10000000000 THEN printf('acknowledged it only after %s s', seconds(late_ns))
                WHEN late THEN 'acknowledged it too late' ELSE 'never acknowledged it' END AS acked,
           CASE WHEN anew THEN 'the client had connected anew' ELSE 'the session was given up' END AS gaveup
    FROM dead
    -- A client waits a reasonable time for a PINGRESP (section 3.1.2.10); those known wait 5 s at least, so an earlier end has
    -- another reason.  Over a dead way the end is not in the moment of an orderly one.  Or silent for a whole keep-alive.
    WHERE silent_ns >= CASE WHEN end_frame IS NOT NULL OR anew THEN CASE WHEN unacked THEN 1000000000 ELSE 5000000000 END
                            ELSE 1000000000 * max(10, coalesce(keepalive_s, 10)) END
),
ranked AS MATERIALIZED (
    SELECT *, CASE WHEN say = 'cut' THEN 3 WHEN read_by = 'content' AND say = 'unacked' AND NOT late THEN 1 ELSE 2 END AS rank FROM worded
),
-- Of several views of one session the one that shows most speaks, of equal ones the fullest.
chosen AS (
    SELECT * FROM ranked r
    WHERE NOT EXISTS (SELECT 1 FROM pair_view v CROSS JOIN ranked q ON q.source = v.other_source AND q.flow = v.other_flow
                      WHERE v.view_source = r.source AND v.view_flow = r.flow AND (q.rank < r.rank OR (q.rank = r.rank AND v.fuller)))
),
-- One time and one four-tuple in captures that were not recognised as vantages: the fullest speaks.
keyed AS (
    SELECT *, row_number() OVER (PARTITION BY verdict_key ORDER BY rank, frames DESC, packets DESC, source, flow) AS view
    FROM (SELECT *, client_end || ' > ' || server_end || ' ' || time_text(ping_ns) AS verdict_key FROM chosen)
),
evidence(n, what) AS (VALUES (1, 'answered'), (2, 'ping'), (3, 'pingagain'), (4, 'gaveup'), (5, 'anew')),
rows AS (
    SELECT w.*, e.n, e.what,
           CASE e.what WHEN 'answered' THEN CASE WHEN server_frame < ping_frame AND server_ns <= ping_ns THEN server_frame END
                       WHEN 'ping' THEN ping_frame
                       WHEN 'pingagain' THEN CASE WHEN last_ping_frame <> ping_frame THEN last_ping_frame END
                       WHEN 'gaveup' THEN CASE WHEN NOT anew THEN end_frame END
                       WHEN 'anew' THEN CASE WHEN anew THEN anew_frame END END AS cited
    FROM keyed w, evidence e WHERE w.view = 1
),
-- MQTT 5.0 section 3.14.2.1, reason 0x8D: a broker that hears nothing for one and a half times the keep-alive (3.1.2.10)
-- closes, and may say so.
told AS (
    SELECT *, seconds(timeout_ns - peer_ns) AS silent_s,
           -- The broker says that it heard nothing, and the client did speak here.
           timeout_ns - peer_ns < 1000000000 * keepalive_s AS spoke,
           row_number() OVER (PARTITION BY client_end, server_end, timeout_ns ORDER BY frames DESC, packets DESC, source, flow) AS view
    FROM (SELECT m.source, m.flow, m.keepalive_s, m.pings, d.disconnect_frame AS timeout_frame, d.time_ns AS timeout_ns,
                 d.peer_frame, d.peer_ns, f.a_frames + f.b_frames AS frames, s.packets,
                 CASE m.client WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS client_end,
                 CASE m.client WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS server_end
          FROM mqtt_disconnect d JOIN mqtt_session m ON m.source = d.source AND m.flow = d.flow AND m.client <> d.sent_by
          JOIN flow f ON f.source = m.source AND f.id = m.flow JOIN source s ON s.id = m.source
          WHERE d.reason = 141 AND d.peer_frame IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM pair_view p CROSS JOIN mqtt_disconnect x
                            ON x.source = p.other_source AND x.flow = p.other_flow AND x.reason = 141 AND x.peer_frame IS NOT NULL
                            WHERE p.view_source = m.source AND p.view_flow = m.flow AND p.fuller))
),
broker(n, what) AS (VALUES (1, 'lastword'), (2, 'timeout')),
-- MQTT 3.1.1 section 3.1.2.10: a server that hears nothing for one and a half times the keep-alive must close, and before version 5
-- it has no words for it.
quiet AS (
    SELECT *, seconds(timeout_ns - peer_ns) AS silent_s,
           row_number() OVER (PARTITION BY client_end, server_end, peer_ns / 1000000000 ORDER BY frames DESC, packets DESC, source, flow) AS view
    FROM (SELECT m.source, m.flow, m.keepalive_s, m.pings, m.client_frame AS peer_frame, m.client_ns AS peer_ns,
                 p.frame AS timeout_frame, p.time_ns AS timeout_ns, f.a_frames + f.b_frames AS frames, s.packets,
                 CASE m.client WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS client_end,
                 CASE m.client WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS server_end
          FROM mqtt_session m JOIN tcp_life l ON l.source = m.source AND l.flow = m.flow
          JOIN flow f ON f.source = m.source AND f.id = m.flow AND f.last_ns - m.client_ns >= 1500000000 * m.keepalive_s
          JOIN source s ON s.id = m.source
          CROSS JOIN packet p ON p.source = m.source AND p.frame = CASE m.client WHEN 'a' THEN l.b_fin_frame ELSE l.a_fin_frame END
          WHERE m.read_by = 'content' AND m.keepalive_s > 0 AND m.connack_code = 0 AND m.disconnect_frame IS NULL
            AND NOT m.client_unseen AND p.time_ns - m.client_ns >= 1500000000 * m.keepalive_s
            AND coalesce(CASE m.client WHEN 'a' THEN l.a_fin_frame ELSE l.b_fin_frame END > p.frame, TRUE)
            AND coalesce(l.rst_frame > p.frame, TRUE)
            AND NOT EXISTS (SELECT 1 FROM ranked r WHERE r.source = m.source AND r.flow = m.flow)
            -- It speaks, and is not heard: that is the TCP verdict's.
            AND NOT EXISTS (SELECT 1 FROM tcp_waiting x WHERE x.source = m.source AND x.flow = m.flow AND x.sent_by = m.client
                            AND x.what = 'data' AND x.answer_frame IS NULL AND x.last_ns > m.client_ns)
            AND NOT EXISTS (SELECT 1 FROM pair_view v JOIN mqtt_session x ON x.source = v.other_source AND x.flow = v.other_flow
                            LEFT JOIN ranked r ON r.source = x.source AND r.flow = x.flow
                            WHERE v.view_source = m.source AND v.view_flow = m.flow AND (v.fuller OR r.source IS NOT NULL)))
),
goodbye(n, what) AS (VALUES (1, 'lastword'), (2, 'closed')),
verdicts AS (
SELECT verdict_key, say,
       CASE WHEN say = 'cut' THEN 'unknown' WHEN read_by = 'content' AND say = 'unacked' AND NOT late THEN 'confirmed' ELSE 'likely' END AS state,
       CASE say WHEN 'cut' THEN 'warning' ELSE 'critical' END AS severity,
       'flow:' || flow AS subject, source, cited AS frame, NULL AS line, NULL AS at, NULL AS at_len, what,
       trim(CASE WHEN read_by <> 'content' THEN 'size' ELSE '' END || CASE WHEN say = 'unanswered' THEN ' lost' WHEN late THEN ' back' ELSE '' END) AS rivals,
       CASE WHEN say = 'cut' THEN 'end' END AS missing,
       -- which may have been told of another view
       (SELECT min(s.rule || '/' || s.verdict_key)
        FROM (SELECT rows.source AS source, rows.flow AS flow
              UNION ALL SELECT v.other_source, v.other_flow FROM pair_view v WHERE v.view_source = rows.source AND v.view_flow = rows.flow) x
        CROSS JOIN said s ON s.source = x.source AND s.subject = 'flow:' || x.flow AND s.rule = 'tcp-dead-peer'
        WHERE s.verdict_key LIKE rows.client_end || ' > %') AS caused_by,
       keepalive_s, seconds(silent_ns) AS silent_s, pings, client_end AS client, server_end AS server, guess,
       keepalive, resent, acked, gaveup, n
FROM rows WHERE cited IS NOT NULL
UNION ALL
SELECT client_end || ' > ' || server_end || ' timeout ' || time_text(timeout_ns), CASE WHEN spoke THEN 'deaf' ELSE 'broker' END,
       'likely', 'critical', 'flow:' || flow, source, CASE b.what WHEN 'lastword' THEN peer_frame ELSE timeout_frame END, NULL, NULL,
       NULL, b.what, CASE WHEN spoke THEN 'behind late' ELSE 'way' END, NULL, NULL, keepalive_s, silent_s, pings, client_end, server_end, '',
       CASE WHEN keepalive_s IS NULL THEN '' ELSE printf(' (keep-alive %d s)', keepalive_s) END, '', '', '', b.n
FROM told t, broker b WHERE t.view = 1
UNION ALL
SELECT client_end || ' > ' || server_end || ' quiet ' || time_text(peer_ns), 'quiet', 'likely', 'critical', 'flow:' || flow, source,
       CASE g.what WHEN 'lastword' THEN peer_frame ELSE timeout_frame END, NULL, NULL, NULL, g.what, 'way other', NULL, NULL,
       keepalive_s, silent_s, pings, client_end, server_end, '', printf(' (keep-alive %d s)', keepalive_s), '', '', '', g.n
FROM quiet q, goodbye g WHERE q.view = 1
)
SELECT verdict_key, say, state, severity, subject, source, frame, line, at, at_len, what, rivals, missing, caused_by,
       keepalive_s, silent_s, pings, client, server, guess, keepalive, resent, acked, gaveup,
       CASE WHEN caused_by IS NULL THEN 'see what drops the segments' ELSE 'see the TCP verdict on this connection' END AS see
FROM verdicts ORDER BY verdict_key, n;
