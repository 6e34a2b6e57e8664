-- id: openvpn-window-stall
-- title: OpenVPN's send window stands still
-- because.failed: The control channel's send window of the {side} ({owner}) is full: packet {packet_id}, sent in
--   frame {sent.frame}, was never acknowledged{again}, while {above} later packet{plural} {were}; with a window of
--   {window} nothing new could be sent. After {stalled_s} s the negotiation had failed.{attempts}{why}
-- because.recovered: The control channel's send window of the {side} ({owner}) stood still for {stalled_s} s: packet
--   {packet_id}, sent in frame {sent.frame}, was not acknowledged{again}, and with a window of {window} nothing new
--   could be sent until then.{why}
-- because.cut: The control channel's send window of the {side} ({owner}) is full: packet {packet_id}, sent in
--   frame {sent.frame}, is not acknowledged{again} for {stalled_s} s, and with a window of {window} nothing new is
--   sent; the capture ends there.{why}
-- because.log: The log of the {side} says so: its send window is full because packet {packet_id} to {owner} stays
--   unacknowledged (line {first.line} and {times} more); with a window of {window} nothing new could be sent for
--   {stalled_s} s.{ended}
-- advice.failed: Capture at both ends at once: then it shows whether packet {packet_id} or its acknowledgement is
--   lost, and on which way. Always the same id points to a filter, not to chance: look at frame sizes.
-- advice.recovered: If it comes back with the same id, capture at both ends.
-- advice.cut: Capture for longer, at both ends.
-- advice.log: Capture at both ends at once: the log cannot tell whether packet {packet_id} or its acknowledgement is
--   lost.
-- what.sent: first sending of the packet that holds the window
-- what.resent: the same packet again
-- what.last: the last time
-- what.ack: its acknowledgement, which never got through
-- what.ackagain: acknowledged again, in vain
-- what.received: the same packet at the other vantage
-- what.logged: the log says that the window is full because of this id
-- what.next: the next attempt
-- what.first: the window is full because of this id
-- what.end: the negotiation failed
-- rival.packet: the packet is lost on its way, not the acknowledgement | a capture at the other end
-- rival.ack: the acknowledgement is lost on its way, not the packet | a capture at the other end
-- missing.other: the other end of the path: whether the packet or its acknowledgement was lost
-- missing.end: the end of the negotiation
-- numbers: packet_id int, window int, side text, lost text, outcome text, stalled_s real
-- facts: openvpn_stall log_openvpn_stall
-- sources: OpenVPN src/openvpn/reliable.c (reliable_get_buf_output_sequenced, reliable_send), ssl.h
--   TLS_RELIABLE_N_SEND_BUFFERS; hand-window 60 s (openvpn(8))
-- samples: fires: openvpn-stall/acklost openvpn-stall/acklost-server openvpn-stall/acklost-log
--   openvpn-stall/acklost-rotated openvpn-stall/acklost-uneven; silent: openvpn-stall/healthy openvpn-stall/ping-restart;
--   unknown: openvpn-stall/cut

