-- id: tcp-tuple-reuse
-- title: A four-tuple was opened again while the other end still held it
-- because.recovered: {host} opened a new connection to {other} in frame {syn.frame}, {quiet}
--   an older one on the same ports. {other} still held the old one{how}. The new
--   connection was then set up in frame {synack.frame}, and its data was acknowledged.
-- because.closed: {host} opened a new connection to {other} in frame {syn.frame}, {quiet}
--   an older one on the same ports. {other} still held the old one{how}. The new
--   connection was then set up in frame {synack.frame}; it carried no data, and its FIN was acknowledged.
-- because.zombie: {host} opened a new connection to {other} in frame {syn.frame}, {quiet}
--   an older one on the same ports. {other} still held the old one{how}. The new
--   connection was set up in frame {synack.frame} and looks alive, but what {sender} sent from frame
--   {unacked.frame} on was never acknowledged again.{lost}
-- because.stuck: {host} tried to open a new connection to {other} in frame {syn.frame}, {quiet} an
--   older one on the same ports. {other} still held the old one{how}. No SYN/ACK ever came ({n_syn}
--   SYN sent).{lost}
-- because.refused: {host} tried to open a new connection to {other} in frame {syn.frame}, {quiet} an older
--   one on the same ports that was never closed. {other} answered with a RST in frame {refused.frame}{how}.
-- because.unknown: {host} opened a new connection to {other} in frame {syn.frame}, {quiet} an older one
--   on the same ports. {other} still held the old one{how}. The capture does not show whether data of
--   the new connection got through.
-- because.pending: {host} opened a new connection to {other} in frame {syn.frame}, {quiet} an older one
--   on the same ports. {other} still held the old one{how}. The new connection was then set up in frame {synack.frame},
--   and its data was acknowledged at first; the capture ends while {sender} sends again what it sent in frame
--   {unacked.frame}.
-- because.silent: {host} sent {n_syn} SYN segments to {other} from frame {syn.frame} on, {quiet} an older
--   connection on the same ports that was never closed; none was answered.{lost}
-- advice.recovered: The repair cost little here. {look} and why {host} chose the same port again.
-- advice.closed: The repair cost little here. {look} and why {host} chose the same port again.
-- advice.zombie: Look for a NAT, firewall or load balancer between the two that tracked the RST and then
--   dropped its state; capture on both sides of it. Make {host} choose a random local port at boot.
-- advice.stuck: Make {host} choose a random local port at boot; see whether its RST reaches {other}
--   (firewalls drop RSTs that answer a challenge ACK as invalid).
-- advice.refused: See whether the service on {other} was restarted in between.
-- advice.unknown: Capture for longer, or at the other end.
-- advice.pending: Capture for longer: does the new connection live?
-- advice.silent: Capture at {other}: does it send a challenge ACK?
-- what.old: SYN of the old connection
-- what.quiet: last segment of the old connection
-- what.syn: SYN on a live connection
-- what.challenge: challenge ACK: numbers of the old connection
-- what.rst: RST of the opener
-- what.again: SYN again
-- what.synack: SYN/ACK: the new connection
-- what.refused: RST to the SYN
-- what.unacked: data of the new connection, never acknowledged
-- what.resent: the same data again, never acknowledged
-- rival.timewait: the other end was only in TIME-WAIT | a capture that has the end of the old connection
-- rival.guard: a guard against floods answered for the other end, with a wrong ACK to see whether the opener is real |
--   a capture at the other end
-- rival.other: the answer speaks of a connection that this capture does not have (segments missed, or a
--   NAT that maps two hosts to one port) | a capture at the other end
-- rival.restart: the service was restarted, so it knew of no connection | the other end's log
-- missing.end: what became of the attempt: the capture ends too soon after it
-- missing.answer: an answer of the other end to the SYN
-- missing.old: what the other end held when the SYN came
-- missing.forgotten: how an old connection ended: there were more connections than can be remembered
-- numbers: outcome text, isn_delta int, quiet_s real, n_syn int, challenges int
-- after: tls-random-repeat
-- facts: tcp_attempt
-- sources: RFC 9293 section 3.10.7.4; RFC 5961 sections 3.2 and 4.2; RFC 6191; Linux
--   net/ipv4/tcp_input.c tcp_validate_incoming; lwIP src/core/tcp_in.c
-- samples: fires: lwip-reboot/recovered lwip-reboot/zombie lwip-reboot/mirrored tcp/reset-lost
--   tcp/reset-missed; silent: lwip-reboot/reuse-after-close
--   lwip-reboot/good-rng; unknown: lwip-reboot/no-answer

