-- id: tls-random-repeat
-- title: Different TLS connections carried the same client random
-- because.seen: {connections} connections of {clients} carried the same client random {random}
--   ({bytes}): {places}. {proof} A client random must never repeat.
-- because.log: A key log holds {connections} different secrets for the same client random {random}
--   ({bytes}): {places}. So {connections} connections used it.
-- because.maybe: {connections} hellos of {clients} carry the same client random {random}: {places}. Whether
--   they were different connections cannot be told here.{unproved}
-- advice.seen: Look at the random number generator of {clients}: is it seeded at boot, and from what?
-- advice.log: Look at the random number generator of the client that wrote this log.
-- advice.maybe: Capture both directions; if {client} is a relay, on its other side too.
-- what.hello: ClientHello with this random
-- what.secret: key-log line with this random
-- rival.relay: one hello that a proxy or tunnel passed on | a capture that has the server's answers
-- missing.answer: the server's answers to these hellos
-- missing.inside: the other side of that client, if it is a relay: whether one hello was passed on twice
-- numbers: connections int, equal_bytes int
-- facts: tls_client_hello log_tls_secret
-- sources: RFC 8446 section 4.1.2; RFC 5246 section 7.4.1.2 (the first four bytes may be a clock);
--   draft-ietf-tls-keylogfile; RFC 6347 section 4.2.1; RFC 9000 section 17.2.5
-- samples: fires: lwip-reboot/recovered lwip-reboot/zombie lwip-reboot/tls-only tls-udp/dtls-repeat
--   tls-udp/quic-repeat; silent: lwip-reboot/hello-retry lwip-reboot/good-rng lwip-reboot/reuse-after-close
--   tls-udp/dtls-by-design tls-udp/dtls-echo tls-udp/dtls-openssl tls-udp/quic-by-design; unknown: lwip-reboot/one-direction
--   tls-udp/dtls-paths

