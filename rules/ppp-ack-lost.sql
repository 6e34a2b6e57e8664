-- id: ppp-ack-lost
-- title: A PPP protocol never opens because its Ack is lost
-- because.lost: {acker} acknowledged the {name} Configure-Request of {asker} each time, but none of its {lost}
--   Configure-Acks arrived{first_ack}: {asker} asked {requests} times in {seconds} s. So {name} never opened
--   there{beside}.{effect}
-- because.again: {acker} acknowledged the {name} Configure-Request of {asker} in frame {ack.frame}, and {asker} went on
--   asking: {requests} times in {seconds} s, as an end does that gets no Ack. So {name} does not open
--   there{beside}.{effect}
-- because.asked: {asker} sent its {name} Configure-Request {requests} times in {seconds} s, from frame {request.frame}
--   on, and saw no Ack, while {peer_frames} frames of {acker} arrived{reacted}. So {name} did not open at
--   {asker}{beside}.{effect}
-- because.recovered: {acker} acknowledged the {name} Configure-Request of {asker}, and {asker} asked {requests} times
--   in {seconds} s before an Ack got through. Then {name} opened.
-- advice.lost: Find out what is special about these Configure-Acks; their size first ({size} bytes of true frame):
--   drivers, tunnels and filters that drop short frames do this.
-- advice.again: Capture at the end of {asker} too: it shows that the Acks are lost, and comparing the two what the lost
--   frames have in common. Look at their size first ({size} bytes of true frame).
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
-- rival.silent: the other end gets the request and sends no Ack | a capture at the other end
-- missing.asker: the end that asks: whether the Acks arrive
-- missing.acker: the other end: whether the request arrives and is acknowledged
-- numbers: protocol text, sibling text, requests int, seconds real, asker text
-- facts: ppp_unacked
-- sources: RFC 1661 sections 4 and 5.1; RFC 1332 section 2 (no IP before IPCP is open); OpenVPN/tap-windows6
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
judged AS (
    SELECT v.*,
           -- Or it asked anew later, was acknowledged, and content with that.
           got_through OR EXISTS (SELECT 1 FROM ppp_layer l WHERE l.source = v.source AND l.flow = v.flow
             AND l.protocol = v.protocol AND l.at_end = v.sent_by AND l.last_request_frame > v.last_frame
             AND l.acked_frame IS NOT NULL) AS opened,
           (SELECT count(DISTINCT l.frame) FROM pair_lost l WHERE l.from_source = v.source AND l.flow = v.flow
             AND l.frame BETWEEN v.ack_frame AND v.last_ack_frame
             AND l.kind = upper(v.protocol) || ' Configure-Ack') AS lost,
           EXISTS (SELECT 1 FROM pair_lost l WHERE l.from_source = v.source AND l.frame = v.sent_frame)
           AND EXISTS (SELECT 1 FROM pair_lost l WHERE l.from_source = v.source AND l.frame = v.last_frame) AS request_lost,
           (SELECT l.requests + l.naks + l.rejects > 0 FROM ppp_layer l WHERE l.source = v.source AND l.flow = v.flow
             AND l.protocol = v.protocol AND l.at_end <> v.sent_by) AS speaks,
           (SELECT l.data FROM ppp_layer l WHERE l.source = v.source AND l.flow = v.flow
             AND l.protocol = v.protocol AND l.at_end <> v.sent_by) AS sent_data,
           (SELECT l.data FROM ppp_layer l WHERE l.source = v.source AND l.flow = v.flow
             AND l.protocol = v.protocol AND l.at_end = v.sent_by) AS answered_data
    FROM vantage v
),
-- The vantage that saw Acks leads; the one that saw none testifies.
ranked AS (
    SELECT j.*, row_number() OVER (PARTITION BY story_source, story_flow, protocol, asker
                                   ORDER BY after_ack > 0 DESC, lost DESC, source) AS nth,
           max(requests) OVER w AS n_requests, max(opened) OVER w AS recovered, max(request_lost) OVER w AS never_arrived,
           max(CASE WHEN acks = 0 THEN source END) OVER w AS asker_source
    FROM judged j WINDOW w AS (PARTITION BY story_source, story_flow, protocol, asker)
),
lead AS (
    SELECT r.*, o.flow AS other_flow, o.sent_frame AS other_sent, o.last_frame AS other_last, o.source AS other_source,
           CASE WHEN recovered THEN 'recovered' WHEN r.lost >= 2 THEN 'lost' WHEN r.after_ack > 0 THEN 'again'
                ELSE 'asked' END AS say
    FROM ranked r
    LEFT JOIN judged o ON o.source = r.asker_source AND o.source <> r.source AND o.story_source = r.story_source
         AND o.story_flow = r.story_flow AND o.protocol = r.protocol AND o.asker = r.asker
    WHERE r.nth = 1 AND r.n_requests >= 3
),
told AS (
    SELECT l.*,
           CASE say WHEN 'lost' THEN 'confirmed'
                    WHEN 'again' THEN CASE WHEN after_ack >= 4 OR capture_ns - last_ns < 2 * interval_ns
                                           OR (sent_data > 0 AND answered_data = 0) THEN 'likely' ELSE 'unknown' END
                    WHEN 'asked' THEN CASE WHEN reactions >= 2 THEN 'likely' ELSE 'unknown' END
                    ELSE CASE WHEN lost >= 2 THEN 'confirmed' ELSE 'likely' END END AS state,
           CASE protocol WHEN 'lcp' THEN NULL
                ELSE (SELECT x.protocol FROM ppp_layer x JOIN ppp_layer y ON y.source = x.source AND y.flow = x.flow
                      AND y.protocol = x.protocol AND y.at_end = 'b'
                      WHERE x.source = l.source AND x.flow = l.flow AND x.at_end = 'a' AND x.protocol <> l.protocol
                        AND x.opened_frame IS NOT NULL AND y.opened_frame IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM ranked d WHERE d.source = l.source AND d.flow = l.flow
                                        AND d.protocol = x.protocol AND d.n_requests >= 3 AND NOT d.recovered)
                      ORDER BY CASE x.protocol WHEN 'ipv6cp' THEN 1 WHEN 'ipcp' THEN 2 WHEN 'lcp' THEN 9 ELSE 3 END
                      LIMIT 1) END AS sibling,
           CASE protocol WHEN 'ipcp' THEN 'IPv4' WHEN 'ipv6cp' THEN 'IPv6' END AS family
    FROM lead l
    WHERE NOT never_arrived
      AND CASE say
          -- A few Acks lost by chance is no finding.
          WHEN 'recovered' THEN after_ack >= 2 AND ((n_requests >= 5 AND ids = 1) OR lost >= 3)
          -- New ids after an Ack may be new negotiations, unless nothing works in between.
          WHEN 'again' THEN after_ack >= 2 AND (ids = 1 OR (after_ack >= 4 AND sent_data > 0 AND answered_data = 0))
          -- Some do not speak the protocol and do not say so either.
          WHEN 'asked' THEN acks = 0 AND peer_frames > 0 AND speaks AND (NOT paired OR reactions >= 2)
          ELSE 1 END
),
evidence(n, what) AS (VALUES (1, 'request'), (2, 'ack'), (3, 'asked'), (4, 'again'), (6, 'last'), (7, 'lastack'),
                             (8, 'askedlast')),