-- What the new life left unacknowledged: sent at least twice, waited for seconds, and not answered by a RST; not behind
-- the other end's farewell; a closed window is flow control (RFC 9293 section 3.8.6.1).  For good (`over`) if the sender
-- gave up: it left, did all it may (R2, section 3.8.3), or no resend came when it was due.
WITH still AS MATERIALIZED (
    SELECT p.earlier_source AS source, p.earlier_flow AS flow, x.seq, x.last_ns
    FROM pair_part p JOIN tcp_waiting x ON x.source = p.later_source AND x.flow = p.later_flow
    WHERE x.answer_frame IS NULL
),
unacked AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY source, flow ORDER BY over DESC, sent_frame) AS n FROM (
    SELECT w.source, w.flow, w.sent_frame, w.resend_frame,
           CASE w.sent_by WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS sender,
           w.fin_frame IS NOT NULL OR w.rst_frame IS NOT NULL OR w.peer_fin_frame IS NOT NULL
           OR (w.what = 'data' AND w.resent >= 5 AND w.last_ns - w.time_ns >= 100000000000)
           OR s.last_ns - w.last_ns > 2 * (w.last_ns - w.time_ns) + 1000000000 AS over
    FROM tcp_waiting w JOIN source s ON s.id = w.source JOIN flow f ON f.source = w.source AND f.id = w.flow
    WHERE w.answer_frame IS NULL AND w.what IN ('data', 'keep-alive') AND w.resent >= 1 AND w.unseen_frame IS NULL
      AND (w.waited_ns >= 3000000000 -- or waits on in the next capture
           OR EXISTS (SELECT 1 FROM still x WHERE x.source = w.source AND x.flow = w.flow AND x.seq = w.seq
                      AND x.last_ns - w.time_ns >= 3000000000))
      AND (w.rst_by IS NULL OR w.rst_by = w.sent_by OR w.rst_short)
      AND coalesce(w.window, 1) > 0 AND coalesce(w.peer_fin_frame > w.resend_frame, TRUE))
),
attempt AS MATERIALIZED (
    SELECT t.*, o.older_flow, f.a_frames + f.b_frames AS frames, c.packets,
           CASE t.opener WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS host,
           CASE t.opener WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS other,
           CASE t.opener WHEN 'a' THEN f.a ELSE f.b END AS address,
           n.established_frame AS new_established,
           coalesce(n.a_acked, 0) + coalesce(n.b_acked, 0) + coalesce(nn.a_acked, 0) + coalesce(nn.b_acked, 0) AS new_acked,
           -- An acknowledged FIN shows as well as data that the new life works.
           n.a_state IN ('CLOSE-WAIT', 'LAST-ACK', 'TIME-WAIT', 'CLOSED')
               OR n.b_state IN ('CLOSE-WAIT', 'LAST-ACK', 'TIME-WAIT', 'CLOSED')
               OR nn.a_state IN ('CLOSE-WAIT', 'LAST-ACK', 'TIME-WAIT', 'CLOSED')
               OR nn.b_state IN ('CLOSE-WAIT', 'LAST-ACK', 'TIME-WAIT', 'CLOSED') AS new_fin_acked,
           CASE WHEN o.rst_by = t.opener AND o.rst_frame < t.syn_frame THEN o.rst_frame END AS own_rst,
           coalesce(here.source, later.source) AS unacked_source, coalesce(here.sent_frame, later.sent_frame) AS unacked_frame,
           coalesce(here.resend_frame, later.resend_frame) AS resent_frame, coalesce(here.sender, later.sender) AS sender,
           coalesce(here.over, later.over) AS unacked_over,
           (SELECT b.name FROM pair_lost l JOIN source b ON b.id = l.to_source
             WHERE +l.from_source = coalesce(here.source, later.source)
               AND l.frame = coalesce(here.sent_frame, later.sent_frame) LIMIT 1) AS lost_unacked,
           (SELECT b.name FROM pair_lost l JOIN source b ON b.id = l.to_source
             WHERE +l.from_source = t.source AND l.frame = t.rst_frame LIMIT 1) AS lost_rst,
           (SELECT b.name FROM pair_lost l JOIN source b ON b.id = l.to_source
             WHERE +l.from_source = t.source AND l.frame = t.syn_frame LIMIT 1) AS lost_syn,
           -- RFC 9293 sections 3.4.2 and 3.6.1: TIME-WAIT lasts 2 MSL, 4 minutes.
           before.end_state IS 'closed' AND coalesce(t.time_ns - bf.last_ns < 240000000000, TRUE) AS in_timewait,
           c.first_ns = c.last_ns AS no_clock, -- a capture whose frames all have one time
           -- An answer may take a while (FLOW_PATIENCE_NS): from the first SYN on, or from the one behind
           -- a RST that cleared the old life.
           c.last_ns - CASE WHEN t.rst_exact AND t.n_challenge < 2 THEN t.last_syn_ns ELSE t.time_ns END
               < 3000000000 AS cut_short
    FROM tcp_attempt t
    CROSS JOIN flow f ON f.source = t.source AND f.id = t.flow
    JOIN source c ON c.id = t.source
    JOIN tcp_life o ON o.source = t.source AND o.flow = t.flow
    LEFT JOIN tcp_life before ON before.source = o.source AND before.flow = o.older_flow
    LEFT JOIN flow bf ON bf.source = o.source AND bf.id = o.older_flow
    LEFT JOIN tcp_life n ON n.source = t.source AND n.flow = t.new_flow
    -- The new life may go on in the next capture.
    LEFT JOIN pair_part np ON np.earlier_source = t.source AND np.earlier_flow = t.new_flow
    LEFT JOIN tcp_life nn ON nn.source = np.later_source AND nn.flow = np.later_flow
    LEFT JOIN unacked here ON here.source = t.source AND here.flow = t.new_flow AND here.n = 1
    LEFT JOIN unacked later ON later.source = np.later_source AND later.flow = np.later_flow AND later.n = 1
),
judged AS (
    SELECT *,
           CASE WHEN new_flow IS NOT NULL AND unacked_over THEN 'zombie'
                -- its data must be acknowledged until the end
                WHEN new_flow IS NOT NULL AND unacked_frame IS NOT NULL THEN 'unknown'
                WHEN new_flow IS NOT NULL AND no_clock THEN 'unknown'
                WHEN new_flow IS NOT NULL AND (new_acked > 0 OR new_fin_acked) THEN 'recovered'
                WHEN new_flow IS NOT NULL THEN 'unknown'
                WHEN refused_frame IS NOT NULL THEN 'refused'
                WHEN cut_short AND challenge_frame IS NOT NULL THEN 'unknown'
                ELSE 'stuck' END AS outcome,
           CASE WHEN new_flow IS NULL AND refused_frame IS NULL AND cut_short THEN 'unknown'
                WHEN challenge_frame IS NOT NULL AND old_captured AND challenge_exact AND held <> 'unknown'
                    THEN 'confirmed'
                WHEN challenge_frame IS NOT NULL AND forgotten THEN 'unknown'
                WHEN challenge_frame IS NOT NULL THEN 'likely'
                WHEN refused_by_old THEN 'confirmed'
                ELSE 'unknown' END AS state
    FROM attempt
    -- Held, by its answer; or not answered as a free four-tuple would be.  A SYN/ACK without a
    -- challenge says that the old life was gone; after an orderly close only TIME-WAIT remains.
    WHERE (challenge_frame IS NOT NULL OR refused_frame IS NOT NULL OR (new_flow IS NULL AND n_syn >= 2))
      AND NOT (old_captured = 0 AND in_timewait)
      -- A bare ACK of what lies behind the SYN is a challenge only if the opener takes it for one, by a
      -- RST or another SYN: else it may acknowledge data of a handshake that was not captured.
      AND NOT (challenge_frame IS NOT NULL AND NOT (old_captured AND challenge_exact)
               AND rst_frame IS NULL AND refused_frame IS NULL AND last_syn_frame < challenge_frame
               AND ((challenge_ack - isn) & 4294967295) BETWEEN 1 AND 67108864)
),
ranked AS MATERIALIZED (
    SELECT *, CASE WHEN state = 'unknown' THEN 9
                   ELSE 2 * CASE outcome WHEN 'recovered' THEN 1 WHEN 'unknown' THEN 2 ELSE 0 END + (state = 'likely') END AS rank
    FROM judged
),
-- Of several views of one old life the one that shows most speaks, of equal ones the fullest.
-- One life there may be two here, where a RST was seen that got lost on the way there, or behind a NAT: then it is one
-- SYN (its number, to one end, within a second) that tells that it is one attempt.
twin AS MATERIALIZED (
    SELECT r.source, r.flow, r.syn_frame, q.rank AS twin_rank, CASE WHEN r.old_captured AND NOT q.old_captured THEN q.host END AS twin_host,
           (q.frames, q.packets, -q.source, -q.flow) > (r.frames, r.packets, -r.source, -r.flow) AS fuller
    FROM ranked r JOIN ranked q ON q.isn = r.isn AND q.other = r.other AND q.source <> r.source
    LEFT JOIN pair_source p ON p.first_source = min(q.source, r.source) AND p.other_source = max(q.source, r.source)
    WHERE abs(q.time_ns - r.time_ns - coalesce(CASE WHEN q.source > r.source THEN p.offset_ns ELSE -p.offset_ns END, 0)) < 1000000000
      AND (q.host = r.host
           OR EXISTS (SELECT 1 FROM pair_view v WHERE v.view_source = r.source AND v.view_flow IN (r.flow, r.new_flow)
                      AND v.other_source = q.source AND v.other_flow IN (q.flow, q.new_flow)))
),
chosen AS (
    SELECT *, (SELECT min(x.twin_host) FROM twin x WHERE x.source = r.source AND x.flow = r.flow AND x.syn_frame = r.syn_frame
               AND x.twin_host <> r.host) AS inner_host
    FROM ranked r
    WHERE NOT EXISTS (SELECT 1 FROM pair_view v CROSS JOIN ranked q ON q.source = v.other_source AND q.flow = v.other_flow AND q.isn = r.isn
                      WHERE v.view_source = r.source AND v.view_flow = r.flow AND (q.rank < r.rank OR (q.rank = r.rank AND v.fuller)))
      AND NOT EXISTS (SELECT 1 FROM twin x WHERE x.source = r.source AND x.flow = r.flow AND x.syn_frame = r.syn_frame
                      AND (x.twin_rank < r.rank OR (x.twin_rank = r.rank AND x.fuller)))
),
-- One time and one four-tuple in captures that were not recognised as vantages: the fullest speaks.
keyed AS (
    SELECT *, row_number() OVER (PARTITION BY verdict_key ORDER BY rank, frames DESC, packets DESC, source, flow, syn_frame) AS view
    FROM (SELECT *, host || ' > ' || other || ' ' || time_text(time_ns) AS verdict_key FROM chosen)
),
worded AS MATERIALIZED (
    SELECT *,
           CASE WHEN outcome = 'stuck' AND challenge_frame IS NULL THEN 'silent'
                WHEN outcome = 'recovered' AND new_acked = 0 THEN 'closed'
                WHEN outcome = 'unknown' AND unacked_frame IS NOT NULL AND new_acked > 0 THEN 'pending' ELSE outcome END AS say,
           coalesce(seconds(quiet_ns) || ' s after the last segment of', CASE WHEN old_captured THEN 'on top of' ELSE 'it seems on top of' END) AS quiet,
           CASE WHEN challenge_frame IS NULL AND refused_by_old
                    THEN ' that carries the old connection''s sequence number: it did hold it'
                WHEN challenge_frame IS NULL THEN ''
                ELSE printf(': it answered with a challenge ACK (frame %d) instead of a SYN/ACK', challenge_frame)
             || CASE WHEN rst_frame IS NULL THEN ''
                     WHEN new_flow IS NULL AND n_challenge > 1
                         THEN printf('; the RST of %s in frame %d did not change that', host, rst_frame)
                     WHEN rst_exact THEN printf(', and the RST of %s in frame %d cleared it', host, rst_frame)
                     ELSE printf(', and the RST of %s in frame %d missed it', host, rst_frame) END
           END AS how
    FROM keyed WHERE view = 1
),
evidence(n, what) AS (VALUES (1, 'old'), (2, 'quiet'), (3, 'syn'), (4, 'challenge'), (5, 'rst'), (6, 'again'),
                             (7, 'refused'), (8, 'synack'), (9, 'unacked'), (10, 'resent')),
