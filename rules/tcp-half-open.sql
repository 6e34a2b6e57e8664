-- id: tcp-half-open
-- title: An open connection was answered as if it did not exist
-- because.idle: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}, {quiet_s} s after the last segment from there.
--   The answer in frame {rst.frame} is a RST that acknowledges nothing: {forgetter} knew of no such connection any more,
--   without having closed it.
-- because.resent: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}, {quiet_s} s after the last segment from
--   there{again}.--   The answer in frame {rst.frame} is a RST that acknowledges nothing: {forgetter} knew of no such connection any
--   more, without having closed it.
-- because.anew: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}. The answer in frame {rst.frame} is a RST that
--   acknowledges nothing: {forgetter} knew of no such connection any more, without having closed it. Its host had
--   opened another one to the same port in frame {anew.frame}.
-- because.forged: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}. The answer in frame {rst.frame} is a RST
--   that acknowledges nothing, in the name of {forgetter}. But {near}, which lies
--   nearer to that end, does not have it: what sent it stands between the two captures.
-- because.unseen: {holder} sent {what_sent} to {forgetter} in frame {sent.frame}, and the answer in frame {rst.frame} is a RST that
--   acknowledges nothing: {forgetter} knew of no such connection any more. It had sent more than this capture has, so that it
--   may have closed it before.
-- advice.idle: See what forgets a connection that is idle for {quiet_s} s: a NAT, firewall or load balancer
--   between the two, or a restart at {forgetter}. Send keep-alives more often than that.
-- advice.resent: See whether {forgetter} restarted at that time, or what stands in front of it (a load balancer, a firewall that lost its state).
-- advice.anew: {forgetter} started anew without a goodbye: power, network, or a program that was killed.
-- advice.forged: See what stands between {here} and {near} and resets connections: a firewall, a load balancer, an intrusion prevention system.
-- advice.unseen: Capture all that {forgetter} sends.
-- what.heard: last segment from there before
-- what.sent: what is answered
-- what.last: the same again
-- what.rst: RST without acknowledgement
-- what.anew: its host opens another connection
-- rival.box: something on the way (a NAT, a firewall, a load balancer) forgot it, and answered in its name | a capture at that end itself
-- rival.lost: that end had closed it, and its FIN was lost on the way | a capture at that end itself
-- rival.abort: that end's program aborted the connection just then, and its host says so without an acknowledgement, as old ones do | its log
-- rival.missed: that capture missed the RST | a capture at that end itself
-- missing.between: the last segments of the end that sent the RST
-- numbers: quiet_s real, resent int
-- after: tcp-dead-peer tcp-tuple-reuse
-- facts: tcp_half_open
-- sources: RFC 9293 section 3.5.1 (half-open connections), 3.10.7.1 (in CLOSED state a segment with ACK is answered by
--   <SEQ=SEG.ACK><CTL=RST>), 3.10.5 (an abort is <SEQ=SND.NXT><CTL=RST>, in practice with ACK)
-- samples: fires: tcp/half-open tcp/half-open-forged; silent: lwip-reboot/good-rng lwip-reboot/reuse-after-close lwip-reboot/recovered; unknown: tcp/half-open-cut

