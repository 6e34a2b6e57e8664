-- id: openvpn-handshake-timeout
-- title: OpenVPN's negotiation never completed
-- because.silent: {client} sent {resets} hard reset{plural} to {server} from frame {start.frame} on, in {attempts}
--   attempt{many}; none was ever answered in {seconds} s.
-- because.deaf: {client} sent {resets} hard reset{plural} over TCP to {server} from frame {start.frame} on, in {attempts}
--   attempt{many}. TCP acknowledged all of them, so they arrived; none was ever answered in {seconds} s.
-- because.closed: {client} sent {resets} hard reset{plural} over TCP to {server} from frame {start.frame} on, in {attempts}
--   attempt{many}. None was answered: each time {server} {closed_how} the connection instead (frame {closed.frame} is the
--   first).
-- because.refused: {client} sent {resets} hard reset{plural} to {server} from frame {start.frame} on; the network
--   answered with ICMP: {icmp}.
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
-- advice.unfinished: The logs of both ends say why (certificates, ciphers, lost packets).
-- advice.cut: Capture for longer than the hand-window (60 s).
-- what.start: hard reset, the first of an attempt
-- what.answer: first answer
-- what.last: last control packet of the attempt
-- what.closed: the server's end closes or resets the connection
-- what.icmp: ICMP error about it
-- rival.lost: packets are lost on the way | a capture at the server
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