-- The hand-window ends an attempt at 60 s; before that, only a new attempt says that it failed.
WITH negotiation AS MATERIALIZED (
    SELECT n.*,
           CASE n.client WHEN 'b' THEN f.b ELSE f.a END AS client_address,
           CASE n.client WHEN 'b' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS server_end,
           CASE n.client WHEN 'b' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS client_end,
           s.first_ns AS from_ns, s.last_ns AS capture_ns, s.bundle
    FROM openvpn_negotiation n JOIN flow f ON f.source = n.source AND f.id = n.flow
    JOIN source s ON s.id = n.source
),
-- The next attempt, here or in a file that was begun when this one was full.
next AS MATERIALIZED (
    SELECT n.source, n.flow, n.negotiation, x.time_ns AS next_ns, x.source AS next_source, x.start_frame AS next_frame,
           row_number() OVER (PARTITION BY n.source, n.flow, n.negotiation ORDER BY x.time_ns, x.source) AS nth
    FROM (SELECT DISTINCT source, flow, negotiation FROM openvpn_stall) t
    JOIN negotiation n ON n.source = t.source AND n.flow = t.flow AND n.negotiation = t.negotiation
    JOIN negotiation x
      ON x.client_address = n.client_address AND x.server_end = n.server_end AND x.key_id = n.key_id
     AND x.time_ns > n.time_ns AND (x.source = n.source OR (x.bundle = n.bundle AND x.from_ns >= n.capture_ns
                                    AND x.time_ns - n.time_ns < 120000000000 AND NOT x.mid))
),
stall AS MATERIALIZED (
    SELECT t.*, n.client_address, n.server_end, n.client_end, x.next_ns, x.next_source, x.next_frame, n.capture_ns,
           n.time_ns AS start_ns, n.outcome AS ended, n.bundle,
           -- who sends ids in clear shows its session id
           CASE t.sent_by WHEN 'a' THEN n.a_sid ELSE n.b_sid END AS sid,
           CASE WHEN t.recovered THEN t.stalled_ns ELSE coalesce(x.next_ns, n.capture_ns) - t.time_ns END AS held_ns
    FROM openvpn_stall t
    LEFT JOIN next x ON x.source = t.source AND x.flow = t.flow AND x.negotiation = t.negotiation AND x.nth = 1
    JOIN negotiation n ON n.source = t.source AND n.flow = t.flow AND n.negotiation = t.negotiation
    WHERE NOT n.encrypted AND t.side IS NOT NULL AND t.resent >= 1
      -- No known version has a window below four: with less in flight the sender may have had no more to
      -- say.  Only acknowledgements of all later ids show that it was blocked.  And the window must be as
      -- full as it ever was.
      AND t.window >= t.widest AND (t.window >= 4 OR (t.window = 3 AND t.above_acked = 2))
      AND t.stalled_ns >= 2000000000
      -- TCP delivers in order or not at all: what is resent there is not lost on the way.
      AND NOT EXISTS (SELECT 1 FROM flow f WHERE f.source = t.source AND f.id = t.flow AND f.proto = 'tcp')
),
-- An attempt is told once, by its session id: of several sources the one that has its end speaks, then the one with the
-- smaller number; paired ones testify.
ranked AS MATERIALIZED (
    SELECT s.*,
           CASE WHEN recovered THEN 'recovered' WHEN next_ns IS NOT NULL OR held_ns >= 60000000000 THEN 'failed'
                ELSE 'cut' END AS outcome,
           row_number() OVER (PARTITION BY side, sid
                              ORDER BY recovered OR next_ns IS NOT NULL OR held_ns >= 60000000000 DESC, s.source, s.flow) AS rank
    FROM stall s
),
-- The story: all attempts in files that were given together, a rotated capture's or those of two vantages.
spoken AS MATERIALIZED (
    SELECT s.*,
           row_number() OVER (PARTITION BY bundle, client_address, server_end, side ORDER BY s.time_ns, s.source) AS attempt,
           count(*) OVER (PARTITION BY bundle, client_address, server_end, side) AS n_attempts
    FROM ranked s
    WHERE rank = 1
),
-- The same packet id at another vantage, stalled there or not; of several the one that knows most.
twins AS (
    SELECT s.source AS of_source, s.flow AS of_flow, s.packet_id AS of_id, i.source, i.sent_frame, i.last_frame,
           coalesce(x.ack_frame, i.ack_frame) AS ack_frame, x.last_ack_frame, i.id
    FROM spoken s
    JOIN (SELECT first_source AS s1, first_flow AS f1, other_source AS s2, other_flow AS f2 FROM pair_flow
          UNION ALL SELECT other_source, other_flow, first_source, first_flow FROM pair_flow) p
      ON p.s1 = s.source AND p.f1 = s.flow
    JOIN openvpn_id i ON i.source = p.s2 AND i.flow = p.f2 AND i.packet_id = s.packet_id
    JOIN negotiation n ON n.source = i.source AND n.flow = i.flow AND n.negotiation = i.negotiation
         AND CASE i.sent_by WHEN 'a' THEN n.a_sid ELSE n.b_sid END = s.sid
    LEFT JOIN stall x ON x.source = i.source AND x.flow = i.flow AND x.packet_id = i.packet_id AND x.side = s.side
),
twin AS MATERIALIZED (
    SELECT t.*, row_number() OVER (PARTITION BY of_source, of_flow, of_id
                                   ORDER BY EXISTS (SELECT 1 FROM pair_lost l WHERE l.from_source = t.source
                                                    AND l.frame IN (t.ack_frame, t.last_ack_frame)) DESC,
                                            ack_frame IS NULL, source, id) AS nth
    FROM twins t
),
judged AS (
    SELECT s.*, t.source AS twin_source, t.sent_frame AS twin_sent, t.ack_frame AS twin_ack,
           t.last_ack_frame AS twin_last_ack,
           EXISTS (SELECT 1 FROM pair_lost l WHERE (l.from_source = s.source AND l.frame IN (s.ack_frame, s.last_ack_frame))
                   OR (l.from_source = t.source AND l.frame IN (t.ack_frame, t.last_ack_frame))) AS ack_lost,
           EXISTS (SELECT 1 FROM pair_lost l WHERE l.from_source = s.source AND l.frame = s.sent_frame)
           AND EXISTS (SELECT 1 FROM pair_lost l WHERE l.from_source = s.source AND l.frame = s.last_frame) AS packet_lost
    FROM spoken s LEFT JOIN twin t ON t.of_source = s.source AND t.of_flow = s.flow AND t.of_id = s.packet_id
         AND t.nth = 1
),
-- The first attempt names the story, the worst end of any attempt is its end.
story AS MATERIALIZED (
    SELECT client_address || ' > ' || server_end || ' ' || side || ' ' || time_text(min(time_ns) OVER w) AS verdict_key, *,
           CASE WHEN max(outcome = 'failed') OVER w THEN 'failed' WHEN max(outcome = 'cut') OVER w THEN 'cut'
                ELSE 'recovered' END AS story_outcome,
           CASE WHEN max(ack_lost) OVER w THEN 'ack' WHEN max(packet_lost) OVER w THEN 'packet' ELSE 'unknown' END AS lost
    FROM judged WINDOW w AS (PARTITION BY bundle, client_address, server_end, side)
),
-- One time and the same ends in several bundles that were not recognised as vantages: the one with most attempts speaks.
keyed AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY verdict_key ORDER BY attempt, n_attempts DESC, bundle) AS view FROM story
),
evidence(n, what) AS (VALUES (1, 'sent'), (2, 'received'), (3, 'ack'), (4, 'resent'), (5, 'ackagain'), (6, 'last'), (7, 'next')),
seen AS (
    SELECT lead.*, s.attempt AS nth, e.n, e.what,
           CASE WHEN e.what = 'received' THEN s.twin_source WHEN e.what = 'next' THEN s.next_source
                WHEN e.what IN ('ack', 'ackagain') AND s.ack_frame IS NULL THEN s.twin_source ELSE s.source END AS at_source,
           CASE e.what WHEN 'sent' THEN s.sent_frame WHEN 'received' THEN s.twin_sent
                       WHEN 'ack' THEN coalesce(s.ack_frame, s.twin_ack)
                       WHEN 'ackagain' THEN CASE WHEN coalesce(s.last_ack_frame, s.twin_last_ack)
                                            <> coalesce(s.ack_frame, s.twin_ack) THEN coalesce(s.last_ack_frame, s.twin_last_ack) END
                       WHEN 'resent' THEN s.resend_frame
                       WHEN 'last' THEN CASE WHEN s.last_frame <> s.resend_frame THEN s.last_frame END
                       WHEN 'next' THEN s.next_frame END AS cited
    FROM keyed lead JOIN keyed s ON s.verdict_key = lead.verdict_key AND s.bundle = lead.bundle AND s.attempt <= 3,
         evidence e
    WHERE lead.view = 1
    UNION ALL
    -- A log of the same end says the same.
    SELECT lead.*, 9, 8, 'logged', l.source, l.line
    FROM keyed lead JOIN log_openvpn_stall l ON l.packet_id = lead.packet_id AND l.side = lead.side
         AND l.peer IN (lead.client_end, lead.server_end)
    WHERE lead.view = 1
),
packets AS (
    SELECT verdict_key, story_outcome AS say,
           CASE WHEN story_outcome = 'cut' THEN 'unknown' WHEN lost = 'unknown' THEN 'likely' ELSE 'confirmed' END AS state,
           CASE WHEN story_outcome = 'failed' THEN 'critical' WHEN story_outcome = 'cut' OR held_ns >= 10000000000 THEN 'warning'
                ELSE 'notice' END AS severity,
           'flow:' || flow AS subject, at_source AS source, CASE WHEN what <> 'logged' THEN cited END AS frame,
           CASE WHEN what = 'logged' THEN cited END AS line, NULL AS at, NULL AS at_len, what,
           CASE WHEN lost = 'unknown' AND story_outcome <> 'cut' THEN 'packet ack' END AS rivals,
           CASE WHEN story_outcome = 'cut' THEN 'end' END AS missing,
           NULL AS caused_by, packet_id, "window", side, lost,
           CASE story_outcome WHEN 'cut' THEN 'unknown' ELSE story_outcome END AS outcome,
           seconds(held_ns) AS stalled_s, CASE side WHEN 'server' THEN server_end ELSE client_end END AS owner,
           CASE resent WHEN 0 THEN '' WHEN 1 THEN ', although it was resent' ELSE printf(', although it was resent %d times', resent) END AS again,
           above_acked AS above, CASE above_acked WHEN 1 THEN '' ELSE 's' END AS plural,
           CASE above_acked WHEN 1 THEN 'was' ELSE 'were' END AS "were",
           CASE WHEN n_attempts > 1 THEN printf(' The same happened in %d attempts.', n_attempts) ELSE '' END AS attempts,
           CASE lost WHEN 'ack' THEN ' The packet arrives and is acknowledged, but the acknowledgements are lost on the way back.'
                     WHEN 'packet' THEN ' The packet itself is lost on the way.' ELSE '' END AS why,
           NULL AS times, NULL AS ended, nth AS attempt, n
    FROM seen WHERE cited IS NOT NULL
),
-- A server's log alone: the same lowest id for seconds.  Healthy logs are full of the same message.
logged AS (
    SELECT l.*, s.name FROM log_openvpn_stall l JOIN source s ON s.id = l.source
    WHERE l.seconds >= 5 AND l.next_id - l.packet_id >= 2
      AND NOT EXISTS (SELECT 1 FROM story)
),
log_story AS (
    SELECT *, row_number() OVER (PARTITION BY source, side, packet_id ORDER BY line) AS attempt,
           count(*) OVER (PARTITION BY source, side, packet_id) AS n_attempts,
           dense_rank() OVER (PARTITION BY side, packet_id, peer ORDER BY source) AS log_no,
           max(failed_line IS NOT NULL) OVER (PARTITION BY source, side, packet_id) AS failed
    FROM logged
),
lines AS (
    SELECT lead.side || ' ' || lead.packet_id || ' ' || lead.peer
           || CASE lead.log_no WHEN 1 THEN '' ELSE ' of log ' || lead.log_no END AS verdict_key,
           'log' AS say, CASE WHEN lead.failed OR lead.recovered THEN 'likely' ELSE 'unknown' END AS state,
           CASE WHEN lead.failed THEN 'critical' WHEN lead.recovered AND lead.seconds < 10 THEN 'notice' ELSE 'warning' END AS severity,
           'source:' || lead.source AS subject, l.source,
           NULL AS frame, CASE k.n WHEN 1 THEN l.line WHEN 2 THEN l.last_line ELSE l.failed_line END AS line,
           NULL AS at, NULL AS at_len, CASE k.n WHEN 1 THEN 'first' WHEN 2 THEN 'last' ELSE 'end' END AS what,
           'packet ack' AS rivals, CASE WHEN lead.failed OR lead.recovered THEN NULL ELSE 'end' END AS missing,
           NULL AS caused_by, lead.packet_id, lead.next_id - lead.packet_id AS "window", lead.side, 'unknown' AS lost,
           CASE WHEN lead.failed THEN 'failed' WHEN lead.recovered THEN 'recovered' ELSE 'unknown' END AS outcome,
           lead.seconds AS stalled_s, lead.peer AS owner, '' AS again, NULL AS above, '' AS plural, '' AS "were",
           '' AS attempts, '' AS why, lead.n - 1 AS times,
           CASE WHEN lead.failed THEN ' Then the negotiation failed.' ELSE '' END AS ended, l.attempt, k.n
    FROM log_story lead
    JOIN log_story l ON l.source = lead.source AND l.side = lead.side AND l.packet_id = lead.packet_id AND l.attempt <= 3,
         (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) k
    WHERE lead.attempt = 1 AND (k.n < 3 OR l.failed_line IS NOT NULL)
)
SELECT verdict_key, say, state, severity, subject, source, frame, line, at, at_len, what, rivals, missing, caused_by,
       packet_id, "window" AS window, side, lost, outcome, stalled_s, owner, again, above, plural, "were" AS were, attempts,
       why, times, ended
FROM (SELECT * FROM packets UNION ALL SELECT * FROM lines)
ORDER BY verdict_key, attempt, n;
