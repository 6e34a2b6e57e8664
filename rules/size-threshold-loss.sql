-- id: size-threshold-loss
-- title: Frames are lost by their size
-- because.small: On the way from {from_name} to {to_name} every frame of up to {largest_lost} bytes was lost
--   ({lost} of {lost}), and every frame of {smallest_delivered} bytes and more arrived ({delivered} of
--   {delivered}). So the limit lies between {low} and {high} bytes. Chance would lose exactly these with a
--   probability of {odds}.{all_kind}{other_way}
-- because.large: On the way from {from_name} to {to_name} every frame of {smallest_lost} bytes and more was lost
--   ({lost} of {lost}), and every frame of up to {largest_delivered} bytes arrived ({delivered} of {delivered}).
--   So the limit lies between {low} and {high} bytes. Chance would lose exactly these with a probability of
--   {odds}.{all_kind}{other_way}
-- because.meanwhile: On the way from {from_name} to {to_name} {lost} frames were lost and {delivered} arrived, and their size separates
--   the two; but nothing else of their conversations came through meanwhile, as when the way is dead or a box forgot them.
-- because.unseen: Frames seem to be lost ({who}), but whether by their size cannot be known from one capture.
-- advice.small: Send probe frames of {low} to {high} bytes to find the exact limit. Look for a driver or tunnel that
--   drops short frames (34 bytes = Ethernet and IPv4 header: tap-windows6 before 9.25; 60 = the Ethernet minimum).
-- advice.large: Send probe frames of {low} to {high} bytes to find the exact limit. Look for a link with a smaller MTU
--   and a box that drops the ICMP errors about it.
-- advice.meanwhile: Capture frames of all sizes of one conversation while it lasts.
-- advice.unseen: Capture at the other end at the same time and give both captures to one analysis.
-- what.lost: lost frame
-- what.suspect: what made another rule suspect a loss
-- rival.kind: it is the kind of message that is lost, not its size: all lost frames are of one kind | another
--   kind of message of the same size
-- rival.other: a port, a flow or a span of time separates lost and delivered as well | frames of that size
--   without that trait
-- missing.meanwhile: frames of the other sizes while those were lost: an outage would look the same
-- missing.other: a capture at the other end: which frames arrived there, and of what size
-- after: ppp-ack-lost
-- facts: pair_finding ppp_unacked
-- numbers: direction text, largest_lost int, smallest_delivered int, smallest_lost int, largest_delivered int,
--   lost int, delivered int, p_value real
-- sources: hypergeometric test; OpenVPN/tap-windows6 issue 158, pull request 159; RFC 2923 (MTU holes)
-- samples: fires: pppoe-tap/fault mtu-hole; silent: pppoe-tap/healthy pppoe-tap/loss10 ppp/pap; unknown:
--   pppoe-tap/server-only ppp/ack-lost-vlan

