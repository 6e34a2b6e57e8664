-- id: tcp-half-open
-- title: An open connection was answered as if it did not exist
-- because.idle: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}, {quiet_s} s after the last segment from there.
--   The answer in frame {rst.frame} is a RST that acknowledges nothing: {forgetter} knew of no such connection any more, and
--   this capture has no farewell of it.
-- because.resent: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}, {quiet_s} s after the last segment from
--   there{again}. The answer in frame {rst.frame} is a RST that acknowledges nothing: {forgetter} knew of no such connection
--   any more, and this capture has no farewell of it.
-- because.anew: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}. The answer in frame {rst.frame} is a RST that
--   acknowledges nothing: {forgetter} knew of no such connection any more, and this capture has no farewell of it. Its host had
--   opened another one to the same port in frame {anew.frame}.
-- because.closed: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}, and the answer in frame {rst.frame} is a RST that
--   acknowledges nothing: {forgetter} had closed the connection before, as {closed_at} has it (frame {closed.frame}); that
--   never came to {here}.
-- because.denied: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}. The answer in frame {rst.frame} is a RST
--   that acknowledges nothing, in the name of {forgetter}, which goes on with the connection in frame {denied.frame}: an end
--   that does not know it has nothing but RSTs to send. Something else sent it.
-- because.forged: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}. The answer in frame {rst.frame} is a RST
--   that acknowledges nothing, in the name of {forgetter}. But {near}, which lies
--   nearer to that end, does not have it: what sent it stands between the two captures.
-- because.unseen: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}, and the answer in frame {rst.frame} is a RST that
--   acknowledges nothing: {forgetter} knew of no such connection any more. It had sent more than this capture has, so that it
--   may have closed it before.
-- advice.idle: See what forgets a connection that is idle for {quiet_s} s: a NAT, firewall or load balancer
--   between the two, or a restart at {forgetter}. Send keep-alives more often than that.
-- advice.resent: See whether {forgetter} restarted at that time, or what stands in front of it (a load balancer, a firewall that lost its state).
-- advice.anew: Either {forgetter} started anew without a goodbye (power, network, a program that was killed), or something on the
--   way forgot this connection while its host used another.
-- advice.closed: See what lost the farewell between {closed_at} and {here}, and why {forgetter} closed.
-- advice.denied: See what stands before {forgetter} and resets connections: a firewall, a load balancer, an intrusion prevention system.
-- advice.forged: See what stands between {here} and {near} and resets connections: a firewall, a load balancer, an intrusion prevention system.
-- advice.unseen: Capture all that {forgetter} sends.
-- what.heard: last segment from there before
-- what.sent: what is answered
-- what.last: the same again
-- what.rst: RST without acknowledgement
-- what.anew: its host opens another connection
-- what.closed: its farewell
-- what.denied: it goes on
-- rival.box: something on the way (a NAT, a firewall, a load balancer) forgot it, and answered in its name | a capture at that end itself
-- rival.lost: that end had closed it, and its FIN or RST was lost on the way | a capture at that end itself
-- rival.abort: that end's program aborted the connection just then, and its host says so without an acknowledgement, as old ones do | its log
-- rival.missed: that capture missed the RST | a capture at that end itself
-- rival.two: two hosts share that address, and one of them does not know the connection | a capture at both
-- missing.between: the last segments of the end that sent the RST
-- numbers: quiet_s real, resent int
-- after: tcp-dead-peer tcp-tuple-reuse
-- facts: tcp_half_open
-- sources: RFC 9293 section 3.5.1 (half-open connections), 3.10.7.1 (in CLOSED state a segment with ACK is answered by
--   <SEQ=SEG.ACK><CTL=RST>), 3.10.5 (an abort is <SEQ=SND.NXT><CTL=RST>, in practice with ACK)
-- samples: fires: tcp/half-open tcp/half-open-forged; silent: lwip-reboot/good-rng lwip-reboot/reuse-after-close lwip-reboot/recovered; unknown: tcp/half-open-cut