rows AS (
    SELECT w.*, e.n, e.what,
           CASE e.what WHEN 'old' THEN old_syn_frame WHEN 'quiet' THEN quiet_frame WHEN 'syn' THEN syn_frame
                       WHEN 'challenge' THEN challenge_frame WHEN 'rst' THEN rst_frame
                       WHEN 'again' THEN CASE WHEN last_syn_frame <> syn_frame THEN last_syn_frame END
                       WHEN 'refused' THEN refused_frame WHEN 'synack' THEN synack_frame
                       WHEN 'unacked' THEN unacked_frame WHEN 'resent' THEN resent_frame END AS cited
    FROM worded w, evidence e
)
SELECT verdict_key, say, state,
       CASE WHEN (outcome = 'recovered' OR say = 'pending') AND last_syn_ns - time_ns < 10000000000 THEN 'notice'
            WHEN outcome IN ('recovered', 'unknown') OR state = 'unknown' THEN 'warning'
            ELSE 'critical' END AS severity,
       'flow:' || flow AS subject,
       CASE WHEN what IN ('unacked', 'resent') THEN unacked_source ELSE source END AS source, cited AS frame, NULL AS line, NULL AS at, NULL AS at_len, what,
       CASE WHEN state = 'likely' AND old_captured THEN 'other' WHEN state = 'likely' THEN 'timewait guard other'
            WHEN say = 'refused' AND state = 'unknown' THEN 'restart' END AS rivals,
       CASE WHEN say = 'silent' THEN 'answer' WHEN state <> 'unknown' THEN NULL WHEN say IN ('unknown', 'pending') THEN 'end'
            WHEN challenge_frame IS NOT NULL AND forgotten THEN 'forgotten' ELSE 'old' END AS missing,
       CASE WHEN EXISTS (SELECT 1 FROM said s WHERE s.rule = 'tls-random-repeat' AND s.state <> 'unknown'
                         AND s.subject = 'host:' || address)
            THEN 'weak-random/' || address END AS caused_by,
       outcome, isn_delta, seconds(quiet_ns) AS quiet_s, n_syn, n_challenge AS challenges, host, other, how,
       quiet, sender,
       -- After the opener's FIN the other end is in CLOSE-WAIT until its program closes too (RFC 9293 section 3.6).
       CASE WHEN held = 'CLOSE-WAIT' THEN printf('%s did close the old connection: find out why the program on %s did not', host, other)
            WHEN inner_host IS NOT NULL THEN printf('%s is a NAT, and the new connection that of %s: find out whose port it was before', host, inner_host)
            WHEN own_rst IS NOT NULL THEN printf('%s did reset the old connection (frame %d): find out what keeps its RST from %s', host, own_rst, other)
            ELSE printf('Find out why %s forgot its connection without closing it (power cut, crash, sleep; or it is a NAT that gave the port to another)', host) END AS look,
       -- what a second vantage adds
       CASE WHEN outcome = 'zombie' AND lost_unacked IS NOT NULL
                THEN printf(' It never reached %s: it is lost on the way.', lost_unacked)
            WHEN outcome = 'stuck' AND lost_rst IS NOT NULL THEN printf(' The RST never reached %s.', lost_rst)
            WHEN outcome = 'stuck' AND lost_syn IS NOT NULL THEN printf(' The SYN never reached %s.', lost_syn)
            ELSE '' END AS lost
FROM rows WHERE cited IS NOT NULL
ORDER BY verdict_key, n;