WITH captured AS MATERIALIZED (
    SELECT h.source, h.frame, NULL AS line, h.flow, h.carrier, h.random, h.random_tail AS tail, h.random_at, h.time_ns,
           CASE h.sent_by WHEN 'a' THEN f.a ELSE f.b END AS client,
           CASE h.sent_by WHEN 'a' THEN endpoint(f.a, f.a_port) ELSE endpoint(f.b, f.b_port) END AS client_end,
           CASE h.sent_by WHEN 'a' THEN endpoint(f.b, f.b_port) ELSE endpoint(f.a, f.a_port) END AS server_end,
           -- Another capture of this life may have the answer.
           coalesce(min(s.random), (SELECT min(y.random) FROM pair_view p CROSS JOIN tls_server_hello y ON y.source = p.other_source
                                    AND y.flow = p.other_flow AND y.lane = h.lane AND y.retry = 0
                                    WHERE p.view_source = h.source AND p.view_flow = h.flow)) AS server_random,
           CASE h.sent_by WHEN 'a' THEN f.b_frames ELSE f.a_frames END > 0 AS heard
    FROM tls_client_hello h
    JOIN flow f ON f.source = h.source AND f.id = h.flow
    LEFT JOIN tls_server_hello s ON s.source = h.source AND s.flow = h.flow AND s.lane = h.lane AND s.retry = 0
    WHERE h.again = 0
      -- The index alone answers this; what came only once without `again` falls out below.
      AND h.random_tail IN (SELECT random_tail FROM tls_client_hello GROUP BY random_tail HAVING count(*) > 1)
      -- What comes back from the other end of the same flow is an echo.
      AND NOT EXISTS (SELECT 1 FROM tls_client_hello e WHERE e.source = h.source AND e.flow = h.flow AND e.random = h.random
                      AND e.sent_by <> h.sent_by AND e.frame < h.frame)
      -- The same life in a capture that has more of it is the same hello.
      AND NOT EXISTS (SELECT 1 FROM pair_view p CROSS JOIN tls_client_hello x ON x.source = p.other_source AND x.flow = p.other_flow
                      AND x.random_tail = h.random_tail
                      WHERE p.view_source = h.source AND p.view_flow = h.flow AND p.fuller)
    GROUP BY h.source, h.id
),
-- One four-tuple and one random within a second, in two captures that were not recognised as vantages (too little in
-- common): one hello seen twice, if one of the two has the answer.  Where none has, clocks that differ could put two
-- hellos there.
turned AS (
    SELECT c.*, coalesce(time_ns - lag(time_ns) OVER w < 1000000000 AND lag(source) OVER w <> source, 0) AS is_copy
    FROM captured c WINDOW w AS (PARTITION BY random, client_end, server_end ORDER BY time_ns, source, frame)
),
counted AS (
    SELECT t.*, sum(1 - is_copy) OVER (PARTITION BY random, client_end, server_end ORDER BY time_ns, source, frame) AS one
    FROM turned t
),
hello AS MATERIALIZED (
    SELECT * FROM (
        SELECT source, frame, line, flow, carrier, random, tail, random_at, time_ns, client,
               max(server_random) OVER w AS server_random, max(heard) OVER w AS heard,
               row_number() OVER (PARTITION BY random, client_end, server_end, one ORDER BY time_ns, source, frame) AS copy_no
        FROM counted WINDOW w AS (PARTITION BY random, client_end, server_end, one))
    WHERE copy_no = 1 OR server_random IS NULL
),
-- A hello that is relayed gets the same answer: the server random tells sessions apart.
seen AS (
    SELECT tail, count(DISTINCT server_random) AS n_proved,
           count(*) - count(server_random) AS n_open, count(DISTINCT random) AS n_random,
           count(DISTINCT source) AS n_sources, max(time_ns) - min(time_ns) AS span_ns, min(client) AS client,
           count(DISTINCT client) AS n_clients, max(client) AS other_client,
           -- A DTLS client that looks for a path (ICE) sends its hello on each of them.
           max(carrier = 'dtls') AS roams, max(heard) AS heard,
           -- None but the last was answered, although the servers were heard: a relay that tries elsewhere sends the
           -- hello that it holds once more, within seconds.  An answered one it would not send again.
           NOT max(to_come > 1 AND (server_random IS NOT NULL OR NOT heard)) AND coalesce(max(gap_ns), 0) <= 10000000000 AS retried
    FROM (SELECT h.*, row_number() OVER (PARTITION BY tail ORDER BY time_ns DESC, source DESC, frame DESC) AS to_come,
                 time_ns - lag(time_ns) OVER (PARTITION BY tail ORDER BY time_ns, source, frame) AS gap_ns FROM hello h)
    GROUP BY tail
),
secret AS (
    SELECT source, min(line) AS line, random, random_tail AS tail, label, secret_mark
    FROM log_tls_secret WHERE random_tail IN (SELECT random_tail FROM log_tls_secret
                                              GROUP BY random_tail, label HAVING count(DISTINCT secret_mark) > 1)
    GROUP BY random_tail, label, secret_mark
),
logged AS (
    SELECT tail, max(n) AS n_secrets, max(n_random) AS n_random
    FROM (SELECT tail, count(*) AS n, count(DISTINCT random) AS n_random FROM secret GROUP BY tail, label)
    GROUP BY tail
),
repeated AS (
    SELECT tail, n_proved, n_open, n_random, n_sources, span_ns, client, n_clients, other_client, roams, heard, retried,
           NULL AS n_secrets FROM seen
    WHERE n_proved + n_open > 1
    UNION ALL
    SELECT tail, 0, 0, n_random, 0, 0, NULL, 0, NULL, 0, 0, 0, n_secrets FROM logged
),
merged AS (
    SELECT tail, max(n_proved) AS n_proved, max(n_open) AS n_open, max(n_random) AS n_random,
           max(n_sources) AS n_sources, max(span_ns) AS span_ns, min(client) AS client,
           max(n_clients) AS n_clients, max(other_client) AS other_client, max(roams) AS roams, max(heard) AS heard, max(retried) AS retried, coalesce(max(n_secrets), 0) AS n_secrets
    FROM repeated GROUP BY tail
),
judged AS (
    SELECT *,
           -- Another host sends it within a second: a mirror of traffic sends what it holds.
           n_clients > 1 AND n_secrets < 2 AND span_ns <= 1000000000 AS mirrored,
           CASE WHEN n_clients > 1 AND n_secrets < 2 AND span_ns <= 1000000000 THEN 'unknown'
                WHEN n_proved > 1 OR n_secrets > 1 THEN 'confirmed'
                -- unanswered hellos, in one capture and too far apart for a copy or a relay
                WHEN n_sources = 1 AND span_ns > 3000000000 AND NOT roams AND NOT retried THEN 'likely'
                ELSE 'unknown' END AS state,
           max(n_secrets, CASE WHEN n_proved > 1 THEN n_proved ELSE n_proved + n_open END) AS connections,
           CASE WHEN n_random = 1 THEN 32 ELSE 28 END AS equal_bytes
    FROM merged
),
proof AS (
    SELECT h.tail, 'hello' AS what, h.source, h.frame, NULL AS line, h.random_at AS at,
           CASE WHEN h.random_at IS NOT NULL THEN 32 END AS at_len, h.time_ns, h.random,
           s.name || ' frame ' || h.frame AS place
    FROM hello h JOIN source s ON s.id = h.source
    UNION ALL
    SELECT k.tail, 'secret', k.source, NULL, k.line, NULL, NULL, NULL, k.random, s.name || ' line ' || k.line
    FROM (SELECT *, min(label) OVER (PARTITION BY tail) AS first_label FROM secret) k JOIN source s ON s.id = k.source
    WHERE k.label = k.first_label
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY tail ORDER BY time_ns IS NULL, time_ns, source, frame, line) AS n
    FROM proof
),
places AS (
    SELECT tail, group_concat(place, ', ') AS places, min(random) AS random
    FROM (SELECT * FROM numbered WHERE n <= 6 ORDER BY tail, n) GROUP BY tail
)
SELECT lower(hex(j.tail)) AS verdict_key,
       CASE WHEN j.state = 'unknown' THEN 'maybe' WHEN j.client IS NULL THEN 'log' ELSE 'seen' END AS say,
       j.state, CASE j.state WHEN 'unknown' THEN 'notice' ELSE 'warning' END AS severity,
       CASE WHEN j.client IS NULL THEN 'source:' || (SELECT source FROM numbered x WHERE x.tail = j.tail AND x.n = 1)
            ELSE 'host:' || j.client END AS subject,
       n.source, n.frame, n.line, n.at, n.at_len, n.what,
       CASE j.state WHEN 'likely' THEN 'relay' END AS rivals,
       CASE WHEN j.state <> 'unknown' THEN NULL WHEN j.retried OR j.mirrored THEN 'inside' ELSE 'answer' END AS missing,
       CASE WHEN j.state <> 'unknown' THEN 'weak-random/' || coalesce(j.client, lower(hex(j.tail))) END AS caused_by,
       j.connections, j.equal_bytes, j.client,
       CASE WHEN j.n_clients > 2 THEN printf('%s, %s and %d other host%s', j.client, j.other_client, j.n_clients - 2,
                                             CASE j.n_clients WHEN 3 THEN '' ELSE 's' END)
            WHEN j.n_clients = 2 THEN j.client || ' and ' || j.other_client ELSE j.client END AS clients,
       CASE j.equal_bytes WHEN 32 THEN 'all 32 bytes' ELSE 'all but the first four bytes, a clock' END AS bytes,
       substr(lower(hex(p.random)), 1 + 2 * (32 - j.equal_bytes), 16) || '...' AS random, p.places,
       CASE WHEN j.n_proved > 1 THEN 'The servers'' answers differ, so they are different sessions.'
            WHEN j.n_secrets > 1 THEN 'Their secrets in the key log differ, so they are different sessions.'
            WHEN j.n_proved = 1 THEN 'Only one answer was captured.'
            WHEN j.heard THEN 'No ServerHello answered them.'
            ELSE 'No answers were captured.' END AS proof,
       CASE WHEN j.mirrored THEN ' Two hosts sent it within a second, and one may have passed on what the other one said.'
            WHEN j.state = 'unknown' AND j.retried
            THEN ' The first was not answered, and a relay that tries again sends the same hello.' ELSE '' END AS unproved
FROM judged j JOIN numbered n ON n.tail = j.tail AND n.n <= 12 JOIN places p ON p.tail = j.tail
ORDER BY verdict_key, n.n;