WITH negotiation AS MATERIALIZED (
    SELECT n.*,
           CASE n.client WHEN 'b' THEN f.b ELSE f.a END AS client_address,
           CASE n.client WHEN 'b' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS server_end,
           s.last_ns AS capture_ns,
           -- Over TCP: whether all that the client sent arrived, and where the server's end took its leave first.
           CASE n.client WHEN 'b' THEN t.b_acked ELSE t.a_acked END > 0
           AND NOT EXISTS (SELECT 1 FROM tcp_waiting w WHERE w.source = n.source AND w.flow = n.flow AND w.sent_by = n.client
                           AND w.what = 'data' AND w.answer_frame IS NULL) AS delivered,
           CASE WHEN t.rst_by <> n.client THEN t.rst_frame
                WHEN n.client = 'b' AND t.a_fin_frame < coalesce(t.b_fin_frame, t.a_fin_frame + 1) THEN t.a_fin_frame
                WHEN n.client = 'a' AND t.b_fin_frame < coalesce(t.a_fin_frame, t.b_fin_frame + 1) THEN t.b_fin_frame
                END AS closed_frame, t.rst_by <> n.client AS by_rst,
           -- The client had the server's answers and sent data, or the key exchange came to its end and nothing was resent
           -- in vain: it did complete, whatever traffic there was then.
           n.done_frame IS NOT NULL OR n.own_data_frame IS NOT NULL
           OR (n.agreed_frame IS NOT NULL AND n.waiting = 0) AS complete,
           -- A client that goes on behind its reset was answered (ssl.c: S_PRE_START), only not in this capture.
           n.answer_frame IS NULL AND n.went_on_frame IS NOT NULL AS half_seen,
           -- A client that waits sends its reset again after 2 s (--tls-timeout), and one that was answered goes on.  One
           -- that does neither wanted the answer only, as what watches over a server does.
           n.answer_frame IS NOT NULL AND n.went_on_frame IS NULL AND n.resets <= 1 AS is_probe
    FROM openvpn_negotiation n JOIN flow f ON f.source = n.source AND f.id = n.flow
    JOIN source s ON s.id = n.source LEFT JOIN tcp_life t ON t.source = n.source AND t.flow = n.flow
    WHERE n.client IS NOT NULL AND n.key_id = 0 AND n.mid = 0
),
following AS MATERIALIZED (
    SELECT n.*, lead(time_ns) OVER w AS next_ns,
           CASE WHEN agreed_frame IS NULL AND NOT encrypted AND unseen_frame IS NULL THEN 420000000000
                ELSE 120000000000 END AS patience_ns,
           -- the last negotiation that completed: what is told comes after it
           max(CASE WHEN complete THEN time_ns END) OVER (PARTITION BY source, client_address, server_end) AS done_at
    FROM negotiation n WINDOW w AS (PARTITION BY source, client_address, server_end ORDER BY time_ns, id)
),
-- What shows that it failed: no answer at all; an id resent in vain; or the client starts again within two hand-windows
-- (60 s each, and it waits for a while between them; up to 300 s after failures, which counts where the key exchange
-- can be followed and came to no end), unless this capture misses what the other end acknowledged.  Where
-- ids are encrypted (tls-crypt), resending shows in that packets still come after the first resend (2 s), or for half a
-- hand-window; but none comes after its end.
shown AS MATERIALIZED (
    SELECT *, answer_frame IS NULL OR waiting > 0
              OR (next_ns - time_ns < patience_ns
                  AND CASE WHEN encrypted THEN last_ns - time_ns >= 2000000000 ELSE unseen_frame IS NULL END)
              OR (encrypted AND last_ns - time_ns BETWEEN 30000000000 AND 65000000000) AS bad
    FROM following WHERE NOT complete AND NOT half_seen AND NOT is_probe
),
-- And what the client tries next, until it does complete.
failed AS MATERIALIZED (
    SELECT * FROM (SELECT n.*, max(CASE WHEN bad THEN time_ns END) OVER w AS bad_at FROM shown n
                   WINDOW w AS (PARTITION BY source, client_address, server_end ORDER BY time_ns, id))
    WHERE time_ns - bad_at < patience_ns
),
story AS (
    SELECT source, client_address, server_end, count(*) AS attempts,
           (count(*) > 1 AND max(time_ns) - min(time_ns) >= 3000000000) OR max(last_ns) - min(time_ns) >= 30000000000
               AND max(capture_ns) - min(time_ns) >= 60000000000 AS lasting, sum(resets) AS resets, min(time_ns) AS from_ns,
           max(last_ns) AS to_ns, max(capture_ns) AS capture_ns, count(answer_frame) AS answered, min(flow) AS flow,
           total(delivered) = count(*) AS all_delivered, count(closed_frame) = count(*) AS all_closed,
           total(by_rst AND closed_frame IS NOT NULL) AS n_rst
    FROM failed WHERE done_at IS NULL OR time_ns > done_at
    GROUP BY source, client_address, server_end
),
icmp AS (
    SELECT e.source, e.frame, e.name, f.client_address, f.server_end,
           row_number() OVER (PARTITION BY e.source, f.client_address, f.server_end ORDER BY e.frame) AS n
    FROM icmp_error e JOIN failed f ON f.source = e.source AND f.flow = e.flow
),
judged AS (
    SELECT s.*, i.name AS icmp, i.frame AS icmp_frame,
           CASE WHEN i.frame IS NOT NULL AND answered = 0 THEN 'refused'
                -- given up once, or tried for most of the hand-window
                WHEN lasting AND answered = 0 AND all_closed THEN 'closed'
                WHEN lasting AND answered = 0 AND all_delivered THEN 'deaf'
                WHEN lasting AND answered = 0 THEN 'silent'
                WHEN lasting THEN 'unfinished'
                ELSE 'cut' END AS say
    FROM story s LEFT JOIN icmp i ON i.source = s.source AND i.client_address = s.client_address
         AND i.server_end = s.server_end AND i.n = 1
    WHERE NOT EXISTS (SELECT 1 FROM said x WHERE x.rule = 'openvpn-window-stall'
                      AND x.verdict_key > s.client_address || ' > ' || s.server_end || ' '
                      AND x.verdict_key < s.client_address || ' > ' || s.server_end || '!')
),
ranked AS MATERIALIZED (
    SELECT *, CASE say WHEN 'refused' THEN 1 WHEN 'cut' THEN 3 ELSE 2 END AS rank FROM judged
),
-- Of several views of a negotiation the one that shows most speaks, of equal ones the fullest; and one that saw it complete
-- ends it for all.
chosen AS (
    SELECT * FROM ranked r
    WHERE NOT EXISTS (SELECT 1 FROM pair_view v CROSS JOIN ranked q ON q.source = v.other_source AND q.flow = v.other_flow
                      WHERE v.view_source = r.source AND v.view_flow = r.flow AND (q.rank < r.rank OR (q.rank = r.rank AND v.fuller)))
      AND NOT EXISTS (SELECT 1 FROM failed f JOIN pair_view v ON v.view_source = f.source AND v.view_flow = f.flow
                      JOIN negotiation n ON n.source = v.other_source AND n.flow = v.other_flow AND n.complete
                      WHERE f.source = r.source AND f.client_address = r.client_address AND f.server_end = r.server_end)
),
-- One time and the same ends in captures that were not recognised as vantages: the one that shows most, else the fullest.
keyed AS (
    SELECT *, row_number() OVER (PARTITION BY client_address, server_end, from_ns
                                 ORDER BY rank, attempts DESC, to_ns DESC, capture_ns DESC, source) AS view
    FROM chosen
),
evidence(n, what) AS (VALUES (1, 'start'), (2, 'answer'), (3, 'last'), (4, 'closed')),
seen AS (
    SELECT j.*, f.negotiation, f.time_ns, e.n, e.what,
           CASE e.what WHEN 'start' THEN f.start_frame WHEN 'answer' THEN f.answer_frame
                       WHEN 'closed' THEN CASE WHEN j.say = 'closed' THEN f.closed_frame END
                       ELSE CASE WHEN f.last_frame <> f.start_frame THEN f.last_frame END END AS cited
    FROM keyed j JOIN failed f ON f.source = j.source AND f.client_address = j.client_address
         AND f.server_end = j.server_end AND (f.done_at IS NULL OR f.time_ns > f.done_at), evidence e
    -- Short attempts at the end of a capture say nothing; nor do those after which the client was silent for two
    -- hand-windows: it would have tried again, so it went away itself (or another capture was joined to this one).
    WHERE j.view = 1 AND (j.say <> 'cut' OR (j.capture_ns - j.from_ns >= 10000000000 AND j.capture_ns - j.to_ns < 120000000000
                             AND (j.answered = 0 OR j.capture_ns - j.to_ns >= 10000000000)))
    UNION ALL
    SELECT j.*, 0, j.capture_ns + 1, 9, 'icmp', icmp_frame FROM keyed j WHERE j.view = 1 AND icmp_frame IS NOT NULL AND answered = 0
)
SELECT client_address || ' > ' || server_end || ' ' || time_text(from_ns) AS verdict_key, say,
       CASE say WHEN 'cut' THEN 'unknown' WHEN 'refused' THEN 'confirmed' ELSE 'likely' END AS state,
       CASE say WHEN 'cut' THEN 'warning' ELSE 'critical' END AS severity,
       'flow:' || flow AS subject, source, cited AS frame, NULL AS line, NULL AS at, NULL AS at_len, what,
       CASE WHEN say IN ('silent', 'unfinished') THEN 'lost drop' WHEN say = 'deaf' THEN 'keys'
            WHEN say = 'closed' THEN 'keys middle' END AS rivals,
       CASE say WHEN 'cut' THEN 'end' END AS missing, NULL AS caused_by,
       attempts, seconds(CASE WHEN say = 'cut' THEN capture_ns ELSE to_ns END - from_ns) AS seconds, resets,
       CASE resets WHEN 1 THEN '' ELSE 's' END AS plural, CASE attempts WHEN 1 THEN '' ELSE 's' END AS many,
       client_address AS client, server_end AS server, icmp,
       CASE n_rst WHEN 0 THEN 'closed' WHEN attempts THEN 'reset' ELSE 'closed or reset' END AS closed_how
FROM seen WHERE cited IS NOT NULL
ORDER BY verdict_key, time_ns, n;
