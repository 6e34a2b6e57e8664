-- id: weak-random
-- title: The random numbers of a host are not random
-- because.host: {host} repeats its random numbers: {n_randoms} client random{plural} came back{more}. A
--   generator that starts from the same state at every boot does this; whatever else it draws (ports, keys,
--   session ids) repeats as well.
-- because.log: The client that wrote this key log repeats its random numbers: {n_randoms} client
--   random{plural} came back with different secrets.
-- because.maybe: {host} may repeat its random numbers: {n_randoms} client random{plural} came back, but
--   whether in different connections is not known.
-- because.several: {host} and {others} sent the same client random{plural}. Devices that start from one state (copies
--   of an image), one device under two addresses, and a host that sends again what it recorded of another all look
--   like this.
-- advice.several: See what these hosts are. If they are copies, seed each one's generator from a hardware source.
-- advice.host: Seed the generator of {host} from a hardware source at boot, before the first port or key is
--   drawn. Until then its TLS keys must count as known.
-- advice.log: Seed the generator from a hardware source at boot, before the first key is drawn.
-- advice.maybe: Capture both directions; if {host} is a relay, on its other side too.
-- what.first: a client random
-- what.repeat: the same client random again
-- what.line: the same client random, another secret
-- what.attempt: the same port again, with almost the same initial sequence number
-- what.share: the same key share again
-- rival.relay: one hello that a proxy or tunnel passed on | a capture that has the server's answers
-- rival.snapshot: a virtual machine or device image was set back to an earlier state | its uptime and the
--   host's log
-- rival.tool: a test tool sends a recorded hello | what program runs on that host
-- missing.which: what these hosts are to each other
-- missing.answer: the servers' answers to all of these hellos, or what a relay passed on
-- numbers: signs int
-- after: tls-random-repeat
-- facts: tls_client_hello log_tls_secret
-- sources: RFC 8446 appendix C.1; RFC 4086; RFC 6056 (ports); lwIP src/core/tcp.c tcp_new_port, tcp_next_iss
-- samples: fires: lwip-reboot/recovered lwip-reboot/zombie; silent: lwip-reboot/good-rng
--   lwip-reboot/reuse-after-close lwip-reboot/hello-retry; unknown: lwip-reboot/one-direction

