-- id: ppp-ack-lost
-- title: A PPP protocol never opens because its Ack is lost
-- because.lost: {acker} acknowledged the {name} Configure-Request of {asker} each time, but {none_of}: {asker} asked {requests} times in {seconds} s. So {name} never opened
--   there{beside}.{effect}
-- because.again: {acker} acknowledged the {name} Configure-Request of {asker} in frame {ack.frame}, and {asker} went on
--   asking: {requests} times in {seconds} s, although it had acknowledged the other end's request and would be open with
--   that Ack. So {name} does not open
--   there{beside}.{effect}
-- because.anew: {acker} acknowledged the {name} Configure-Request of {asker} in frame {ack.frame}, and {asker} asked anew,
--   with other ids: {requests} times in {seconds} s, and each time {acker} began anew as well{beside}. Nothing was carried
--   over {name}. Either its Acks are lost, or something else makes {asker} start over.
-- because.blind: {name} was asked for {requests} times in {seconds} s and opened again and again, and nothing was carried
--   over it. Who said what cannot be told here, so neither can whether an Ack is lost.
-- because.asked: {asker} sent its {name} Configure-Request {requests} times in {seconds} s, from frame {request.frame}
--   on, and saw no Ack, while {peer_frames} frames of {acker} arrived{reacted}. So {name} did not open at
--   {asker}{beside}.{effect}
-- because.recovered: {acker} acknowledged the {name} Configure-Request of {asker}, and {asker} asked {requests} times
--   in {seconds} s before an Ack got through. Then {name} opened.
-- advice.lost: Find out what is special about these Configure-Acks; their size first ({size} bytes of true frame):
--   drivers, tunnels and filters that drop short frames do this.
-- advice.again: Capture at the end of {asker} too: it shows that the Acks are lost, and comparing the two what the lost
--   frames have in common. Look at their size first ({size} bytes of true frame).
-- advice.anew: Capture at the end of {asker} too: it shows whether the Acks arrive there; and see its log.
-- advice.blind: Capture where frames have addresses, below the PPP link (PPPoE on Ethernet), at both ends.
-- advice.asked: Capture at the end of {acker} too: it shows whether Acks were sent and lost.
-- advice.recovered: If it comes back, capture at both ends.
-- what.request: the request, first sending
-- what.ack: its Ack
-- what.again: the same request again
-- what.last: the same request for the last time
-- what.lastack: Ack of the last one
-- what.lost: a Configure-Ack that never arrived
-- what.asked: the request where it was sent; no Ack came
-- what.askedlast: the request there for the last time
-- rival.discarded: the Acks arrive and are thrown away | a capture at the end that asks
-- rival.content: the last Ack got through, and nothing was sent over it | a capture that goes on until something is sent
-- rival.silent: the other end gets the request and sends no Ack | a capture at the other end
-- missing.ends: who sent what (this capture has no addresses)
-- missing.asker: the end that asks: whether the Acks arrive
-- missing.acker: the other end: whether the request arrives and is acknowledged
-- numbers: protocol text, sibling text, requests int, seconds real, asker text
-- facts: ppp_unacked ppp_layer
-- sources: RFC 1661 section 4.1 (an end that has acknowledged opens with the Ack and asks no more; one that has not asks on
--   in Ack-Rcvd); RFC 1332 section 2 (no IP before IPCP is open); OpenVPN/tap-windows6
--   issue 158
-- samples: fires: pppoe-tap/fault pppoe-tap/server-only ppp/ack-lost-down ppp/ack-lost-vlan
--   ppp/gives-up; silent: pppoe-tap/healthy pppoe-tap/loss10 ppp/renegotiation ppp/pap; unknown: ppp/asks-in-vain