-- One life in two captures, each as the other one sees it; `far_from`: the end that it is farther from.
WITH view AS MATERIALIZED (
    SELECT first_source AS view_source, first_flow AS view_flow, other_source AS source, other_flow AS flow, swapped,
           CASE a_at WHEN first_source THEN 'a' WHEN other_source THEN 'b' END AS far_from FROM pair_flow
    UNION ALL
    SELECT other_source, other_flow, first_source, first_flow, swapped,
           CASE WHEN a_at IS NULL THEN NULL WHEN (a_at = other_source) <> swapped THEN 'a' ELSE 'b' END FROM pair_flow
),
-- The end that sent the RST had closed the connection: another capture has its FIN, or a RST of another kind.  This, as the next, is
-- looked for in the first few only: there may be very many.
farewell AS MATERIALIZED (
    SELECT h.source, h.id, v.source AS closed_source, h.sent_ns + CASE WHEN h.source < v.source THEN p.offset_ns ELSE -p.offset_ns END - p.error_ns AS by_ns,
           CASE WHEN (h.sent_by = 'a') <> v.swapped THEN coalesce(y.a_fin_frame, iif(y.rst_by = 'a', y.rst_frame, NULL))
                ELSE coalesce(y.b_fin_frame, iif(y.rst_by = 'b', y.rst_frame, NULL)) END AS closed_frame
    FROM tcp_half_open h
    JOIN view v ON v.view_source = h.source AND v.view_flow = h.flow
    JOIN tcp_life y ON y.source = v.source AND y.flow = v.flow
    JOIN pair_source p ON p.first_source = min(h.source, v.source) AND p.other_source = max(h.source, v.source)
    LEFT JOIN tcp_half_open z ON z.source = v.source AND z.flow = v.flow
    WHERE h.denied_frame IS NULL AND z.id IS NULL
    ORDER BY h.source, h.id, v.source LIMIT 500
),
closed AS MATERIALIZED (
    SELECT f.source, f.id, min(f.closed_source) AS closed_source, b.name AS closed_at, f.closed_frame
    FROM farewell f JOIN source b ON b.id = f.closed_source
    WHERE (SELECT k.time_ns FROM packet k WHERE k.source = f.closed_source AND k.frame = f.closed_frame) < f.by_ns
    GROUP BY f.source, f.id
),
-- A capture nearer to that end has the connection, and goes on behind the RST, which it does not have: nor any other of that
-- end at that time, which on the other side of a NAT might be the same.
nearer AS MATERIALIZED (
    SELECT h.source, h.id, h.flow, h.sent_by, v.source AS near_source, b.name AS near,
           h.sent_ns + CASE WHEN h.source < v.source THEN p.offset_ns ELSE -p.offset_ns END - p.error_ns AS from_ns,
           h.time_ns + CASE WHEN h.source < v.source THEN p.offset_ns ELSE -p.offset_ns END + p.error_ns AS to_ns,
           CASE WHEN (h.sent_by = 'a') <> v.swapped THEN g.a ELSE g.b END AS host,
           CASE WHEN (h.sent_by = 'a') <> v.swapped THEN g.a_port ELSE g.b_port END AS port
    FROM tcp_half_open h
    JOIN view v ON v.view_source = h.source AND v.view_flow = h.flow AND v.far_from <> h.sent_by
    JOIN flow g ON g.source = v.source AND g.id = v.flow
    JOIN pair_source p ON p.first_source = min(h.source, v.source) AND p.other_source = max(h.source, v.source) AND p.compared = 1
    JOIN pair_direction d ON d.from_source = h.source AND d.to_source = v.source AND d.proven
    JOIN source b ON b.id = v.source
    ORDER BY h.source, h.id, v.source LIMIT 500
),
near AS MATERIALIZED (
    SELECT n.source, n.id, min(n.near) AS near
    FROM nearer n JOIN source b ON b.id = n.near_source
    WHERE b.first_ns < n.from_ns AND b.last_ns > n.to_ns
      AND NOT EXISTS (SELECT 1 FROM flow g CROSS JOIN tcp_life y ON y.source = g.source AND y.flow = g.id
                      WHERE g.source = n.near_source AND y.rst_frame IS NOT NULL
                        AND ((g.a = n.host AND g.a_port = n.port) OR (g.b = n.host AND g.b_port = n.port))
                        AND CASE WHEN g.a = n.host AND g.a_port = n.port THEN 'a' ELSE 'b' END = y.rst_by
                        AND g.first_ns <= n.to_ns + 1000000000 AND g.last_ns >= n.from_ns - 1000000000)
    GROUP BY n.source, n.id
),
-- The host that forgot it had started anew: its next connection to that port.  One sort: there may be very many of two hosts.
opener AS MATERIALIZED (
    SELECT h.source, h.id, f.a, f.b, f.b_port, h.heard_frame AS at
    FROM tcp_half_open h JOIN flow f ON f.source = h.source AND f.id = h.flow WHERE h.sent_by = 'a'
),
reopened AS MATERIALIZED (
    SELECT source, id, frame FROM (
        SELECT source, id, min(opened) OVER (PARTITION BY source, a, b, b_port ORDER BY at DESC, opened IS NOT NULL
                                             ROWS UNBOUNDED PRECEDING) AS frame
        FROM (SELECT *, NULL AS opened FROM opener
              UNION ALL SELECT n.source, NULL, n.a, n.b, n.b_port, n.first_frame, n.first_frame
              FROM (SELECT DISTINCT source, a, b FROM opener) k
              CROSS JOIN flow n ON n.source = k.source AND n.a = k.a AND n.b = k.b WHERE n.proto = 'tcp'))
    WHERE id IS NOT NULL
),
seen AS MATERIALIZED (
    SELECT h.*, f.a_frames + f.b_frames AS frames, s.packets, s.name AS here, n.near, c.closed_source, c.closed_at, c.closed_frame,
           CASE WHEN h.unseen OR h.heard_ns > h.sent_ns THEN h.asked_ns ELSE h.sent_ns END - h.heard_ns AS quiet_ns,
           CASE h.sent_by WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS forgetter,
           CASE h.sent_by WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS holder,
           CASE WHEN r.frame < h.frame THEN r.frame END AS anew_frame
    FROM tcp_half_open h
    JOIN flow f ON f.source = h.source AND f.id = h.flow
    JOIN source s ON s.id = h.source
    LEFT JOIN near n ON n.source = h.source AND n.id = h.id
    LEFT JOIN closed c ON c.source = h.source AND c.id = h.id
    LEFT JOIN reopened r ON r.source = h.source AND r.id = h.id
),
judged AS (
    SELECT *, CASE WHEN closed_frame IS NOT NULL THEN 'closed' WHEN denied_frame IS NOT NULL THEN 'denied' WHEN near IS NOT NULL THEN 'forged'
                   WHEN unseen THEN 'unseen' WHEN anew_frame IS NOT NULL THEN 'anew' WHEN resent AND heard_ns <= sent_ns THEN 'resent' ELSE 'idle' END AS say
    FROM seen
    -- Some old stacks abort with such a RST, too (3.10.5 as it is written): one that comes at once, while both ends talk,
    -- is more often a program's decision.  No program answers a probe.
    WHERE (coalesce(near, denied_frame) IS NOT NULL OR quiet_ns >= 10000000000 OR what = 'keep-alive'
       OR (resent AND heard_ns <= sent_ns AND time_ns - sent_ns >= 1000000000))
      -- An answer comes at once: in a round trip.
      AND time_ns - asked_ns <= 1000000000
),
-- Of several views of one life the one that knows most speaks, of equal ones the fullest.
ranked AS MATERIALIZED (SELECT *, CASE say WHEN 'closed' THEN 0 WHEN 'denied' THEN 1 WHEN 'forged' THEN 1 WHEN 'unseen' THEN 3 ELSE 2 END AS rank FROM judged),
outdone AS MATERIALIZED (
    SELECT DISTINCT r.source, r.id, 1 AS yes FROM ranked r
    JOIN pair_view v ON v.view_source = r.source AND v.view_flow = r.flow
    JOIN ranked q ON q.source = v.other_source AND q.flow = v.other_flow
    WHERE q.rank < r.rank OR (q.rank = r.rank AND v.fuller)
),
chosen AS (SELECT r.* FROM ranked r LEFT JOIN outdone o ON o.source = r.source AND o.id = r.id WHERE o.yes IS NULL),
-- One time and one four-tuple in captures that were not recognised as vantages: the fullest speaks.
keyed AS (
    SELECT *, row_number() OVER (PARTITION BY verdict_key ORDER BY rank, frames DESC, packets DESC, source, flow) AS view
    FROM (SELECT *, forgetter || ' < ' || holder || ' ' || time_text(time_ns) AS verdict_key FROM chosen)
),
evidence(n, what) AS (VALUES (1, 'heard'), (2, 'anew'), (3, 'sent'), (4, 'last'), (5, 'rst'), (6, 'denied'), (7, 'closed')),
rows AS (
    SELECT k.*, e.n, e.what AS part,
           CASE e.what WHEN 'heard' THEN heard_frame WHEN 'sent' THEN CASE WHEN unseen THEN asked_frame ELSE sent_frame END
                       WHEN 'rst' THEN frame WHEN 'last' THEN CASE WHEN say = 'resent' THEN asked_frame END
                       WHEN 'denied' THEN CASE say WHEN 'denied' THEN denied_frame END WHEN 'closed' THEN closed_frame
                       WHEN 'anew' THEN CASE say WHEN 'anew' THEN anew_frame END END AS cited
    FROM keyed k, evidence e WHERE k.view = 1
)
SELECT verdict_key, say, CASE say WHEN 'unseen' THEN 'unknown' WHEN 'closed' THEN 'confirmed' ELSE 'likely' END AS state,
       CASE WHEN say IN ('anew', 'unseen', 'closed') THEN 'notice' ELSE 'critical' END AS severity,
       'flow:' || flow AS subject, CASE part WHEN 'closed' THEN closed_source ELSE source END AS source, cited AS frame,
       NULL AS line, NULL AS at, NULL AS at_len, part AS what,
       CASE say WHEN 'unseen' THEN NULL WHEN 'closed' THEN NULL WHEN 'denied' THEN 'two' WHEN 'forged' THEN 'missed' WHEN 'resent' THEN 'box lost' ELSE 'box lost abort' END AS rivals,
       CASE say WHEN 'unseen' THEN 'between' END AS missing,
       -- One end went away while nothing of the other came through.
       (SELECT min(x.rule || '/' || x.verdict_key) FROM pair_view v CROSS JOIN said x ON x.source = v.other_source
         AND x.subject = 'flow:' || v.other_flow AND x.rule = 'tcp-dead-peer'
         WHERE v.view_source = rows.source AND v.view_flow = rows.flow) AS caused_by,
       seconds(max(quiet_ns, 0)) AS quiet_s, resent, holder, forgetter, here, near, closed_at,
       CASE what WHEN 'data' THEN 'data' ELSE 'a keep-alive' END AS what_sent,
       CASE resent WHEN 0 THEN '' WHEN 1 THEN ', and once more' ELSE printf(', and %d more times', resent) END AS again
FROM rows WHERE cited IS NOT NULL
ORDER BY verdict_key, n;
