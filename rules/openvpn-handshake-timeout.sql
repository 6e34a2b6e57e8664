-- id: openvpn-handshake-timeout
-- title: OpenVPN's negotiation never completed
-- because.silent: {client} sent {resets} hard reset{plural} to {server} from frame {start.frame} on, in {attempts}
--   attempt{many}; none was ever answered in {seconds} s.{witness}
-- because.deaf: {client} sent {resets} hard reset{plural} over TCP to {server} from frame {start.frame} on, in {attempts}
--   attempt{many}. TCP acknowledged all of them, so they arrived; none was ever answered in {seconds} s.
-- because.closed: {client} sent {resets} hard reset{plural} over TCP to {server} from frame {start.frame} on, in {attempts}
--   attempt{many}. None was answered: each time {server} {closed_how} the connection instead (frame {closed.frame} is the
--   first).
-- because.refused: {client} sent {resets} hard reset{plural} to {server} from frame {start.frame} on; the network
--   answered with ICMP: {icmp}.
-- because.mixed: {client} sent {resets} hard reset{plural} to {server} from frame {start.frame} on, and the server never
--   answered. The network answered with ICMP at first ({icmp}, frame {icmp.frame}), but not to the last ones.
-- because.unfinished: {client} and {server} began to negotiate in frame {start.frame}, and in {attempts} attempt{many}
--   over {seconds} s did not complete.
-- because.cut: {client} began to negotiate with {server} in frame {start.frame}; for {seconds} s nothing came of it, and
--   the capture ends there.
-- advice.silent: See whether the hard resets reach {server} (capture there), whether something listens on that port, and
--   whether tls-auth or tls-crypt keys match: a server drops what they do not open without a word.
-- advice.deaf: They do arrive, so see the server's log: whether it is OpenVPN that listens on that port, and whether
--   tls-auth or tls-crypt keys match.
-- advice.closed: See the server's log: whether it is OpenVPN that listens on that port, and whether tls-auth or tls-crypt
--   keys match: over TCP a server that cannot open a packet ends the connection.
-- advice.refused: Nothing listens on that port, or a firewall rejects it: see the server's process and its rules.
-- advice.mixed: See the server's process, its rules and its log: at first nothing listened on that port or a firewall
--   rejected it, and what came later was dropped without a word (keys, a rule), or was lost.
-- advice.unfinished: The logs of both ends say why (certificates, ciphers, lost packets).
-- advice.cut: Capture for longer than the hand-window (60 s).
-- what.start: hard reset, the first of an attempt
-- what.answer: first answer
-- what.last: last control packet of the attempt
-- what.closed: the server's end closes or resets the connection
-- what.icmp: ICMP error about a hard reset
-- what.witness: the same hard reset in another capture
-- rival.lost: packets are lost on the way | a capture at the server
-- rival.behind: packets are lost behind both captures | a capture at the server itself
-- rival.drop: the server drops them without a word (keys, certificates) | the server's log
-- rival.keys: the server does not take them (keys, another program on that port) | the server's log
-- rival.middle: something on the way ends the connection in the server's name (a firewall) | a capture at the server
-- missing.end: the end of the hand-window
-- numbers: attempts int, seconds real
-- after: openvpn-window-stall
-- facts: openvpn_negotiation
-- sources: openvpn(8) --hand-window, --tls-timeout; OpenVPN src/openvpn/ssl.c, forward.c
--   (check_tls_errors_co); RFC 792, RFC 4443 (ICMP)
-- samples: fires: openvpn-stall/no-answer openvpn-stall/unfinished; silent: openvpn-stall/healthy openvpn-stall/acklost
--   openvpn-stall/acklost-rotated openvpn-stall/acklost-uneven
--   openvpn-stall/ping-restart; unknown: openvpn-stall/cut-no-answer