WITH clients AS MATERIALIZED (
    SELECT tail, count(*) AS n, max(client) AS last, max(answers) AS answers FROM (
        SELECT x.verdict_key AS tail, CASE h.sent_by WHEN 'a' THEN f.a ELSE f.b END AS client, count(DISTINCT a.random) AS answers
        FROM said x JOIN tls_client_hello h ON h.random_tail = unhex(x.verdict_key) AND h.source = x.source AND h.frame = x.frame AND h.again = 0
        JOIN flow f ON f.source = h.source AND f.id = h.flow
        LEFT JOIN tls_server_hello a ON a.source = h.source AND a.flow = h.flow AND a.lane = h.lane AND a.retry = 0
        WHERE x.rule = 'tls-random-repeat' GROUP BY 1, 2)
    GROUP BY tail
),
-- What came from another host, too, is not known to be repeated by this one, unless one of them alone had different answers.
every AS (
    SELECT DISTINCT verdict_key AS tail, CASE WHEN subject LIKE 'host:%' THEN substr(subject, 6) END AS host,
           state <> 'unknown' AND (coalesce(c.n, 1) = 1 OR c.answers > 1) AS known, state = 'confirmed' AS sure, coalesce(c.n, 1) AS n_clients,
           CASE WHEN c.n = 2 THEN c.last WHEN c.n > 2 THEN printf('%d others', c.n - 1) END AS others
    FROM said LEFT JOIN clients c ON c.tail = said.verdict_key WHERE rule = 'tls-random-repeat'
),
-- One that may be one hello seen twice says nothing beside those that are known.
repeat AS MATERIALIZED (
    SELECT * FROM every r WHERE known OR NOT EXISTS (SELECT 1 FROM every x WHERE x.host = r.host AND x.known)
),
-- That rule has told what is one hello in two captures.
hello AS MATERIALIZED (
    SELECT coalesce(r.host, r.tail) AS key, r.host, r.tail, h.source, h.frame, h.time_ns, h.random_at, h.key_share,
           row_number() OVER (PARTITION BY r.tail ORDER BY h.time_ns, h.source, h.frame) AS n
    FROM repeat r JOIN said x ON x.rule = 'tls-random-repeat' AND x.verdict_key = r.tail AND x.frame IS NOT NULL
    JOIN tls_client_hello h ON h.source = x.source AND h.frame = x.frame AND h.random_tail = unhex(r.tail) AND h.again = 0
    GROUP BY r.tail, h.source, h.frame
),
line AS (
    SELECT coalesce(r.host, r.tail) AS key, r.host, r.tail, k.source, min(k.line) AS line,
           row_number() OVER (PARTITION BY r.tail ORDER BY k.source, min(k.line)) AS n
    FROM repeat r JOIN log_tls_secret k ON k.random_tail = unhex(r.tail)
    WHERE r.host IS NULL GROUP BY r.tail, k.label, k.secret_mark
),
-- A reused port counts only with a near-equal sequence number, and only beside repeated randoms.
attempt AS (
    SELECT key, host, source, frame, time_ns FROM (
    SELECT f.host AS key, f.host, t.source, t.syn_frame AS frame, t.time_ns,
           -- the same SYN in a second capture
           coalesce(t.time_ns - lag(t.time_ns) OVER w < 1000000000 AND lag(t.source) OVER w <> t.source, 0) AS is_copy
    FROM (SELECT DISTINCT host FROM repeat WHERE host IS NOT NULL) f
    JOIN flow o ON o.a = f.host OR o.b = f.host
    JOIN tcp_attempt t ON t.source = o.source AND t.flow = o.id
    WHERE f.host = CASE t.opener WHEN 'a' THEN o.a ELSE o.b END AND abs(t.isn_delta) < 65536
      AND NOT EXISTS (SELECT 1 FROM pair_view p CROSS JOIN tcp_attempt x
                      ON x.source = p.other_source AND x.flow = p.other_flow AND x.isn = t.isn
                      WHERE p.view_source = t.source AND p.view_flow = t.flow AND p.fuller)
    WINDOW w AS (PARTITION BY f.host, o.a, o.a_port, o.b, o.b_port ORDER BY t.time_ns, t.source, t.syn_frame))
    WHERE NOT is_copy
),
share AS (
    SELECT h.key, h.host, h.source, h.frame, h.time_ns, h.random_at
    FROM hello h JOIN hello x ON x.key = h.key AND x.key_share = h.key_share
         AND (x.time_ns, x.source, x.frame) < (h.time_ns, h.source, h.frame)
    GROUP BY h.source, h.frame
),
sign AS (
    SELECT r.key, r.host, count(*) AS n_randoms, max(known) AS known, max(sure) AS sure, max(n_clients) AS n_clients,
           max(others) AS others, EXISTS (SELECT 1 FROM attempt a WHERE a.key = r.key) AS has_attempt,
           EXISTS (SELECT 1 FROM share s WHERE s.key = r.key) AS has_share
    FROM (SELECT coalesce(host, tail) AS key, host, tail, known, sure, n_clients, others FROM repeat) r GROUP BY r.key
),
proof AS (
    SELECT key, CASE n WHEN 1 THEN 'first' ELSE 'repeat' END AS what, source, frame, NULL AS line,
           random_at AS at, CASE WHEN random_at IS NOT NULL THEN 32 END AS at_len, 1 AS part, time_ns
    FROM hello WHERE n <= 4
    UNION ALL SELECT key, 'line', source, NULL, line, NULL, NULL, 2, NULL FROM line WHERE n <= 4
    UNION ALL SELECT key, 'attempt', source, frame, NULL, NULL, NULL, 3, time_ns FROM attempt
    UNION ALL SELECT key, 'share', source, frame, NULL, NULL, NULL, 4, time_ns FROM share
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY key ORDER BY part, time_ns, source, frame, line) AS n FROM proof
)
SELECT s.key AS verdict_key, CASE WHEN NOT s.known AND s.n_clients > 1 THEN 'several' WHEN NOT s.known THEN 'maybe' WHEN s.host IS NULL THEN 'log' ELSE 'host' END AS say,
       CASE WHEN s.known THEN 'likely' ELSE 'unknown' END AS state,
       CASE WHEN s.known THEN 'warning' ELSE 'notice' END AS severity,
       CASE WHEN s.host IS NULL THEN 'source:' || (SELECT source FROM numbered x WHERE x.key = s.key AND x.n = 1)
            ELSE 'host:' || s.host END AS subject,
       p.source, p.frame, p.line, p.at, p.at_len, p.what, CASE WHEN s.known AND NOT s.sure THEN 'relay snapshot tool' WHEN s.known THEN 'snapshot tool' END AS rivals,
       CASE WHEN NOT s.known AND s.n_clients > 1 THEN 'which' WHEN NOT s.known THEN 'answer' END AS missing,
       NULL AS caused_by, 1 + has_attempt + has_share AS signs, s.host, s.others, n_randoms,
       CASE WHEN n_randoms = 1 THEN '' ELSE 's' END AS plural,
       CASE WHEN has_attempt THEN ', it opened the same port again with almost the same initial sequence number'
            ELSE '' END
       || CASE WHEN has_share THEN ', and its key shares came back too' ELSE '' END AS more
FROM sign s JOIN numbered p ON p.key = s.key AND p.n <= 16
ORDER BY verdict_key, p.n;