cited AS (
    SELECT t.story_source, t.story_flow, t.protocol, t.asker, e.n, e.what,
           CASE WHEN e.what IN ('asked', 'askedlast') THEN t.other_source ELSE t.source END AS source,
           CASE e.what WHEN 'request' THEN t.sent_frame WHEN 'ack' THEN t.ack_frame WHEN 'asked' THEN t.other_sent
                       WHEN 'again' THEN t.resend_frame
                       WHEN 'last' THEN CASE WHEN t.last_frame <> t.resend_frame THEN t.last_frame END
                       WHEN 'lastack' THEN CASE WHEN t.say <> 'lost' AND t.last_ack_frame <> t.ack_frame THEN t.last_ack_frame END
                       WHEN 'askedlast' THEN t.other_last END AS frame
    FROM told t, evidence e
    UNION ALL
    SELECT story_source, story_flow, protocol, asker, 5, 'lost', source, frame
    FROM (SELECT t.*, l.frame, row_number() OVER (PARTITION BY t.source, t.flow, t.protocol, t.asker ORDER BY l.frame) AS k
          FROM told t JOIN (SELECT DISTINCT from_source, flow, frame, kind FROM pair_lost) l ON l.from_source = t.source AND l.flow = t.flow
               AND l.frame BETWEEN t.ack_frame AND t.last_ack_frame AND l.kind = upper(t.protocol) || ' Configure-Ack'
          WHERE t.say = 'lost')
    WHERE k <= 12 AND frame <> ack_frame
)
SELECT t.asker || ' > ' || t.acker || ' session ' || t.session
       || CASE WHEN t.vlan THEN ' vlan ' || t.vlan ELSE '' END || CASE WHEN t.life > 1 THEN ' life ' || t.life ELSE '' END
       || ' ' || t.protocol AS verdict_key,
       t.say, t.state,
       CASE WHEN t.say = 'recovered' THEN 'notice' WHEN t.state = 'unknown' THEN 'warning' ELSE 'critical' END AS severity,
       'flow:' || t.flow AS subject, c.source, c.frame, NULL AS line, NULL AS at, NULL AS at_len, c.what,
       CASE WHEN t.state = 'likely' AND t.say IN ('again', 'recovered') THEN 'discarded'
            WHEN t.say = 'asked' THEN 'silent' END AS rivals,
       CASE WHEN t.state <> 'unknown' THEN NULL WHEN t.say = 'asked' THEN 'acker' ELSE 'asker' END AS missing,
       (SELECT group_concat('size-threshold-loss/' || a.name || '->' || b.name || ' ' || f.trait || ' ' || f.lost_limit, ' ')
        FROM pair_finding f JOIN source a ON a.id = f.from_source JOIN source b ON b.id = f.to_source
        JOIN pair_source p ON p.first_source = min(f.from_source, f.to_source)
             AND p.other_source = max(f.from_source, f.to_source) AND p.compared = 1
        WHERE f.from_source = t.source AND t.say = 'lost' AND ((f.trait = 'small' AND t.ack_size <= f.lost_limit)
              OR (f.trait = 'large' AND t.ack_size >= f.lost_limit))) AS caused_by,
       t.protocol, t.sibling, t.n_requests AS requests, seconds(t.last_ns - t.first_ns) AS seconds, t.asker, t.acker,
       CASE t.protocol WHEN 'ipv6cp' THEN 'IPV6CP' ELSE upper(t.protocol) END AS name, t.lost, t.peer_frames,
       t.ack_size AS size,
       CASE WHEN t.other_source IS NULL THEN '' ELSE ' at ' || (SELECT name FROM source WHERE id = t.other_source) END AS first_ack,
       CASE WHEN t.sibling IS NULL THEN '' ELSE ', while ' || upper(t.sibling) || ' did' END AS beside,
       CASE WHEN t.reactions > 1 THEN printf('; %d times it began anew, as an end does that has acknowledged', t.reactions)
            ELSE '' END AS reacted,
       CASE WHEN t.protocol = 'lcp' THEN ' Nothing can run above it.'
            WHEN t.family IS NULL THEN ''
            ELSE printf(' %s is dead, although %s may believe that it is up.', t.family, t.acker)
                 || CASE WHEN t.sent_data > 0 AND t.answered_data = 0
                         THEN printf(' It sent %d %s packets; none came back.', t.sent_data, t.family) ELSE '' END
            END AS effect
FROM told t JOIN cited c ON c.story_source = t.story_source AND c.story_flow = t.story_flow AND c.protocol = t.protocol
     AND c.asker = t.asker
WHERE c.frame IS NOT NULL
ORDER BY verdict_key, c.n, c.frame;