-- An attempt is known by its client's session id, 64 random bits that every wrapping leaves in clear (session_id.c).
WITH negotiation AS MATERIALIZED (
    SELECT n.*,
           CASE n.client WHEN 'b' THEN f.b ELSE f.a END AS client_address,
           CASE n.client WHEN 'b' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS server_end,
           CASE n.client WHEN 'b' THEN n.b_sid ELSE n.a_sid END AS sid, f.proto, f.first_frame,
           s.bundle, s.first_ns AS begins_ns, s.last_ns AS capture_ns,
           -- Over TCP: whether all that the client sent arrived, and where the server's end took its leave first.
           CASE n.client WHEN 'b' THEN t.b_acked ELSE t.a_acked END > 0
           AND NOT EXISTS (SELECT 1 FROM tcp_waiting w WHERE w.source = n.source AND w.flow = n.flow AND w.sent_by = n.client
                           AND w.what = 'data' AND w.answer_frame IS NULL) AS delivered,
           CASE WHEN t.rst_by <> n.client THEN t.rst_frame
                WHEN n.client = 'b' AND t.a_fin_frame < coalesce(t.b_fin_frame, t.a_fin_frame + 1) THEN t.a_fin_frame
                WHEN n.client = 'a' AND t.b_fin_frame < coalesce(t.a_fin_frame, t.b_fin_frame + 1) THEN t.b_fin_frame
                END AS closed_frame, t.rst_by <> n.client AS by_rst
    FROM openvpn_negotiation n JOIN flow f ON f.source = n.source AND f.id = n.flow
    JOIN source s ON s.id = n.source LEFT JOIN tcp_life t ON t.source = n.source AND t.flow = n.flow
    WHERE n.client IS NOT NULL AND n.key_id = 0 AND n.mid = 0
),
-- What completed, in whichever capture: the client had the server's answers and sent data, or the key exchange came to its
-- end and nothing was resent in vain, whatever traffic there was then.  A capture that began in the middle says so, too.
completed AS MATERIALIZED (
    SELECT a_sid AS sid FROM openvpn_negotiation
    WHERE key_id = 0 AND (done_frame IS NOT NULL OR own_data_frame IS NOT NULL OR (agreed_frame IS NOT NULL AND waiting = 0))
    UNION SELECT b_sid FROM openvpn_negotiation
    WHERE key_id = 0 AND (done_frame IS NOT NULL OR own_data_frame IS NOT NULL OR (agreed_frame IS NOT NULL AND waiting = 0))
),
-- What a capture holds of a negotiation that began before it (in the file before): the ends went on, so they were answered.
gone_on AS MATERIALIZED (
    SELECT a_sid AS sid FROM openvpn_negotiation WHERE key_id = 0 AND mid AND a_sid IS NOT NULL
    UNION SELECT b_sid FROM openvpn_negotiation WHERE key_id = 0 AND mid AND b_sid IS NOT NULL
),
-- ICMP errors answer an attempt if they quote its hard reset: the socket may have been another session's before.  A short
-- quotation says nothing of what it carried; then the attempt must have begun the flow, or what came before it is too old
-- (a router looks for a host for three seconds).
icmp AS MATERIALIZED (
    SELECT e.source, n.id AS negotiation_id, e.frame, e.time_ns, e.name
    FROM icmp_error e JOIN negotiation n ON n.source = e.source AND n.flow = e.flow AND e.about = n.client
         AND e.time_ns BETWEEN n.time_ns AND n.last_ns + 5000000000
    WHERE e.name NOT IN ('fragmentation needed', 'packet too big', 'redirect', 'source quench', 'parameter problem')
      AND CASE WHEN n.proto = 'udp' AND e.quoted IS NOT NULL THEN e.quoted >> 3 IN (1, 7, 10)
               ELSE n.start_frame = n.first_frame OR e.time_ns >= n.time_ns + 5000000000 END
),
-- A capture's view of what a client tried with a server.  Of several views of one attempt the one speaks that shows most:
-- errors, then most attempts, then answers, then the longest.  What follows one after the other, as the files of a ring,
-- is no other view.
view AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY errors DESC, n_sids DESC, answers DESC, span_ns DESC, source, client_address, server_end) AS place
    FROM (SELECT n.source, n.client_address, n.server_end, n.bundle, n.begins_ns, n.capture_ns, count(DISTINCT n.sid) AS n_sids,
                 count(i.negotiation_id) > 0 AS errors, count(DISTINCT CASE WHEN n.answer_frame IS NOT NULL THEN n.sid END) AS answers,
                 max(n.last_ns) - min(n.time_ns) AS span_ns
          FROM negotiation n LEFT JOIN (SELECT DISTINCT source, negotiation_id FROM icmp) i
               ON i.source = n.source AND i.negotiation_id = n.id
          GROUP BY n.source, n.client_address, n.server_end)
),
sighted AS MATERIALIZED (
    SELECT n.sid, v.place, n.source, n.begins_ns, n.capture_ns, min(n.start_frame) AS start_frame, min(n.time_ns) AS time_ns,
           total(n.resets) AS resets
    FROM negotiation n JOIN view v ON v.source = n.source AND v.client_address = n.client_address AND v.server_end = n.server_end
    GROUP BY n.sid, v.place
),
best AS MATERIALIZED (
    SELECT sid, min(place) AS place, begins_ns, capture_ns, resets, time_ns FROM sighted GROUP BY sid
),
copy AS MATERIALIZED (
    SELECT DISTINCT s.place FROM sighted s JOIN best b ON b.sid = s.sid AND b.place < s.place
    WHERE s.begins_ns < b.capture_ns AND b.begins_ns < s.capture_ns
),
-- Another capture that holds all hard resets of an attempt, at another time: at another place.
witness AS MATERIALIZED (
    SELECT s.sid, min(s.place) AS place, s.source, s.start_frame FROM sighted s
    JOIN best b ON b.sid = s.sid AND b.place < s.place AND s.resets = b.resets AND s.time_ns <> b.time_ns
    GROUP BY s.sid
),
-- Files that follow one another without overlap are one capture in parts.
chained AS MATERIALIZED (
    SELECT *, sum(opens) OVER (PARTITION BY bundle, client_address, server_end ORDER BY begins_ns, source) AS chain
    FROM (SELECT v.*, coalesce(begins_ns < max(capture_ns) OVER (PARTITION BY bundle, client_address, server_end ORDER BY begins_ns, source
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 1) AS opens
          FROM view v WHERE place NOT IN (SELECT place FROM copy))
),
part AS MATERIALIZED (
    SELECT n.*, c.chain, row_number() OVER w AS nth, row_number() OVER (PARTITION BY n.bundle, n.client_address, n.server_end, c.chain, n.sid
                                                          ORDER BY n.last_ns DESC, n.source DESC, n.id DESC) AS nth_last,
           row_number() OVER (PARTITION BY n.bundle, n.client_address, n.server_end, c.chain, n.sid
                              ORDER BY n.answer_frame IS NULL, n.time_ns, n.source, n.id) AS nth_answer
    FROM negotiation n JOIN chained c ON c.source = n.source AND c.client_address = n.client_address AND c.server_end = n.server_end
    WINDOW w AS (PARTITION BY n.bundle, n.client_address, n.server_end, c.chain, n.sid ORDER BY n.time_ns, n.source, n.id)
),
attempt AS MATERIALIZED (
    SELECT bundle, client_address, server_end, chain, sid, min(time_ns) AS time_ns, max(last_ns) AS last_ns, max(capture_ns) AS capture_ns,
           total(resets) AS resets, max(answer_frame IS NOT NULL) AS answered, max(went_on_frame IS NOT NULL) OR sid IN (SELECT sid FROM gone_on) AS went_on,
           -- Where frames were cut short ids cannot be followed, as where they are encrypted.
           max(encrypted OR cut_frame IS NOT NULL) AS sealed, max(CASE WHEN cut_frame IS NULL THEN waiting ELSE 0 END) AS waiting,
           max(agreed_frame IS NOT NULL) AS agreed, max(unseen_frame IS NOT NULL) AS unseen, total(own_controls) AS own_controls,
           min(coalesce(delivered, 0)) AS delivered, min(closed_frame IS NOT NULL) AS closed, max(by_rst AND closed_frame IS NOT NULL) AS by_rst,
           sid IN (SELECT sid FROM completed) AS complete
    FROM part GROUP BY bundle, client_address, server_end, chain, sid
),
judging AS MATERIALIZED (
    SELECT *,
           -- A client that goes on behind its reset was answered (ssl.c: S_PRE_START), only not in this capture.
           NOT answered AND went_on AS half_seen,
           -- A client that waits sends its reset again after 2 s (--tls-timeout), and one that was answered goes on.  One
           -- that does neither wanted the answer only, as what watches over a server does.
           answered AND NOT went_on AND resets <= 1 AS is_probe
    FROM attempt
),
following AS MATERIALIZED (
    SELECT n.*, lead(time_ns) OVER w AS next_ns,
           CASE WHEN NOT agreed AND NOT sealed AND NOT unseen THEN 420000000000 ELSE 120000000000 END AS patience_ns,
           -- the last negotiation that completed: what is told comes after it
           max(CASE WHEN complete THEN time_ns END) OVER (PARTITION BY bundle, client_address, server_end, chain) AS done_at
    FROM judging n WINDOW w AS (PARTITION BY bundle, client_address, server_end, chain ORDER BY time_ns, sid)
),
-- What shows that it failed: no answer at all; an id resent in vain; or the client starts again within two hand-windows
-- (60 s each, and it waits for a while between them; up to 300 s after failures, which counts where the key exchange
-- can be followed and came to no end), unless this capture misses what the other end acknowledged.  Where
-- ids are encrypted (tls-crypt), resending shows in that packets still come after the first resend (2 s), or for half a
-- hand-window; but none comes after its end.  And a client that sent one P_CONTROL alone (its ClientHello) has not said its
-- Finished and its part of the key exchange, which ask for a second one (ssl.c, S_SENT_KEY).
shown AS MATERIALIZED (
    SELECT *, NOT answered OR waiting > 0
              OR (next_ns - time_ns < patience_ns
                  AND CASE WHEN sealed THEN last_ns - time_ns >= 2000000000 OR own_controls <= 1 ELSE NOT unseen END)
              OR (sealed AND last_ns - time_ns BETWEEN 30000000000 AND 65000000000) AS bad
    FROM following WHERE NOT complete AND NOT half_seen AND NOT is_probe
),
-- And what the client tries next, until it does complete.
failed AS MATERIALIZED (
    SELECT * FROM (SELECT n.*, max(CASE WHEN bad THEN time_ns END) OVER w AS bad_at FROM shown n
                   WINDOW w AS (PARTITION BY bundle, client_address, server_end, chain ORDER BY time_ns, sid))
    WHERE time_ns - bad_at < patience_ns AND (done_at IS NULL OR time_ns > done_at)
),
story AS MATERIALIZED (
    SELECT bundle, client_address, server_end, chain, count(*) AS attempts,
           (count(*) > 1 AND max(time_ns) - min(time_ns) >= 3000000000) OR max(last_ns) - min(time_ns) >= 30000000000
               AND max(capture_ns) - min(time_ns) >= 60000000000 AS lasting, CAST(total(resets) AS INTEGER) AS resets, min(time_ns) AS from_ns,
           max(last_ns) AS to_ns, max(capture_ns) AS capture_ns, total(answered) AS answered,
           total(delivered) = count(*) AS all_delivered, total(closed) = count(*) AS all_closed, total(by_rst) AS n_rst,
           max(time_ns) AS last_start_ns, total(sid IN (SELECT sid FROM witness)) = count(*) AS witnessed
    FROM failed GROUP BY bundle, client_address, server_end, chain
),
-- The parts of what failed, and the errors that answered them.
failure AS MATERIALIZED (
    SELECT p.*, f.time_ns AS attempt_ns,
           row_number() OVER (PARTITION BY p.bundle, p.client_address, p.server_end, p.chain ORDER BY f.time_ns, p.sid, p.nth) AS opens_story
    FROM part p JOIN failed f ON f.bundle = p.bundle AND f.client_address = p.client_address
         AND f.server_end = p.server_end AND f.chain = p.chain AND f.sid = p.sid
),
error AS MATERIALIZED (
    SELECT f.bundle, f.client_address, f.server_end, f.chain, i.source, i.frame, i.time_ns, i.name,
           row_number() OVER (PARTITION BY f.bundle, f.client_address, f.server_end, f.chain ORDER BY i.time_ns, i.source, i.frame) AS n,
           max(i.time_ns) OVER (PARTITION BY f.bundle, f.client_address, f.server_end, f.chain) AS last_ns
    FROM icmp i JOIN failure f ON f.source = i.source AND f.id = i.negotiation_id
),
judged AS MATERIALIZED (
    SELECT s.*, i.name AS icmp, i.frame AS icmp_frame, i.source AS icmp_source,
           -- the errors go on to the last attempt, or to its last hard reset
           CASE WHEN i.frame IS NOT NULL AND answered = 0 AND (i.last_ns >= last_start_ns OR to_ns - i.last_ns <= 5000000000) THEN 'refused'
                WHEN i.frame IS NOT NULL AND answered = 0 THEN 'mixed'
                -- given up once, or tried for most of the hand-window
                WHEN lasting AND answered = 0 AND all_closed THEN 'closed'
                WHEN lasting AND answered = 0 AND all_delivered THEN 'deaf'
                WHEN lasting AND answered = 0 THEN 'silent'
                WHEN lasting THEN 'unfinished'
                ELSE 'cut' END AS say,
           o.source AS first_source, o.flow AS first_flow
    FROM story s LEFT JOIN error i ON i.bundle = s.bundle AND i.client_address = s.client_address
         AND i.server_end = s.server_end AND i.chain = s.chain AND i.n = 1
    JOIN failure o ON o.bundle = s.bundle AND o.client_address = s.client_address AND o.server_end = s.server_end
         AND o.chain = s.chain AND o.opens_story = 1
    WHERE NOT EXISTS (SELECT 1 FROM said x WHERE x.rule = 'openvpn-window-stall'
                      AND x.verdict_key > s.client_address || ' > ' || s.server_end || ' '
                      AND x.verdict_key < s.client_address || ' > ' || s.server_end || '!')
),
told AS MATERIALIZED (
    SELECT *, say = 'silent' AND witnessed AS behind,
           client_address || ' > ' || server_end || ' ' || time_text(from_ns) AS verdict_key FROM judged
    -- Short attempts at the end of a capture say nothing; nor do those after which the client was silent for two
    -- hand-windows: it would have tried again, so it went away itself (or another capture was joined to this one).
    WHERE say <> 'cut' OR (capture_ns - from_ns >= 10000000000 AND capture_ns - to_ns < 120000000000
                           AND (answered = 0 OR capture_ns - to_ns >= 10000000000))
),
-- One time and the same ends in captures with nothing else in common: the fullest.
keyed AS (
    SELECT *, row_number() OVER (PARTITION BY verdict_key ORDER BY say = 'cut', attempts DESC, to_ns DESC, capture_ns DESC, bundle, chain) AS view
    FROM told
),
evidence(n, what) AS (VALUES (1, 'start'), (2, 'answer'), (3, 'last'), (4, 'closed')),
seen AS (
    SELECT j.*, f.sid, f.attempt_ns AS time_ns, e.n, e.what, f.source,
           CASE e.what WHEN 'start' THEN CASE WHEN f.nth = 1 THEN f.start_frame END
                       WHEN 'answer' THEN CASE WHEN f.nth_answer = 1 THEN f.answer_frame END
                       WHEN 'closed' THEN CASE WHEN j.say = 'closed' THEN f.closed_frame END
                       ELSE CASE WHEN f.nth_last = 1 AND f.last_frame <> f.start_frame THEN f.last_frame END END AS cited
    FROM keyed j JOIN failure f ON f.bundle = j.bundle AND f.client_address = j.client_address
         AND f.server_end = j.server_end AND f.chain = j.chain, evidence e
    WHERE j.view = 1
    UNION ALL
    SELECT j.*, 0, j.capture_ns + 1, 9, 'icmp', icmp_source, icmp_frame FROM keyed j WHERE j.view = 1 AND icmp_frame IS NOT NULL AND answered = 0
    UNION ALL
    SELECT j.*, w.sid, j.capture_ns + 1, 8, 'witness', w.source, w.start_frame FROM keyed j JOIN failure f ON f.bundle = j.bundle
         AND f.client_address = j.client_address AND f.server_end = j.server_end AND f.chain = j.chain AND f.attempt_ns = j.from_ns AND f.nth = 1
    JOIN witness w ON w.sid = f.sid
    WHERE j.view = 1 AND j.behind
)
SELECT verdict_key, say,
       CASE say WHEN 'cut' THEN 'unknown' WHEN 'refused' THEN 'confirmed' ELSE 'likely' END AS state,
       CASE say WHEN 'cut' THEN 'warning' ELSE 'critical' END AS severity,
       'flow:' || first_flow AS subject, source, cited AS frame, NULL AS line, NULL AS at, NULL AS at_len, what,
       CASE WHEN behind THEN 'behind drop' WHEN say IN ('silent', 'unfinished', 'mixed') THEN 'lost drop' WHEN say = 'deaf' THEN 'keys'
            WHEN say = 'closed' THEN 'keys middle' END AS rivals,
       CASE say WHEN 'cut' THEN 'end' END AS missing, NULL AS caused_by,
       attempts, seconds(CASE WHEN say = 'cut' THEN capture_ns ELSE to_ns END - from_ns) AS seconds, resets,
       CASE resets WHEN 1 THEN '' ELSE 's' END AS plural, CASE attempts WHEN 1 THEN '' ELSE 's' END AS many,
       client_address AS client, server_end AS server, icmp,
       CASE n_rst WHEN 0 THEN 'closed' WHEN attempts THEN 'reset' ELSE 'closed or reset' END AS closed_how,
       CASE WHEN behind THEN ' Another capture holds all of them, too.' ELSE '' END AS witness
FROM seen WHERE cited IS NOT NULL
ORDER BY verdict_key, time_ns, sid, n;