-- Captures of one life that lie behind this one, as the end that still knows it sees it: nearer to the one that does not.
WITH behind AS MATERIALIZED (
    SELECT view_source, view_flow, sent_by, x.source, x.flow, v.error_ns,
           v.from_ns + CASE WHEN view_source < x.source THEN 0 ELSE v.offset_ns END AS from_ns,
           v.to_ns + CASE WHEN view_source < x.source THEN 0 ELSE v.offset_ns END AS to_ns
    FROM (SELECT first_source AS view_source, first_flow AS view_flow, other_source AS source, other_flow AS flow,
                 CASE a_at WHEN first_source THEN 'a' ELSE 'b' END AS sent_by FROM pair_flow WHERE a_at IS NOT NULL
          UNION ALL
          SELECT other_source, other_flow, first_source, first_flow,
                 CASE WHEN (a_at = other_source) <> swapped THEN 'a' ELSE 'b' END FROM pair_flow WHERE a_at IS NOT NULL) x
    JOIN pair_source v ON v.first_source = min(view_source, x.source) AND v.other_source = max(view_source, x.source)
    WHERE v.compared = 1
),
-- A whole capture nearer to that end has the connection at that time, but no RST.
near AS MATERIALIZED (
    SELECT h.source, h.id, min(b.name) AS near
    FROM tcp_half_open h
    JOIN behind t ON t.view_source = h.source AND t.view_flow = h.flow AND t.sent_by <> h.sent_by
    JOIN tcp_life y ON y.source = t.source AND y.flow = t.flow AND y.rst_frame IS NULL
    JOIN pair_direction d ON d.from_source = h.source AND d.to_source = t.source AND d.proven
    JOIN source b ON b.id = t.source
    WHERE h.sent_ns >= t.from_ns + t.error_ns AND h.time_ns <= t.to_ns - t.error_ns
    GROUP BY 1, 2
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
    SELECT h.*, f.a_frames + f.b_frames AS frames, s.packets, s.name AS here, n.near,
           CASE WHEN h.unseen THEN h.asked_ns ELSE h.sent_ns END - h.heard_ns AS quiet_ns,
           CASE h.sent_by WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS forgetter,
           CASE h.sent_by WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS holder,
           CASE WHEN r.frame < h.frame THEN r.frame END AS anew_frame
    FROM tcp_half_open h
    JOIN flow f ON f.source = h.source AND f.id = h.flow
    JOIN source s ON s.id = h.source
    LEFT JOIN near n ON n.source = h.source AND n.id = h.id
    LEFT JOIN reopened r ON r.source = h.source AND r.id = h.id
),
judged AS (
    SELECT *, CASE WHEN near IS NOT NULL THEN 'forged' WHEN unseen THEN 'unseen' WHEN anew_frame IS NOT NULL THEN 'anew'
                   WHEN resent THEN 'resent' ELSE 'idle' END AS say
    FROM seen
    -- Some old stacks abort with such a RST, too (3.10.5 as it is written): one that comes at once, while both ends talk,
    -- is more often a program's decision.
    WHERE near IS NOT NULL OR quiet_ns >= 10000000000 OR (resent AND time_ns - sent_ns >= 1000000000)
),
-- Of several views of one life the one that knows most speaks, of equal ones the fullest.
ranked AS MATERIALIZED (SELECT *, CASE say WHEN 'forged' THEN 1 WHEN 'unseen' THEN 3 ELSE 2 END AS rank FROM judged),
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
evidence(n, what) AS (VALUES (1, 'heard'), (2, 'anew'), (3, 'sent'), (4, 'last'), (5, 'rst')),
rows AS (
    SELECT k.*, e.n, e.what AS part,
           CASE e.what WHEN 'heard' THEN heard_frame WHEN 'sent' THEN CASE WHEN unseen THEN asked_frame ELSE sent_frame END
                       WHEN 'rst' THEN frame WHEN 'last' THEN CASE WHEN say = 'resent' THEN asked_frame END
                       WHEN 'anew' THEN CASE say WHEN 'anew' THEN anew_frame END END AS cited
    FROM keyed k, evidence e WHERE k.view = 1
)
SELECT verdict_key, say, CASE say WHEN 'unseen' THEN 'unknown' ELSE 'likely' END AS state,
       CASE say WHEN 'anew' THEN 'notice' WHEN 'unseen' THEN 'notice' ELSE 'critical' END AS severity,
       'flow:' || flow AS subject, source, cited AS frame, NULL AS line, NULL AS at, NULL AS at_len, part AS what,
       CASE say WHEN 'unseen' THEN NULL WHEN 'forged' THEN 'missed' WHEN 'resent' THEN 'box lost' ELSE 'box lost abort' END AS rivals,
       CASE say WHEN 'unseen' THEN 'between' END AS missing, NULL AS caused_by,
       seconds(quiet_ns) AS quiet_s, resent, holder, forgetter, here, near,
       CASE what WHEN 'data' THEN 'data' ELSE 'a keep-alive' END AS what_sent,
       CASE resent WHEN 0 THEN '' WHEN 1 THEN ', and once more' ELSE printf(', and %d more times', resent) END AS again
FROM rows WHERE cited IS NOT NULL
ORDER BY verdict_key, n;
