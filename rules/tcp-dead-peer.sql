-- id: tcp-dead-peer
-- title: Data was never acknowledged again
-- because.gaveup: {sender} sent {what_sent} to {receiver} in frame {sent.frame} and {again};
--   none of it was ever acknowledged, although {before}. After {silent_s} s {sender} gave up.{where}
-- because.anew: {sender} sent {what_sent} to {receiver} in frame {sent.frame} and {again}; none of it was ever
--   acknowledged, although {before}. After {silent_s} s {sender} had opened a new
--   connection instead.{where}
-- because.gone: {sender} sent {what_sent} to {receiver} in frame {sent.frame} and {again}; none of it was ever
--   acknowledged, although {before}. After {silent_s} s {sender} knew of no such connection any more: it answered a late
--   segment with a RST.{where}
-- because.stopped: {sender} sent {what_sent} to {receiver} in frame {sent.frame} and {again}; none of it was
--   ever acknowledged, although {before}. {sender} stopped resending after {silent_s} s.{where}
-- because.limit: {sender} sent {what_sent} to {receiver} in frame {sent.frame} and resent it {resent} times over
--   {silent_s} s, to its limit; {receiver} never acknowledged it, although {before}.{where}
-- because.left: {sender} sent {what_sent} to {receiver} in frame {sent.frame} and {again}; none of it was ever
--   acknowledged, although {before}. {receiver} was there: after {silent_s} s it left by itself, with a {farewell}
--   that acknowledges only what came before.{where}
-- because.closing: {sender} said goodbye to {receiver} in frame {sent.frame} and repeated it for {silent_s} s; {receiver} never acknowledged it.
-- because.afterclose: {receiver} closed its side; what {sender} sent in frame {sent.frame}, and {receiver} had not
--   acknowledged by then, was resent for {silent_s} s and never acknowledged.
-- because.cut: {sender} sent {what_sent} to {receiver} in frame {sent.frame} and {again} within {silent_s} s without an acknowledgement; the capture ends before it is clear whether the connection lived.{where}
-- advice.gaveup: {look}
-- advice.anew: {look}
-- advice.gone: {look}
-- advice.stopped: {look}
-- advice.limit: {look}
-- advice.left: {look} If only large segments do not arrive, see which link of the path carries less, and whether ICMP
--   comes back from it.
-- advice.closing: {receiver} was gone before the end: power, network, or a middlebox that forgot the
--   connection.
-- advice.afterclose: {receiver} took its leave first; see why it closed.
-- advice.cut: Capture for longer, until {sender} gives up or is answered.
-- what.sent: first sending, never acknowledged
-- what.resend: sent again
-- what.last: last sending
-- what.heard: last segment heard from the other end
-- what.gaveup: the sender closes
-- what.anew: the sender opens a new connection
-- what.icmp: an ICMP error about it
-- what.left: the other end leaves, and acknowledges only what came before
-- rival.path: the segments, or their acknowledgements, are lost on the way | a capture at the other end
-- rival.host: they arrive, and the other end's own host drops them (a filter, a wrong checksum) | a capture at the other end
-- rival.beyond: the segments, or their acknowledgements, are lost behind that capture | a capture at the other end itself
-- rival.peer: the other end is gone | its log, or a ping at that time
-- missing.end: the end of the wait
-- numbers: resent int, silent_s real, acked int
-- after: tcp-tuple-reuse
-- facts: tcp_waiting
-- sources: RFC 9293 section 3.8.3 (R2: give up after at least 100 s), 3.10.7.1 (a RST that answers has no ACK); RFC 1122
--   section 4.2.3.5, 4.2.3.6; RFC 2923 section 2.1 (black holes of path MTU discovery)
-- samples: fires: lwip-reboot/zombie tcp/resent-to-the-limit tcp/stopped-early; silent: lwip-reboot/recovered
--   lwip-reboot/reuse-after-close lwip-reboot/good-rng; unknown: tcp/cut-while-resending