-- All lost frames are of one conversation, of which nothing came there any more: it may have stopped, whatever the size.
WITH stopped AS MATERIALIZED (
    SELECT l.from_source, l.to_source
    FROM (SELECT from_source, to_source, min(flow) AS flow, min(time_ns) AS first_ns FROM pair_lost
          GROUP BY 1, 2 HAVING count(DISTINCT flow) = 1 AND count(flow) = count(*)) l
    WHERE NOT EXISTS (SELECT 1 FROM pair_view v
        JOIN flow g ON g.source = v.other_source AND g.id = v.other_flow
        JOIN pair_source p ON p.first_source = min(l.from_source, l.to_source) AND p.other_source = max(l.from_source, l.to_source)
        WHERE v.view_source = l.from_source AND v.view_flow = l.flow AND v.other_source = l.to_source
          AND g.last_ns + CASE WHEN l.from_source < l.to_source THEN -p.offset_ns ELSE p.offset_ns END > l.first_ns + p.error_ns)
),
finding AS (
    SELECT f.*, a.name AS from_name, b.name AS to_name, p.id AS pair,
           -- An outage explains it as well: behind the first lost frame none came through until the last.
           EXISTS (SELECT 1 FROM pair_finding o WHERE o.from_source = f.from_source AND o.to_source = f.to_source AND o.trait = 'time')
           OR EXISTS (SELECT 1 FROM stopped x WHERE x.from_source = f.from_source AND x.to_source = f.to_source) AS outage,
           (SELECT group_concat(o.trait, ', ') FROM pair_finding o WHERE o.from_source = f.from_source
             AND o.to_source = f.to_source AND o.trait <> f.trait AND o.trait <> 'kind') AS traits,
           (SELECT o.value FROM pair_finding o WHERE o.from_source = f.from_source
             AND o.to_source = f.to_source AND o.trait = 'kind') AS kind,
           coalesce((SELECT printf(' In the other direction nothing was lost (%d frames).', d.delivered)
             FROM pair_direction d WHERE d.from_source = f.to_source AND d.to_source = f.from_source
             AND d.lost = 0), '') AS other_way
    FROM pair_finding f
    JOIN source a ON a.id = f.from_source JOIN source b ON b.id = f.to_source
    JOIN pair_source p ON p.first_source = min(f.from_source, f.to_source)
         AND p.other_source = max(f.from_source, f.to_source) AND p.compared = 1
    WHERE f.trait IN ('small', 'large')
),
lost AS (
    SELECT f.*, l.frame, row_number() OVER (PARTITION BY f.id ORDER BY l.frame) AS n
    FROM finding f JOIN pair_lost l ON l.from_source = f.from_source AND l.to_source = f.to_source
),
both AS (
    SELECT from_name || '->' || to_name || ' ' || trait || ' ' || lost_limit AS verdict_key, CASE WHEN outage THEN 'meanwhile' ELSE trait END AS say,
           CASE WHEN outage THEN 'unknown' WHEN lost_kinds > 1 AND traits IS NULL THEN 'confirmed' ELSE 'likely' END AS state,
           CASE WHEN outage THEN 'notice' ELSE 'warning' END AS severity,
           'pair:' || pair AS subject, from_source AS source, frame, NULL AS line, NULL AS at, NULL AS at_len,
           'lost' AS what,
           CASE WHEN lost_kinds = 1 AND traits IS NOT NULL THEN 'kind other' WHEN lost_kinds = 1 THEN 'kind'
                WHEN traits IS NOT NULL THEN 'other' END AS rivals,
           CASE WHEN outage THEN 'meanwhile' END AS missing, NULL AS caused_by, from_name || '->' || to_name AS direction,
           CASE trait WHEN 'small' THEN lost_limit END AS largest_lost,
           CASE trait WHEN 'small' THEN delivered_limit END AS smallest_delivered,
           CASE trait WHEN 'large' THEN lost_limit END AS smallest_lost,
           CASE trait WHEN 'large' THEN delivered_limit END AS largest_delivered,
           lost, delivered, p_value, printf('%.0e', p_value) AS odds, from_name, to_name, other_way,
           coalesce(' All lost frames are ' || kind || 's.', '') AS all_kind,
           CASE trait WHEN 'small' THEN lost_limit + 1 ELSE delivered_limit + 1 END AS low,
           CASE trait WHEN 'small' THEN delivered_limit ELSE lost_limit END AS high,
           NULL AS who, n
    FROM lost WHERE n <= 12
    UNION ALL
    -- With one capture only, a loss that another rule suspects may be one by size: nobody can tell.
    SELECT 'unseen ' || x.verdict_key, 'unseen', 'unknown', 'notice', x.subject, x.source, x.frame, NULL, NULL, NULL, 'suspect',
           NULL, 'other', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           x.verdict_key, x.rowid
    FROM said x
    WHERE x.rule = 'ppp-ack-lost' AND x.severity <> 'notice'
      AND NOT EXISTS (SELECT 1 FROM pair_source p WHERE p.compared = 1 AND x.source IN (p.first_source, p.other_source))
)
SELECT verdict_key, say, state, severity, subject, source, frame, line, at, at_len, what, rivals, missing, caused_by,
       direction, largest_lost, smallest_delivered, smallest_lost, largest_delivered, lost, delivered, p_value, odds,
       from_name, to_name, other_way, all_kind, low, high, who
FROM both ORDER BY verdict_key, n;