-- One row per vantage: all that one end of a session asked in vain in one protocol.
WITH asked AS (
    SELECT u.*, CASE u.sent_by WHEN 'a' THEN f.a ELSE f.b END AS asker, CASE u.sent_by WHEN 'a' THEN f.b ELSE f.a END AS acker,
           f.vlan, f.life, s.last_ns AS capture_ns, coalesce(p.first_source, u.source) AS story_source,
           coalesce(p.first_flow, u.flow) AS story_flow,
           EXISTS (SELECT 1 FROM pair_flow x WHERE (x.first_source = u.source AND x.first_flow = u.flow)
                   OR (x.other_source = u.source AND x.other_flow = u.flow)) AS paired,
           row_number() OVER (PARTITION BY u.source, u.flow, u.protocol, u.sent_by ORDER BY u.last_frame DESC) AS back
    FROM ppp_unacked u JOIN flow f ON f.source = u.source AND f.id = u.flow JOIN source s ON s.id = u.source
    LEFT JOIN pair_flow p ON p.other_source = u.source AND p.other_flow = u.flow
    WHERE u.ends_known AND u.refusals = 0
),
vantage AS (
    SELECT source, flow, story_source, story_flow, protocol, asker, acker, sent_by, session, vlan, life, paired, capture_ns,
           sum(requests) AS requests, sum(acks) AS acks, sum(after_ack) AS after_ack, sum(reactions) AS reactions,
           sum(peer_frames) AS peer_frames, max(interval_ns) AS interval_ns, max(size) AS request_size,
           min(ack_size) AS ack_size, min(sent_frame) AS sent_frame, min(resend_frame) AS resend_frame,
           max(last_frame) AS last_frame, min(time_ns) AS first_ns, max(last_ns) AS last_ns, min(ack_frame) AS ack_frame,
           max(last_ack_frame) AS last_ack_frame, max(ids) AS ids,
           -- The Ack of its last sending arrived, or what only an open layer sends shows that it did.
           max(back = 1 AND (through_frame IS NOT NULL OR (acks > 0 AND after_ack = 0))) AS got_through
    FROM asked GROUP BY source, flow, protocol, sent_by
),
-- The Acks that the other end sent here, and that another vantage lacks.  A vantage without any frame of that end
-- in this session captured one direction only: there nothing is missing.
gone AS (
    SELECT DISTINCT v.source, v.flow, v.protocol, v.sent_by, l.to_source, l.frame
    FROM vantage v
    JOIN pair_lost l ON l.from_source = v.source AND l.flow = v.flow AND l.frame BETWEEN v.ack_frame AND v.last_ack_frame
         AND l.kind = upper(v.protocol) || ' Configure-Ack'
    JOIN packet k ON k.source = l.from_source AND k.frame = l.frame AND k.from_b = (v.sent_by = 'a')
    WHERE EXISTS (SELECT 1 FROM flow o LEFT JOIN pair_flow p ON p.other_source = o.source AND p.other_flow = o.id
                  WHERE o.source = l.to_source AND coalesce(p.first_source, o.source) = v.story_source
                    AND coalesce(p.first_flow, o.id) = v.story_flow
                    AND CASE o.a WHEN v.acker THEN o.a_frames ELSE o.b_frames END > 0
                    -- What reached this end passed the asker's: a vantage that has frames of the asker and lacks its
                    -- requests was not on the way, or did not capture then.
                    AND (CASE o.a WHEN v.asker THEN o.a_frames ELSE o.b_frames END = 0
                         OR NOT (EXISTS (SELECT 1 FROM pair_lost m WHERE m.from_source = v.source
                                         AND m.to_source = l.to_source AND m.frame = v.resend_frame)
                                 AND EXISTS (SELECT 1 FROM pair_lost m WHERE m.from_source = v.source
                                             AND m.to_source = l.to_source AND m.frame = v.last_frame))))
),
gone_to AS (
    SELECT source, flow, protocol, sent_by, to_source, count(*) AS lost,
           row_number() OVER (PARTITION BY source, flow, protocol, sent_by ORDER BY count(*) DESC, to_source) AS nth
    FROM gone GROUP BY source, flow, protocol, sent_by, to_source
),
judged AS (
    SELECT v.*,
           -- Or it asked anew later, was acknowledged, and content with that.
           got_through OR EXISTS (SELECT 1 FROM ppp_layer l WHERE l.source = v.source AND l.flow = v.flow
             AND l.protocol = v.protocol AND l.at_end = v.sent_by AND l.last_request_frame > v.last_frame
             AND l.acked_frame IS NOT NULL) AS opened,
           coalesce(g.lost, 0) AS lost, g.to_source AS lost_to,
           EXISTS (SELECT 1 FROM pair_lost l WHERE l.from_source = v.source AND l.frame = v.sent_frame)
           AND EXISTS (SELECT 1 FROM pair_lost l WHERE l.from_source = v.source AND l.frame = v.last_frame) AS request_lost,
           (SELECT l.requests + l.naks + l.rejects > 0 FROM ppp_layer l WHERE l.source = v.source AND l.flow = v.flow
             AND l.protocol = v.protocol AND l.at_end <> v.sent_by) AS speaks,
           (SELECT l.data FROM ppp_layer l WHERE l.source = v.source AND l.flow = v.flow
             AND l.protocol = v.protocol AND l.at_end <> v.sent_by) AS sent_data,
           (SELECT l.data FROM ppp_layer l WHERE l.source = v.source AND l.flow = v.flow
             AND l.protocol = v.protocol AND l.at_end = v.sent_by) AS answered_data
    FROM vantage v
    LEFT JOIN gone_to g ON g.source = v.source AND g.flow = v.flow AND g.protocol = v.protocol AND g.sent_by = v.sent_by AND g.nth = 1
),
-- The vantage that saw Acks leads; the one that saw none testifies.
ranked AS (
    SELECT j.*, row_number() OVER (PARTITION BY story_source, story_flow, protocol, asker
                                   ORDER BY after_ack > 0 DESC, lost DESC, first_ns, source) AS nth,
           max(requests) OVER w AS n_requests, max(opened) OVER w AS recovered,
           -- An acknowledged request did arrive, whatever another vantage lacks.
           max(request_lost) OVER w AND max(acks) OVER w = 0 AS never_arrived,
           max(CASE WHEN acks = 0 THEN source END) OVER w AS asker_source
    FROM judged j WINDOW w AS (PARTITION BY story_source, story_flow, protocol, asker)
),
-- A capture that was split goes on in the next file.  No mark of its own says so: the same ends, session and protocol,
-- begun within a minute (a PPP timer is far shorter) or while the one before went on.
followed AS (
    SELECT r.*, max(last_ns) OVER w AS seen_ns, lag(source) OVER (PARTITION BY asker, acker, session, vlan, protocol
                                                                  ORDER BY first_ns, source, flow) AS source_before
    FROM ranked r
    WHERE nth = 1 AND NOT never_arrived
    WINDOW w AS (PARTITION BY asker, acker, session, vlan, protocol ORDER BY first_ns, source, flow
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
chained AS (
    SELECT f.*,
           sum(seen_ns IS NULL OR first_ns - seen_ns > 60000000000
               OR (first_ns > seen_ns AND (life > 1 OR source_before = source))) OVER w AS chain,
           sum(seen_ns IS NULL OR first_ns > seen_ns) OVER w AS part
    FROM followed f WINDOW w AS (PARTITION BY asker, acker, session, vlan, protocol ORDER BY first_ns, source, flow)
),
-- Of what overlaps in time without being vantages, one speaks.
parts AS (
    SELECT * FROM (
        SELECT c.*, row_number() OVER (PARTITION BY asker, acker, session, vlan, protocol, chain, part
                   ORDER BY lost DESC, after_ack DESC, reactions DESC, requests DESC, first_ns, source, flow) AS of_part
        FROM chained c)
    WHERE of_part = 1
),
summed AS (
    SELECT p.*,
           row_number() OVER (PARTITION BY asker, acker, session, vlan, protocol, chain ORDER BY part) AS place,
           row_number() OVER (PARTITION BY asker, acker, session, vlan, protocol, chain
               ORDER BY lost >= 2 DESC, after_ack > 0 DESC, reactions DESC, requests DESC, first_ns, source) AS weight,
           row_number() OVER (PARTITION BY asker, acker, session, vlan, protocol, chain ORDER BY part DESC) AS from_end,
           first_value(source) OVER w AS at_source, first_value(flow) OVER w AS at_flow,
           first_value(life) OVER w AS at_life, min(first_ns) OVER w AS chain_ns, max(last_ns) OVER w AS chain_last_ns,
           sum(n_requests) OVER w AS all_requests, sum(after_ack) OVER w AS all_after_ack, sum(acks) OVER w AS all_acks,
           sum(lost) OVER w AS all_lost, sum(reactions) OVER w AS all_reactions, sum(peer_frames) OVER w AS all_peer_frames,
           max(ids) OVER w AS all_ids, max(speaks) OVER w AS ever_speaks, max(paired) OVER w AS ever_paired,
           sum(sent_data) OVER w AS all_sent_data, sum(answered_data) OVER w AS all_answered_data
    FROM parts p
    WINDOW w AS (PARTITION BY asker, acker, session, vlan, protocol, chain ORDER BY part
                 ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
lead AS (
    SELECT r.*, o.flow AS other_flow, o.sent_frame AS other_sent, o.last_frame AS other_last, o.source AS other_source,
           o.acks AS other_acks,
           e.recovered
           -- Or what only an open layer sends came in the file that follows.
           OR EXISTS (SELECT 1 FROM flow g JOIN ppp_layer x ON x.source = g.source AND x.flow = g.id
                      WHERE g.source <> e.source AND g.first_ns BETWEEN e.last_ns AND e.last_ns + 60000000000
                        AND g.life = 1 AND g.vlan IS e.vlan AND x.session = e.session AND x.protocol = e.protocol
                        AND ((g.a = e.asker AND g.b = e.acker AND x.at_end = 'a')
                             OR (g.b = e.asker AND g.a = e.acker AND x.at_end = 'b'))
                        AND x.state = 'opened' AND x.data > 0
                        AND NOT EXISTS (SELECT 1 FROM pair_flow y WHERE (y.first_source = g.source AND y.first_flow = g.id)
                                        OR (y.other_source = g.source AND y.other_flow = g.id))) AS in_the_end
    FROM summed r
    JOIN summed e ON e.asker = r.asker AND e.acker = r.acker AND e.session = r.session AND e.vlan IS r.vlan
         AND e.protocol = r.protocol AND e.chain = r.chain AND e.from_end = 1
    LEFT JOIN judged o ON o.source = r.asker_source AND o.source <> r.source AND o.story_source = r.story_source
         AND o.story_flow = r.story_flow AND o.protocol = r.protocol AND o.asker = r.asker
    WHERE r.weight = 1 AND r.all_requests >= 3
),
said_of AS (
    SELECT l.*, CASE WHEN in_the_end THEN 'recovered' WHEN all_lost >= 2 THEN 'lost' WHEN all_after_ack > 0 THEN 'again'
                     ELSE 'asked' END AS say
    FROM lead l
),
told AS (
    SELECT l.*,
           CASE say WHEN 'lost' THEN 'confirmed'
                    WHEN 'again' THEN CASE WHEN all_ids > 1 AND coalesce(all_sent_data, 0) = 0 THEN 'unknown'
                                           WHEN all_after_ack >= 4 OR capture_ns - last_ns < 2 * interval_ns
                                           OR (all_sent_data > 0 AND all_answered_data = 0) THEN 'likely' ELSE 'unknown' END
                    WHEN 'asked' THEN CASE WHEN all_reactions >= 2 THEN 'likely' ELSE 'unknown' END
                    ELSE CASE WHEN all_lost >= 2 THEN 'confirmed' ELSE 'likely' END END AS state,
           -- It asks no more, and no packet shows whether the last Ack got through.
           say = 'again' AND capture_ns - last_ns >= 2 * interval_ns AND coalesce(all_sent_data, 0) = 0 AS content,
           CASE protocol WHEN 'lcp' THEN NULL
                ELSE (SELECT x.protocol FROM summed m CROSS JOIN ppp_layer x ON x.source = m.source AND x.flow = m.flow
                      JOIN ppp_layer y ON y.source = x.source AND y.flow = x.flow AND y.protocol = x.protocol AND y.at_end = 'b'
                      WHERE m.asker = l.asker AND m.acker = l.acker AND m.session = l.session AND m.vlan IS l.vlan
                        AND m.protocol = l.protocol AND m.chain = l.chain
                        AND x.at_end = 'a' AND x.protocol <> l.protocol
                        AND x.opened_frame IS NOT NULL AND y.opened_frame IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM ranked d WHERE d.source = m.source AND d.flow = m.flow
                                        AND d.protocol = x.protocol AND d.n_requests >= 3 AND NOT d.recovered)
                      ORDER BY CASE x.protocol WHEN 'ipv6cp' THEN 1 WHEN 'ipcp' THEN 2 WHEN 'lcp' THEN 9 ELSE 3 END
                      LIMIT 1) END AS sibling,
           CASE protocol WHEN 'ipcp' THEN 'IPv4' WHEN 'ipv6cp' THEN 'IPv6' END AS family,
           row_number() OVER (PARTITION BY asker, acker, session, vlan, at_life, protocol ORDER BY chain) AS turn
    FROM said_of l
    WHERE CASE say
          -- A few Acks lost by chance is no finding.
          WHEN 'recovered' THEN all_after_ack >= 2 AND ((all_requests >= 5 AND all_ids = 1) OR all_lost >= 3)
          -- New ids after an Ack may be new negotiations, unless nothing works in between.
          -- An end that begins anew each time it is asked, and a layer that opens again and again and carries nothing, is not
          -- sound either, whatever the reason.
          WHEN 'again' THEN all_after_ack >= 2
                            AND (all_ids = 1 OR (all_after_ack >= 4 AND all_sent_data > 0 AND all_answered_data = 0)
                                 OR (all_after_ack >= 4 AND all_reactions >= 4 AND coalesce(all_answered_data, 0) = 0))
          -- Some do not speak the protocol and do not say so either.
          WHEN 'asked' THEN all_acks = 0 AND all_peer_frames > 0 AND ever_speaks AND (NOT ever_paired OR all_reactions >= 2)
          ELSE 1 END
),
evidence(n, what) AS (VALUES (1, 'request'), (2, 'ack'), (3, 'asked'), (4, 'again'), (6, 'last'), (7, 'lastack'),
                             (8, 'askedlast')),
cited AS (
    SELECT t.asker, t.acker, t.session, t.vlan, t.protocol, t.chain, m.place, e.n,
           CASE WHEN e.what = 'request' AND m.place > 1 THEN 'again' ELSE e.what END AS what,
           CASE WHEN e.what IN ('asked', 'askedlast') THEN t.other_source ELSE m.source END AS source,
           CASE e.what WHEN 'request' THEN m.sent_frame WHEN 'ack' THEN m.ack_frame
                       WHEN 'asked' THEN CASE WHEN m.weight = 1 THEN t.other_sent END
                       WHEN 'again' THEN m.resend_frame
                       WHEN 'last' THEN CASE WHEN m.last_frame <> m.resend_frame THEN m.last_frame END
                       WHEN 'lastack' THEN CASE WHEN t.say <> 'lost' AND m.last_ack_frame <> m.ack_frame THEN m.last_ack_frame END
                       WHEN 'askedlast' THEN CASE WHEN m.weight = 1 THEN t.other_last END END AS frame
    FROM told t JOIN summed m ON m.asker = t.asker AND m.acker = t.acker AND m.session = t.session AND m.vlan IS t.vlan
         AND m.protocol = t.protocol AND m.chain = t.chain, evidence e
    UNION ALL
    SELECT asker, acker, session, vlan, protocol, chain, place, 5, 'lost', source, frame
    FROM (SELECT t.asker, t.acker, t.session, t.vlan, t.protocol, t.chain, m.place, m.source, m.ack_frame, g.frame,
                 row_number() OVER (PARTITION BY m.source, m.flow, m.protocol, m.sent_by ORDER BY g.frame) AS k
          FROM told t JOIN summed m ON m.asker = t.asker AND m.acker = t.acker AND m.session = t.session AND m.vlan IS t.vlan
               AND m.protocol = t.protocol AND m.chain = t.chain
          JOIN gone g ON g.source = m.source AND g.flow = m.flow AND g.protocol = m.protocol AND g.sent_by = m.sent_by
               AND g.to_source = m.lost_to
          WHERE t.say = 'lost')
    WHERE k <= 12 AND frame <> ack_frame
),
-- Where nobody knows who sent what (PPP on a bare link), Acks cannot be followed.  A layer that opens again and again
-- and carries nothing is not sound all the same.
blind AS (
    SELECT source, flow, session, protocol, sum(requests) AS requests, min(first_request_frame) AS first_frame,
           max(last_request_frame) AS last_frame
    FROM ppp_layer WHERE NOT ends_known AND protocol <> 'lcp'
    GROUP BY source, flow, protocol HAVING max(opened) >= 4 AND total(data) = 0
),
blind_key AS (
    SELECT *, row_number() OVER (PARTITION BY verdict_key ORDER BY requests DESC, source, flow) AS view
    FROM (SELECT b.*, 'session ' || b.session || ' ' || b.protocol || ' from ' || coalesce(time_text(k.time_ns), b.first_frame)
                 AS verdict_key, l.time_ns - k.time_ns AS asked_ns
          FROM blind b JOIN packet k ON k.source = b.source AND k.frame = b.first_frame
          JOIN packet l ON l.source = b.source AND l.frame = b.last_frame)
),
verdicts AS (
SELECT t.asker || ' > ' || t.acker || ' session ' || t.session
       || CASE WHEN t.vlan THEN ' vlan ' || t.vlan ELSE '' END || CASE WHEN t.at_life > 1 THEN ' life ' || t.at_life ELSE '' END
       || ' ' || t.protocol || CASE WHEN t.turn > 1 THEN ' from ' || coalesce(time_text(t.chain_ns), t.turn) ELSE '' END AS verdict_key,
       CASE WHEN t.say = 'again' AND t.all_ids > 1 AND coalesce(t.all_sent_data, 0) = 0 THEN 'anew' ELSE t.say END AS say, t.state,
       CASE WHEN t.say = 'recovered' THEN 'notice' WHEN t.state = 'unknown' THEN 'warning' ELSE 'critical' END AS severity,
       'flow:' || t.at_flow AS subject, c.source, c.frame, NULL AS line, NULL AS at, NULL AS at_len, c.what,
       CASE WHEN t.state = 'likely' AND t.say IN ('again', 'recovered') THEN 'discarded' || CASE WHEN t.content THEN ' content' ELSE '' END
            WHEN t.say = 'asked' THEN 'silent' END AS rivals,
       CASE WHEN t.state <> 'unknown' THEN NULL WHEN t.say = 'asked' THEN 'acker' ELSE 'asker' END AS missing,
       (SELECT group_concat('size-threshold-loss/' || a.name || '->' || b.name || ' ' || f.trait || ' ' || f.lost_limit, ' ')
        FROM pair_finding f JOIN source a ON a.id = f.from_source JOIN source b ON b.id = f.to_source
        JOIN pair_source p ON p.first_source = min(f.from_source, f.to_source)
             AND p.other_source = max(f.from_source, f.to_source) AND p.compared = 1
        WHERE f.from_source = t.source AND f.to_source = t.lost_to AND t.say = 'lost'
          AND ((f.trait = 'small' AND t.ack_size <= f.lost_limit)
              OR (f.trait = 'large' AND t.ack_size >= f.lost_limit))) AS caused_by,
       t.protocol, t.sibling, t.all_requests AS requests, seconds(t.chain_last_ns - t.chain_ns) AS seconds, t.asker, t.acker,
       CASE t.protocol WHEN 'ipv6cp' THEN 'IPV6CP' ELSE upper(t.protocol) END AS name, t.all_lost AS lost,
       t.all_peer_frames AS peer_frames, t.ack_size AS size,
       -- A vantage that saw none of them, or one that saw some: the rest arrived.
       CASE WHEN t.other_acks > 0 OR t.all_lost < t.all_acks
            THEN printf('%d of its %d Configure-Acks did not arrive', t.all_lost, t.all_acks)
            ELSE printf('none of its %d Configure-Acks arrived', t.all_lost) END
       || ' at ' || (SELECT name FROM source WHERE id = t.lost_to) AS none_of,
       CASE WHEN t.sibling IS NULL THEN '' ELSE ', while ' || upper(t.sibling) || ' did' END AS beside,
       CASE WHEN t.all_reactions > 1 THEN printf('; %d times it began anew, as an end does that has acknowledged', t.all_reactions)
            ELSE '' END AS reacted,
       CASE WHEN t.protocol = 'lcp' THEN ' Nothing can run above it.'
            WHEN t.family IS NULL THEN ''
            ELSE printf(' %s is dead, although %s may believe that it is up.', t.family, t.acker)
                 || CASE WHEN t.all_sent_data > 0 AND t.all_answered_data = 0
                         THEN printf(' It sent %d %s packets; none came back.', t.all_sent_data, t.family) ELSE '' END
            END AS effect, c.place, c.n
FROM told t JOIN cited c ON c.asker = t.asker AND c.acker = t.acker AND c.session = t.session AND c.vlan IS t.vlan
     AND c.protocol = t.protocol AND c.chain = t.chain
WHERE c.frame IS NOT NULL
UNION ALL
SELECT b.verdict_key, 'blind', 'unknown', 'warning', 'flow:' || b.flow, b.source, CASE e.n WHEN 1 THEN b.first_frame ELSE b.last_frame END, NULL, NULL, NULL,
       CASE e.n WHEN 1 THEN 'request' ELSE 'last' END, NULL, 'ends', NULL, b.protocol, NULL, b.requests,
       seconds(b.asked_ns), NULL, NULL, CASE b.protocol WHEN 'ipv6cp' THEN 'IPV6CP' ELSE upper(b.protocol) END, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, 1, e.n
FROM blind_key b, (SELECT 1 AS n UNION ALL SELECT 6) e WHERE b.view = 1
)
SELECT verdict_key, say, state, severity, subject, source, frame, line, at, at_len, what, rivals, missing,
       caused_by, protocol, sibling, requests, seconds, asker, acker, name, lost, peer_frames, size, none_of, beside, reacted, effect
FROM verdicts ORDER BY verdict_key, place, n, frame;