-- Captures of one life that lie behind this one, as its sender sees it: between it and the other end.
WITH behind AS MATERIALIZED (
    SELECT view_source, view_flow, sent_by, x.swapped, x.source, x.flow, v.compared, v.error_ns,
           CASE WHEN view_source < x.source THEN v.offset_ns ELSE -v.offset_ns END AS ahead_ns,
           v.from_ns + CASE WHEN view_source < x.source THEN 0 ELSE v.offset_ns END AS from_ns,
           v.to_ns + CASE WHEN view_source < x.source THEN 0 ELSE v.offset_ns END AS to_ns
    FROM (SELECT first_source AS view_source, first_flow AS view_flow, other_source AS source, other_flow AS flow, swapped,
                 CASE a_at WHEN first_source THEN 'a' ELSE 'b' END AS sent_by FROM pair_flow WHERE a_at IS NOT NULL
          UNION ALL
          SELECT other_source, other_flow, first_source, first_flow, swapped,
                 CASE WHEN (a_at = other_source) <> swapped THEN 'a' ELSE 'b' END FROM pair_flow WHERE a_at IS NOT NULL) x
    JOIN pair_source v ON v.first_source = min(view_source, x.source) AND v.other_source = max(view_source, x.source)
),
-- What waits on in the next capture.
still AS MATERIALIZED (
    SELECT p.earlier_source AS source, p.earlier_flow AS flow, x.seq, x.last_ns
    FROM pair_part p JOIN tcp_waiting x ON x.source = p.later_source AND x.flow = p.later_flow
    WHERE x.answer_frame IS NULL
),
-- (By flow: of a direction there may be thousands.)
lost AS MATERIALIZED (SELECT from_source, to_source, flow, time_ns FROM pair_lost WHERE flow IS NOT NULL),
-- Directions of which all that was lost is listed.
listed AS MATERIALIZED (
    SELECT d.from_source, d.to_source FROM pair_direction d
    LEFT JOIN (SELECT from_source, to_source, count(*) AS n FROM pair_lost GROUP BY 1, 2) l
      ON l.from_source = d.from_source AND l.to_source = d.to_source
    WHERE d.proven AND d.lost <= coalesce(l.n, 0)
),
-- The next connection from the sender to the same port.  One sort: there may be very many of two hosts.
asker AS MATERIALIZED (
    SELECT w.source, w.id,
           w.last_frame,
           CASE w.sent_by WHEN 'a' THEN f.a ELSE f.b END AS sender,
           CASE w.sent_by WHEN 'a' THEN f.b ELSE f.a END AS receiver,
           CASE w.sent_by WHEN 'a' THEN f.b_port ELSE f.a_port END AS port
    FROM tcp_waiting w CROSS JOIN flow f ON f.source = w.source AND f.id = w.flow
    WHERE w.answer_frame IS NULL AND w.what IN ('data', 'keep-alive') AND w.resent >= 1
),
reconnect AS MATERIALIZED (
    SELECT source, id, frame FROM (
        SELECT source, id, min(opened) OVER (PARTITION BY source, sender, receiver, port ORDER BY at DESC, opened IS NOT NULL
                                             ROWS UNBOUNDED PRECEDING) AS frame
        FROM (SELECT source, id, sender, receiver, port, last_frame AS at, NULL AS opened FROM asker
              UNION ALL SELECT n.source, NULL, n.a, n.b, n.b_port, n.first_frame, n.first_frame
              FROM (SELECT DISTINCT source, sender, receiver FROM asker) k
              CROSS JOIN flow n ON n.source = k.source AND n.a = k.sender AND n.b = k.receiver WHERE n.proto = 'tcp'))
    WHERE id IS NOT NULL
),
waiting AS MATERIALIZED (
    SELECT w.*, f.a_frames + f.b_frames AS frames, s.packets, s.name AS here,
           CASE w.sent_by WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS sender,
           CASE w.sent_by WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS receiver,
           CASE w.what WHEN 'data' THEN 'data' ELSE 'a keep-alive' END AS what_sent,
           -- A second vantage knows whether the segments came through; it must have been compared whole.
           -- (By frame: of a direction there may be thousands.)
           (SELECT b.name FROM pair_lost l JOIN pair_lost k ON +k.from_source = l.from_source AND +k.to_source = l.to_source
               AND k.frame = w.last_frame JOIN source b ON b.id = l.to_source
             WHERE +l.from_source = w.source AND l.frame = w.sent_frame LIMIT 1) AS lost_before,
           (SELECT b.name FROM behind t JOIN source b ON b.id = t.source
             WHERE t.view_source = w.source AND t.view_flow = w.flow AND t.sent_by = w.sent_by AND t.compared = 1
               AND w.time_ns >= t.from_ns + t.error_ns AND w.last_ns <= t.to_ns - t.error_ns
               -- What stays on its link is not always looked for.
               AND f.a NOT LIKE 'fe80:%' AND f.a NOT LIKE '169.254.%'
               -- Where that capture is not whole, nothing is said to be lost, and nothing to have arrived.
               AND EXISTS (SELECT 1 FROM listed d WHERE d.from_source = w.source AND d.to_source = t.source)
               AND NOT EXISTS (SELECT 1 FROM pair_lost l WHERE +l.from_source = w.source AND l.frame IN (w.sent_frame, w.last_frame))
             LIMIT 1) AS arrived_at,
           -- There the other end acknowledged more than here (the handshake is in both, so the bytes count from one start), and what
           -- it said meanwhile never came here.  Probes of an idle connection acknowledge nothing new.
           (SELECT b.name FROM behind t JOIN source b ON b.id = t.source
             WHERE t.view_source = w.source AND t.view_flow = w.flow AND t.sent_by = w.sent_by
               AND w.what = 'data' AND NOT t.swapped AND o.a_isn IS NOT NULL AND o.b_isn IS NOT NULL
               AND EXISTS (SELECT 1 FROM tcp_life y WHERE y.source = t.source AND y.flow = t.flow AND y.a_isn = o.a_isn AND y.b_isn = o.b_isn
                           AND CASE w.sent_by WHEN 'a' THEN y.a_acked > o.a_acked ELSE y.b_acked > o.b_acked END)
               AND (SELECT count(*) FROM lost l WHERE l.from_source = t.source AND l.to_source = w.source AND l.flow = t.flow
                    AND l.time_ns - t.ahead_ns BETWEEN w.time_ns AND w.last_ns + 1000000000) > w.resent / 2
             LIMIT 1) AS answered_at,
           (SELECT min(e.error_frame) FROM icmp_error e WHERE e.source = w.source AND e.flow = w.flow AND e.about = w.sent_by
               AND e.error_frame > w.sent_frame) AS icmp_frame,
           -- A RST that only answers what comes at last does not say when its sender gave up.
           w.rst_by = w.sent_by AND w.heard_frame BETWEEN w.last_frame AND w.rst_frame AS rst_answers,
           -- The wait ends with the sender's FIN or RST, or with the capture.
           CASE WHEN w.rst_by = w.sent_by THEN w.rst_frame END AS own_rst,
           (SELECT p.time_ns FROM packet p WHERE p.source = w.source AND p.frame = w.fin_frame) AS fin_ns,
           -- The other end's farewell does not acknowledge it either, or it would be answered.
           CASE WHEN w.peer_fin_frame > w.sent_frame THEN w.peer_fin_frame WHEN w.rst_short THEN w.rst_frame END AS left_frame,
           s.last_ns AS capture_ns,
           CASE WHEN w.acked_before > 0 THEN printf('%s had acknowledged %d bytes before',
                    CASE w.sent_by WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END, w.acked_before)
                WHEN w.probes_answered > 0 THEN printf('%s had answered a keep-alive before',
                    CASE w.sent_by WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END)
                ELSE 'the connection had been set up' END AS before,
           n.frame AS reconnect_frame
    FROM tcp_waiting w
    CROSS JOIN flow f ON f.source = w.source AND f.id = w.flow
    JOIN tcp_life o ON o.source = w.source AND o.flow = w.flow
    JOIN source s ON s.id = w.source
    LEFT JOIN reconnect n ON n.source = w.source AND n.id = w.id
    WHERE w.answer_frame IS NULL AND w.what IN ('data', 'keep-alive') AND w.resent >= 1
      -- The other end spoke and acknowledged before, if only the SYN, so this is not a capture of one direction.
      -- It may have done so in the capture before this one.
      AND ((w.heard_frame IS NOT NULL AND (w.acked_before > 0 OR w.probes_answered > 0 OR o.established_frame IS NOT NULL))
           OR EXISTS (SELECT 1 FROM pair_part p JOIN tcp_life e ON e.source = p.earlier_source AND e.flow = p.earlier_flow
                      WHERE p.later_source = w.source AND p.later_flow = w.flow
                        AND (e.established_frame IS NOT NULL OR e.a_acked + e.b_acked > 0)))
      -- A closed window is flow control; a RST that answers shows that the segment came through.
      AND coalesce(w.window, 1) > 0
      AND (w.rst_by IS NULL OR w.rst_by = w.sent_by OR w.rst_short)
      AND (w.waited_ns >= 3000000000
           OR EXISTS (SELECT 1 FROM still x WHERE x.source = w.source AND x.flow = w.flow AND x.seq = w.seq
                      AND x.last_ns - w.time_ns >= 3000000000))
      -- The sender heard what this capture does not have: its data may have been acknowledged there.
      AND w.unseen_frame IS NULL
),
parted AS (
    SELECT *, (SELECT p.time_ns FROM packet p WHERE p.source = waiting.source AND p.frame = left_frame) AS left_ns,
           CASE WHEN fin_frame > resend_frame THEN fin_frame ELSE own_rst END AS close_frame,
           last_ns + 2 * (last_ns - time_ns) + 1000000000 AS due_ns -- when the next resend was due, and more
    FROM waiting
),
judged AS (
    SELECT *,
           -- R2: a sender that resends for 100 s has done what it may; one that stopped earlier has not.  That is said of
           -- data; how often an idle connection is probed is up to its owner.
           what = 'data' AND resent >= 5 AND coalesce(min(left_ns, last_ns), last_ns) - time_ns >= 100000000000 AS limited,
           -- Last words: the sender closes at once, or the other end had closed before, or was just closing.
           CASE WHEN fin_frame IS NOT NULL AND (fin_frame < resend_frame OR fin_ns - time_ns < 1000000000) THEN 'closing'
                WHEN peer_fin_frame < sent_frame OR left_ns - time_ns < 3000000000 THEN 'afterclose'
                WHEN resend_frame < left_frame AND left_frame < coalesce(fin_frame, own_rst, left_frame + 1) THEN 'left'
                WHEN what = 'data' AND last_ns - time_ns >= 100000000000 AND resent >= 5 THEN 'limit'
                WHEN fin_frame > sent_frame OR own_rst > sent_frame THEN 'gaveup'
                -- A new connection alone may be one more; it is instead of this one if no resend comes when it is due,
                -- after twice the last wait (RFC 6298 section 5.5).
                WHEN reconnect_frame IS NOT NULL AND capture_ns > due_ns THEN 'gaveup'
                -- silent for longer than the next resend would have taken
                WHEN capture_ns - last_ns > 3 * (last_ns - time_ns) + 3000000000 THEN 'stopped'
                ELSE 'cut' END AS say,
           -- A socket that is gone says so to whoever still writes to it (RFC 9293 section 3.10.7.1), long after it was given up.
           close_frame IS NULL OR coalesce(reconnect_frame < close_frame AND late, FALSE) AS anew,
           CASE WHEN reconnect_frame < close_frame AND late THEN reconnect_frame
                ELSE coalesce(close_frame, reconnect_frame) END AS gaveup_frame
    FROM (SELECT *, close_frame = rst_frame AND rst_answers
                 OR (SELECT p.time_ns FROM packet p WHERE p.source = parted.source AND p.frame = close_frame) > due_ns AS late FROM parted)
),
timed AS MATERIALIZED (
    SELECT *,
           coalesce(CASE WHEN say = 'left' THEN left_ns WHEN say IN ('stopped', 'limit', 'closing', 'afterclose') THEN last_ns
                    WHEN say = 'gaveup' THEN (SELECT p.time_ns FROM packet p WHERE p.source = judged.source
                                        AND p.frame = gaveup_frame) END - time_ns, waited_ns) AS silent_ns
    FROM judged
),
-- As long as something is outstanding, a stack goes on resending, and the waits grow (RFC 6298).  One that resent in
-- the first moment only was answered where this capture did not see it, or went away itself.
lasting AS MATERIALIZED (
    SELECT * FROM timed
    -- What this capture ended too early for, another one may have, or the next one.
    WHERE NOT (say = 'cut' AND EXISTS (SELECT 1 FROM pair_part p
                                       WHERE p.earlier_source = timed.source AND p.earlier_flow = timed.flow)
               AND NOT EXISTS (SELECT 1 FROM still x WHERE x.source = timed.source AND x.flow = timed.flow AND x.seq = timed.seq
                               -- there it speaks for itself
                               AND NOT EXISTS (SELECT 1 FROM timed y WHERE y.seq = timed.seq AND y.source <> timed.source
                                               AND y.sender = timed.sender AND y.receiver = timed.receiver)))
      AND NOT (say = 'cut' AND EXISTS (SELECT 1 FROM pair_view p CROSS JOIN tcp_waiting x
                                       ON x.source = p.other_source AND x.flow = p.other_flow AND x.seq = timed.seq
                                       WHERE p.view_source = timed.source AND p.view_flow = timed.flow AND p.fuller))
      AND (say IN ('cut', 'limit', 'left') OR last_ns - time_ns >= 3000000000
       OR (say = 'gaveup' AND silent_ns >= 3000000000 AND time_ns + silent_ns - last_ns <= 3 * (last_ns - time_ns) + 3000000000))
),
ranked AS MATERIALIZED (
    SELECT *, CASE WHEN (limited AND say IN ('limit', 'left')) OR (coalesce(lost_before, answered_at) IS NOT NULL AND say IN ('gaveup', 'stopped', 'left', 'limit'))
                        THEN 'confirmed' WHEN say = 'cut' THEN 'unknown' ELSE 'likely' END AS state,
           CASE WHEN say = 'cut' THEN 5 WHEN say IN ('closing', 'afterclose') THEN 4
                WHEN (limited AND say IN ('limit', 'left')) OR coalesce(lost_before, answered_at) IS NOT NULL THEN 1
                WHEN arrived_at IS NOT NULL THEN 2 ELSE 3 END AS rank
    FROM lasting
),
-- Of several views of one life the one that shows most speaks, of equal ones the fullest.
chosen AS (
    SELECT * FROM ranked r
    WHERE NOT EXISTS (SELECT 1 FROM pair_view v CROSS JOIN ranked q ON q.source = v.other_source AND q.flow = v.other_flow AND q.seq = r.seq
                      WHERE v.view_source = r.source AND v.view_flow = r.flow AND (q.rank < r.rank OR (q.rank = r.rank AND v.fuller)))
      -- Last words that a RST answered, as another view shows, are not worth a word.
      AND NOT (rank = 4 AND EXISTS (SELECT 1 FROM pair_view v CROSS JOIN tcp_waiting x ON x.source = v.other_source AND x.flow = v.other_flow
                                                                            AND x.seq = r.seq AND x.rst_by <> x.sent_by
                                    WHERE v.view_source = r.source AND v.view_flow = r.flow))
),
-- One time and one four-tuple in captures that were not recognised as vantages: the fullest speaks.
keyed AS (
    SELECT *, row_number() OVER (PARTITION BY verdict_key ORDER BY rank, frames DESC, packets DESC, source, flow, sent_frame) AS view
    FROM (SELECT *, sender || ' > ' || receiver || ' ' || time_text(time_ns) AS verdict_key FROM chosen)
),
evidence(n, what) AS (VALUES (1, 'heard'), (2, 'sent'), (3, 'resend'), (4, 'last'), (5, 'gaveup'), (6, 'anew'), (7, 'left'), (8, 'icmp')),
rows AS (
    SELECT j.*, e.n, e.what AS part,
           CASE e.what WHEN 'heard' THEN CASE WHEN heard_frame < sent_frame THEN heard_frame END
                       WHEN 'sent' THEN sent_frame WHEN 'resend' THEN resend_frame
                       WHEN 'last' THEN CASE WHEN last_frame <> resend_frame THEN last_frame END
                       WHEN 'gaveup' THEN CASE WHEN say = 'gaveup' AND NOT anew THEN gaveup_frame END
                       WHEN 'anew' THEN CASE WHEN say = 'gaveup' AND anew THEN gaveup_frame END
                       WHEN 'icmp' THEN icmp_frame
                       WHEN 'left' THEN CASE WHEN say = 'left' THEN left_frame END END AS cited
    FROM keyed j, evidence e WHERE j.view = 1
)
SELECT verdict_key, CASE WHEN say = 'gaveup' AND anew THEN 'anew' WHEN say = 'gaveup' AND gaveup_frame = rst_frame AND rst_answers THEN 'gone' ELSE say END AS say,
       state,
       CASE WHEN say IN ('closing', 'afterclose') THEN 'notice' WHEN say = 'cut' THEN 'warning' ELSE 'critical' END AS severity,
       'flow:' || flow AS subject, source, cited AS frame, NULL AS line, NULL AS at, NULL AS at_len,
       part AS what, CASE WHEN state <> 'confirmed' AND coalesce(lost_before, answered_at) IS NULL
            THEN CASE WHEN arrived_at IS NULL THEN 'path' ELSE 'beyond' END || CASE say WHEN 'left' THEN ' host' ELSE ' peer' END END AS rivals,
       CASE WHEN say = 'cut' THEN 'end' END AS missing,
       -- which may have been told of another view
       (SELECT min(s.rule || '/' || s.verdict_key)
        FROM (SELECT rows.source AS source, rows.flow AS flow
              UNION ALL SELECT v.other_source, v.other_flow FROM pair_view v WHERE v.view_source = rows.source AND v.view_flow = rows.flow) x
        CROSS JOIN tcp_attempt t ON t.source = x.source AND t.new_flow = x.flow
        CROSS JOIN said s ON s.source = t.source AND s.subject = 'flow:' || t.flow AND s.rule = 'tcp-tuple-reuse') AS caused_by,
       resent, CASE resent WHEN 1 THEN 'once more' ELSE resent || ' more times' END AS again,
       seconds(silent_ns) AS silent_s, acked_before AS acked, before, sender, receiver, what_sent,
       CASE WHEN left_frame = rst_frame THEN 'RST' ELSE 'FIN' END AS farewell,
       CASE WHEN lost_before IS NOT NULL THEN printf('See what drops these segments between %s and %s.', here, lost_before)
            WHEN answered_at IS NOT NULL THEN printf('See what drops the acknowledgements between %s and %s.', answered_at, here)
            WHEN arrived_at IS NOT NULL THEN printf('Capture at %s itself at the same time: do the resent segments arrive there?', receiver)
            ELSE printf('Capture at %s at the same time: do the resent segments arrive there?', receiver) END AS look,
       CASE WHEN lost_before IS NOT NULL THEN printf(' None of these segments reached %s: they are lost on the way.', lost_before)
            WHEN answered_at IS NOT NULL THEN printf(' %s has what %s said meanwhile: the acknowledgements are lost on the way back.', answered_at, receiver)
            WHEN arrived_at IS NOT NULL THEN printf(' The segments do get as far as %s.', arrived_at) ELSE '' END
       || coalesce((SELECT printf(' %s answered with ICMP: %s.', e.sent_by, e.name) FROM icmp_error e
                     WHERE e.source = rows.source AND e.flow = rows.flow AND e.error_frame = icmp_frame), '') AS "where"
FROM rows WHERE cited IS NOT NULL
ORDER BY verdict_key, n;
