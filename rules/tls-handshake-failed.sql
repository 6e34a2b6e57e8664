-- id: tls-handshake-failed
-- title: A TLS handshake failed
-- because.alert: {ended} in frame {alert.frame}, with the alert {name} ({alert}): {meaning}.{times}{after}
-- because.encrypted: {client} ended its TLS handshake with {server}{asked} in frame {alert.frame}, with an alert. It is encrypted, so
--   that its reason cannot be read; but it came before {client_host} had answered the server's part, which most
--   often means that it does not accept the server's certificate.{times}{after}
-- because.shut: {server} closed the connection of {client}{asked} in frame {shut.frame}, in answer to the ClientHello in
--   frame {hello.frame}, without a word of TLS.{times}{after}
-- because.left: {client} began a TLS handshake with {server}{asked}, and left in frame {shut.frame} when the server had
--   answered, without an alert.{times}{after}
-- advice.alert: {look}
-- advice.encrypted: Look into the log of {client_host}, or give it a key log (SSLKEYLOGFILE). If it is the certificate: see
--   its name, its dates, and whether {client_host} has the certificate authority.
-- advice.shut: Look into the log of {server}. If it has nothing of it, something between the two closes what it does not like:
--   capture on both sides of it.
-- advice.left: Look into the log of {client_host}.
-- what.hello: ClientHello
-- what.alert: alert
-- what.shut: the connection is closed
-- what.last: the last one of them
-- what.later: a later handshake of the two that came about
-- rival.other: another reason than the certificate | the log of the client, or a key log
-- rival.between: something between the two closed it | a capture at the server
-- missing.why: why the client left: its log
-- numbers: attempts int, alert int
-- facts: tls_client_hello
-- sources: RFC 8446 section 6.2 (error alerts), 5.2 (alerts of TLS 1.3 look like data), 4.4.4 (what comes before they do);
--   RFC 5246 section 7.2.2
-- samples: fires: tls/no-common-version tls/unknown-ca tls/unknown-ca-encrypted tls/shut; silent: tls/plain tls/holes tls-udp/dtls-openssl lwip-reboot/good-rng;
--   unknown: tls/left

-- What an alert says, and where to look (RFC 8446 section 6.2).
WITH meaning(alert, meaning, look) AS (VALUES
    (10, 'it got a message that does not belong there', 'One of the two, or a box between them, does not follow the protocol: capture on both sides.'),
    (20, 'what it got cannot be decrypted, or was changed on the way', 'Capture on both sides and compare: is it changed on the way?'),
    (21, 'what it got cannot be decrypted', 'Capture on both sides and compare: is it changed on the way?'),
    (22, 'a record was too long', 'One of the two, or a box between them, does not follow the protocol: capture on both sides.'),
    (40, 'of all that was offered (cipher suites, groups, signatures, certificates) nothing suits both', 'Compare the cipher suites, groups and certificates that both are set up with.'),
    (42, 'the certificate it got is damaged, or its signature is wrong', 'See the certificate of the other end.'),
    (43, 'the certificate it got is of a kind that it does not know', 'See the certificate of the other end.'),
    (44, 'the certificate it got was revoked', 'Give the other end a new certificate.'),
    (45, 'the certificate it got has expired, or its own clock is wrong', 'See the dates of the certificate, and the clock of the end that complains.'),
    (46, 'it does not accept the certificate it got', 'See the certificate of the other end: its name, its dates, who signed it.'),
    (47, 'a field does not agree with the others', 'One of the two does not follow the protocol: see which versions of which library they are.'),
    (48, 'it does not know, or does not trust, the certificate authority behind the certificate it got', 'Give it the certificate of that authority, or the other end the chain that leads to one it has.'),
    (49, 'the certificate it got is good, but may not come in', 'See who may come in there.'),
    (50, 'a message cannot be read', 'One of the two, or a box between them, does not follow the protocol: capture on both sides.'),
    (51, 'a signature or a sum of the handshake is wrong', 'See whether key and certificate belong together, and whether something between the two changes the handshake.'),
    (70, 'it does not speak the version of TLS that was offered', 'Let both speak a common version.'),
    (71, 'what was offered is not safe enough for it', 'Allow stronger cipher suites at the other end.'),
    (80, 'something went wrong inside it', 'Look into its log.'),
    (86, 'the other end offered less than it could, as if after a failure', 'Find out why the first handshake failed, before it was tried with an older version.'),
    (109, 'an extension is missing', 'See which versions of which library the two are.'),
    (110, 'it got an extension that it had not asked for', 'See which versions of which library the two are.'),
    (112, 'it knows no server of that name', 'See which names the server is set up for.'),
    (113, 'what it was shown of the state of the certificate (OCSP) is wrong', 'See the OCSP response that the server hands out.'),
    (115, 'it does not know the pre-shared key', 'Compare the identities and keys at both ends.'),
    (116, 'it wants a certificate of the client, and got none', 'Give the client a certificate.'),
    (120, 'it speaks none of the application protocols that were offered (ALPN)', 'Compare the protocols that both are set up with.')
),
-- Handshakes that ended with an alert that ends it (not 0 close_notify, 90 user_canceled, 100 no_renegotiation) ...
alerted AS MATERIALIZED (
    SELECT t.source, t.flow, min(t.frame) AS frame, t.sent_by, t.description AS alert, t.name, CASE WHEN t.by_size THEN 'encrypted' ELSE 'alert' END AS say
    FROM tls_alert t
    WHERE (t.level = 2 AND t.description NOT IN (0, 90, 100))
       -- Nothing but that one record: early data goes on, and who was canceled by its user says goodbye, too.
       OR (t.by_size AND EXISTS (SELECT 1 FROM tls_session s WHERE s.source = t.source AND s.flow = t.flow AND NOT s.missed
                                 AND CASE t.sent_by WHEN 'a' THEN s.a_data ELSE s.b_data END = 1))
    GROUP BY t.source, t.flow
),
-- ... or without one: the server never said anything, or the client nothing more.
shut AS MATERIALIZED (
    SELECT source, flow, frame, sent_by, NULL AS alert, NULL AS name, say FROM (
        SELECT s.source, s.flow, e.end AS sent_by, CASE e.end WHEN 'a' THEN l.a_fin_frame ELSE l.b_fin_frame END IS NULL AS by_rst,
               coalesce(CASE e.end WHEN 'a' THEN l.a_fin_frame ELSE l.b_fin_frame END,
                        CASE WHEN l.rst_by = e.end AND l.rst_frame = l.closed_frame THEN l.rst_frame END) AS frame,
               CASE e.end WHEN 'a' THEN l.b_fin_frame ELSE l.a_fin_frame END AS other_frame,
               CASE e.end WHEN 'a' THEN l.a_acked ELSE l.b_acked END AS said, CASE e.end WHEN 'a' THEN l.b_acked ELSE l.a_acked END AS heard,
               CASE WHEN CASE e.end WHEN 'a' THEN s.a_records ELSE s.b_records END = 0 THEN 'shut' ELSE 'left' END AS say
        FROM tls_session s CROSS JOIN (SELECT 'a' AS end UNION ALL SELECT 'b') e
        CROSS JOIN tcp_life l ON l.source = s.source AND l.flow = s.flow
        WHERE NOT s.missed AND s.a_data = 0 AND l.lost = 0 AND (
              (s.version IS NULL AND CASE e.end WHEN 'a' THEN s.a_records = 0 AND s.b_records > 0 ELSE s.b_records = 0 AND s.a_records > 0 END)
              OR (s.version IS NOT NULL AND s.b_records >= 2 AND s.a_records <= 2 AND e.end = 'a'))) x
    WHERE frame IS NOT NULL AND (other_frame IS NULL OR frame < other_frame)
      -- The server had the hello, and nothing that it said is missing here.
      AND (say = 'left' OR (said = 0 AND CASE WHEN by_rst THEN NOT EXISTS (SELECT 1 FROM tcp_waiting w WHERE w.source = x.source AND w.flow = x.flow AND w.rst_short)
                                              ELSE heard > 0 END))
),
-- With the hello before it.  (A name of a host has 255 bytes at most, RFC 1035 section 2.3.4; what is sent may have more.)
failed AS MATERIALIZED (
    SELECT x.*, h.frame AS hello_frame, h.time_ns AS hello_ns, substr(h.sni, 1, 255) AS sni, h.version AS offered, h.key_share, h.random_tail,
           CASE x.say WHEN 'alert' THEN 1 WHEN 'encrypted' THEN 2 WHEN 'shut' THEN 3 ELSE 4 END AS rank,
           (SELECT s.version FROM tls_session s WHERE s.source = x.source AND s.flow = x.flow) AS chosen,
           f.a_frames + f.b_frames AS frames, p.packets,
           CASE h.sent_by WHEN 'a' THEN f.a ELSE f.b END AS client_host, CASE h.sent_by WHEN 'a' THEN f.b ELSE f.a END AS server_host,
           CASE h.sent_by WHEN 'a' THEN f.a_port ELSE f.b_port END AS client_port,
           CASE h.sent_by WHEN 'a' THEN f.b_port ELSE f.a_port END AS server_port,
           x.sent_by = h.sent_by AS by_client
    FROM (SELECT * FROM alerted UNION ALL
          SELECT s.* FROM shut s LEFT JOIN alerted a ON a.source = s.source AND a.flow = s.flow WHERE a.say IS NULL) x
    CROSS JOIN tls_client_hello h ON h.source = x.source AND h.flow = x.flow
        AND h.id = (SELECT min(y.id) FROM tls_client_hello y WHERE y.source = x.source AND y.flow = x.flow)
    CROSS JOIN flow f ON f.source = x.source AND f.id = x.flow
    CROSS JOIN source p ON p.id = x.source
    WHERE h.carrier = 'tls' AND h.frame <= x.frame AND (x.say NOT IN ('left', 'encrypted') OR x.sent_by = h.sent_by) AND (x.say <> 'shut' OR x.sent_by <> h.sent_by)
),
-- One handshake that several captures saw is one; its random tells where they were not recognised as vantages.
outdone AS MATERIALIZED (
    SELECT DISTINCT r.source, r.flow, 1 AS yes FROM failed r
    JOIN pair_view v ON v.view_source = r.source AND v.view_flow = r.flow
    LEFT JOIN failed q ON q.source = v.other_source AND q.flow = v.other_flow
    LEFT JOIN tls_session s ON s.source = v.other_source AND s.flow = v.other_flow
    WHERE q.rank < r.rank OR (q.rank = r.rank AND v.fuller)
       -- which came about, as the other one knows
       OR (r.rank > 1 AND min(s.a_data, s.b_data) >= CASE s.version WHEN 'TLS 1.3' THEN 2 ELSE 1 END)
),
single AS (
    SELECT *, printf('%s > %s %s', client_host, endpoint(server_host, server_port),
                     coalesce(sni || ' ', '') || coalesce(iif(by_client, 'client ', 'server ') || alert, say)) AS verdict_key
    FROM (SELECT *, row_number() OVER (PARTITION BY client_host, client_port, server_host, server_port, random_tail
                                       ORDER BY rank, frames DESC, packets DESC, source, flow) AS view
          FROM (SELECT f.* FROM failed f LEFT JOIN outdone o ON o.source = f.source AND o.flow = f.flow WHERE o.yes IS NULL))
    WHERE view = 1
),
-- The first of each kind, with how many there were and which was the last.
first AS MATERIALIZED (
    SELECT * FROM (
        SELECT *, count(*) OVER (PARTITION BY verdict_key) AS attempts, row_number() OVER each AS n,
               last_value(source) OVER each AS last_source, last_value(frame) OVER each AS last_frame, last_value(hello_ns) OVER each AS last_ns
        FROM single
        WINDOW each AS (PARTITION BY verdict_key ORDER BY hello_ns, source, flow ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
    WHERE n = 1
),
-- Handshakes of the same two that came about: data of both ends (in TLS 1.3 the handshake itself counts as one record each).
done AS MATERIALIZED (
    SELECT f.source, f.a, f.b, f.b_port, f.first_ns, f.first_frame, substr(h.sni, 1, 255) AS sni
    FROM (SELECT DISTINCT client_host, server_host FROM first) k
    CROSS JOIN flow f ON f.a = k.client_host AND f.b = k.server_host
    CROSS JOIN tls_session s ON s.source = f.source AND s.flow = f.id
    CROSS JOIN tls_client_hello h ON h.source = f.source AND h.flow = f.id
    WHERE min(s.a_data, s.b_data) >= CASE s.version WHEN 'TLS 1.3' THEN 2 ELSE 1 END
),
later AS MATERIALIZED (
    SELECT verdict_key, source, frame FROM (
        SELECT c.verdict_key, d.source, d.first_frame AS frame,
               row_number() OVER (PARTITION BY c.verdict_key ORDER BY d.first_ns, d.source, d.first_frame) AS n
        FROM first c JOIN done d ON d.a = c.client_host AND d.b = c.server_host AND d.b_port = c.server_port
        WHERE d.first_ns > c.last_ns AND (d.sni IS NULL OR d.sni IS c.sni))
    WHERE n = 1
),
told AS MATERIALIZED (
    SELECT f.*, m.meaning, coalesce(m.look, 'Look into the log of both.') AS look, l.frame AS later_frame, l.source AS later_source
    FROM first f
    LEFT JOIN meaning m ON m.alert = f.alert
    LEFT JOIN later l ON l.verdict_key = f.verdict_key
),
evidence(n, what) AS (VALUES (1, 'hello'), (2, 'alert'), (3, 'shut'), (4, 'last'), (5, 'later')),
rows AS (
    SELECT f.*, e.n AS place, e.what AS part,
           CASE e.what WHEN 'last' THEN last_source WHEN 'later' THEN later_source ELSE source END AS from_source,
           CASE e.what WHEN 'hello' THEN hello_frame
                       WHEN 'alert' THEN CASE WHEN say IN ('alert', 'encrypted') THEN frame END
                       WHEN 'shut' THEN CASE WHEN say IN ('shut', 'left') THEN frame END
                       WHEN 'last' THEN CASE WHEN attempts > 1 THEN last_frame END
                       WHEN 'later' THEN later_frame END AS cited
    FROM told f, evidence e
)
SELECT verdict_key, say, CASE say WHEN 'alert' THEN 'confirmed' WHEN 'left' THEN 'unknown' ELSE 'likely' END AS state,
       CASE WHEN say = 'left' OR later_frame IS NOT NULL THEN 'notice' ELSE 'critical' END AS severity,
       'flow:' || flow AS subject, from_source AS source, cited AS frame, NULL AS line, NULL AS at, NULL AS at_len, part AS what,
       CASE say WHEN 'encrypted' THEN 'other' WHEN 'shut' THEN 'between' END AS rivals,
       CASE say WHEN 'left' THEN 'why' END AS missing, NULL AS caused_by,
       attempts, alert, coalesce(name, 'without a name here') AS name,
       CASE WHEN alert = 70 AND by_client AND chosen IS NOT NULL THEN printf('it does not speak the version that the server chose (%s)', chosen)
            WHEN alert = 70 AND by_client THEN 'it does not speak the version that the server chose'
            WHEN alert = 70 AND key_share IS NULL THEN printf('%s (%s at most)', meaning, offered)
            ELSE coalesce(meaning, 'what that means is not known here') END AS meaning,
       look, endpoint(client_host, client_port) AS client, client_host, endpoint(server_host, server_port) AS server,
       CASE WHEN by_client THEN printf('%s ended its TLS handshake with %s', endpoint(client_host, client_port), endpoint(server_host, server_port))
            ELSE printf('%s ended the TLS handshake of %s', endpoint(server_host, server_port), endpoint(client_host, client_port)) END
       || coalesce(' (for ' || sni || ')', '') AS ended,
       coalesce(' (for ' || sni || ')', '') AS asked,
       CASE attempts WHEN 1 THEN '' ELSE printf(' So did %d more of the handshakes of the two.', attempts - 1) END AS times,
       CASE WHEN later_frame IS NULL THEN '' ELSE printf(' A later one came about (frame %d).', later_frame) END AS after
FROM rows WHERE cited IS NOT NULL
ORDER BY verdict_key, place;
