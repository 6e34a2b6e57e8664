-- id: bind-excluded-port
-- title: A program tried local ports that Windows keeps for itself
-- because.all: {name} could not bind {proto} port{plural} {ports} (line {tried.line}{times}): {covered} inside the
--   excluded {table} {range_first}-{range_last}{more}{star}. {so}{how}
-- because.bound: {name} could not bind {proto} port{plural} {ports} (line {tried.line}{times}): {covered} inside the
--   excluded {table} {range_first}-{range_last}{more}{star}. But line {shown.line} says that it listens
--   {there}.{how}
-- because.part: {name} could not bind {proto} ports {ports} (line {tried.line}{times}); {covered} of these {n_ports} lie
--   inside an excluded {table}, {range_first}-{range_last}{more}{star}. The other {n_other} need another reason.{how}
-- because.went_on: {name} found {proto} port{plural} {ports} refused (line {tried.line}{times}) and went on with another:
--   {covered} inside the excluded {table} {range_first}-{range_last}{more}{star}.{how}
-- advice.all: As administrator: `net stop winnat`, start {name}, `net start winnat`. For good: while winnat is stopped,
--   `netsh int ipv4 add excludedportrange protocol={netsh} startport={first_port} numberofports={n_ports}
--   store=persistent`; such a reservation is marked with a star, and a program may still ask for it by number. Check with
--   `netsh int ipv4 show excludedportrange protocol={netsh}` while it fails: the ranges change with each start of Windows.
-- advice.part: Release the excluded range (`net stop winnat` as administrator), and see who holds the other ports:
--   `netstat -abno -p {netsh}`.
-- advice.went_on: Nothing to do now; if it runs out of ports, `net stop winnat` as administrator releases the range.
-- advice.bound: Nothing to do now. If it comes back, take the table while it fails: excluded ranges change with each
--   start of Windows and of its NAT service (winnat).
-- what.tried: the port could not be bound
-- what.port: what names the port
-- what.again: the last try
-- what.end: the program gave up
-- what.shown: what it did then
-- what.range: excluded port range
-- rival.time: the table was taken at another time than the failure | the table, taken while it fails
-- rival.start: the program began at another port than is known of it | a trace of the program's bind calls
-- rival.begins: earlier failures are missing from the log, and the ports lie higher | the log from the program's start on
-- rival.star: a range with a star is a reservation; a program may bind in it if it asks for the port | a small
--   program that binds one of these ports
-- rival.protocol: the table is that of the other protocol | `netsh int ipv4 show excludedportrange` for both
-- rival.unnamed: the socket was of the other protocol, for which the table does not speak | the program's configuration
--   (udp or tcp), and `netsh int ipv4 show excludedportrange` for both
-- rival.other: another program holds the ports | `netstat -abno` while it fails
-- missing.protocol: whether the table is that of this protocol
-- numbers: first_port int, last_port int, range_first int, range_last int, administered bool, tries int, covered_ports int
-- facts: log_bind_failure
-- sources: Windows Sockets error codes (WSAEACCES 10013); netsh interface ipv4 show excludedportrange; for SecoClient's
--   ports the published analysis of the incident; OpenVPN socket.c socket_bind (its line begins with "TCP/UDP" whatever
--   the protocol is)
-- samples: fires: secoclient/fault-zh secoclient/fault-en; silent: secoclient/not-covered secoclient/bound; unknown:
--   secoclient/no-protocol

-- Who wrote a log that names no program: the file's name, without folders and what follows the dot.
WITH RECURSIVE named AS (
    SELECT id, CASE instr(file, '.') WHEN 0 THEN file WHEN 1 THEN file ELSE substr(file, 1, instr(file, '.') - 1) END AS stem
    FROM (SELECT id, replace(name, rtrim(name, replace(name, '/', '')), '') AS file FROM source)
),
-- A log, or a table, that lies in several bundles is read once; the other sources are the "same as" it.
member AS MATERIALIZED (
    SELECT s.id AS source, s.bundle FROM source s
    UNION SELECT s.id, t.bundle FROM source s JOIN source t ON t.sha256 = s.sha256
    WHERE s.id IN (SELECT source FROM log_bind_failure UNION SELECT source FROM log_exclusion_table)
),
-- A table names no host: it speaks for the failures of its bundles only.
beside AS MATERIALIZED (
    SELECT DISTINCT l.source AS log_source, t.source AS table_source
    FROM (SELECT DISTINCT source FROM log_exclusion_table) x JOIN member t ON t.source = x.source
    JOIN member l ON l.bundle = t.bundle JOIN (SELECT DISTINCT source FROM log_bind_failure) f ON f.source = l.source
),
failure AS (
    SELECT f.*,
           -- the same lines may stand in two logs
           row_number() OVER (PARTITION BY coalesce(f.program, b.stem), f.protocol, f.first_port, f.last_port, f.line ORDER BY f.source) AS nth,
           coalesce(f.program, b.stem) AS name,
           f.last_port - f.first_port + 1 AS n_ports,
           -- The ports are counted from the program's start, and the log begins later.
           NOT f.named AND NOT EXISTS (SELECT 1 FROM log_seco_event v WHERE v.source = f.source AND v.line < f.line) AS begins
    FROM log_bind_failure f JOIN source s ON s.id = f.source JOIN named b ON b.id = s.id
    -- A port that somebody holds is in use, not excluded.
    WHERE coalesce(f.reason, 'access') = 'access' AND f.last_port - f.first_port < 1024
),
excluded AS (
    SELECT r.*, t.incomplete
    FROM log_excluded_range r
    JOIN log_exclusion_table t ON t.source = r.source AND t.table_no = r.table_no
),
port AS (
    SELECT source, id, first_port AS port, last_port FROM failure
    UNION ALL SELECT source, id, port + 1, last_port FROM port WHERE port < last_port
),
-- Each port with the best range that holds it: without a star before with one.
hit AS (
    SELECT p.source, p.id, p.port, r.source AS r_source, r.id AS r_id, r.line AS r_line, r.first_port AS range_first,
           r.last_port AS range_last, r.administered, r.protocol AS r_protocol, r.table_no,
           row_number() OVER (PARTITION BY p.source, p.id, p.port
                              ORDER BY r.protocol IS NULL, r.administered, r.source, r.line, r.id) AS n
    FROM port p JOIN failure f ON f.source = p.source AND f.id = p.id
    JOIN beside x ON x.log_source = p.source JOIN excluded r ON r.source = x.table_source AND p.port BETWEEN r.first_port AND r.last_port
         AND (r.protocol IS NULL OR f.protocol IS NULL OR r.protocol = f.protocol)
         AND (r.family IS NULL OR r.family = CASE WHEN instr(coalesce(f.address, '.'), ':') THEN 'ipv6' ELSE 'ipv4' END)
),
best AS (SELECT * FROM hit WHERE n = 1),
judged AS (
    SELECT f.*, count(*) AS covered_ports, sum(b.administered) AS n_star, sum(b.r_protocol IS NULL) AS n_unclear,
           min(b.r_protocol) AS table_protocol, min(b.r_protocol) <> max(b.r_protocol) AS table_both,
           count(DISTINCT b.range_first || '-' || b.range_last) AS n_ranges, min(b.port) AS first_hit,
           -- a table of the same protocol that lacks one of these ports: it was taken at another time
           EXISTS (SELECT 1 FROM beside x JOIN log_exclusion_table t ON t.source = x.table_source
                   WHERE x.log_source = f.source AND t.incomplete = 0 AND t.protocol = f.protocol
                     AND coalesce(t.family, 'ipv4') = 'ipv4'
                     AND NOT EXISTS (SELECT 1 FROM log_excluded_range r WHERE r.source = t.source AND r.table_no = t.table_no
                                     AND r.first_port <= f.last_port AND r.last_port >= f.first_port)) AS disputed
    FROM failure f JOIN best b ON b.source = f.source AND b.id = f.id
    GROUP BY f.source, f.id
),
told AS (
    SELECT j.*, b.range_first, b.range_last, b.administered,
           CASE WHEN outcome = 'bound' THEN 'bound' WHEN outcome = 'went on' THEN 'went_on' WHEN covered_ports < n_ports THEN 'part' ELSE 'all' END AS say,
           -- A program that has the port now had it not taken by a table that still lists it.
           CASE WHEN outcome = 'bound' THEN 'likely'
                WHEN covered_ports = n_ports AND n_star = 0 AND n_unclear = 0 AND NOT disputed AND (named OR error = 10013)
                     AND protocol IS NOT NULL THEN 'confirmed'
                -- a table without a heading may be that of the other protocol
                WHEN n_unclear = covered_ports AND NOT named THEN 'unknown' ELSE 'likely' END AS state
    FROM judged j JOIN best b ON b.source = j.source AND b.id = j.id AND b.port = j.first_hit
),
evidence AS (
    SELECT source AS f_source, id AS f_id, source, line, 'tried' AS what, 1 AS n FROM told
    UNION ALL SELECT source, id, source, port_line, 'port', 1.5 FROM told WHERE port_line IS NOT NULL
    UNION ALL SELECT source, id, source, last_line, 'again', 2 FROM told WHERE last_line > line
    UNION ALL SELECT source, id, source, end_line, 'end', 3 FROM told WHERE end_line IS NOT NULL
    UNION ALL SELECT source, id, source, shown_line, 'shown', 4 FROM told WHERE shown_line IS NOT NULL
    UNION ALL SELECT source, id, r_source, r_line, 'range', 5 FROM best GROUP BY source, id, r_source, r_line
)
SELECT t.name || ' ' || coalesce(t.protocol, '?') || ' ' || t.first_port || '-' || t.last_port || ' line ' || t.line
       || CASE t.nth WHEN 1 THEN '' ELSE ' of log ' || t.nth END AS verdict_key,
       t.say, t.state, CASE WHEN t.say IN ('bound', 'went_on') THEN 'notice' WHEN t.outcome = 'lived' THEN 'warning' ELSE 'critical' END AS severity, 'program:' || t.name AS subject,
       e.source, NULL AS frame, e.line, NULL AS at, NULL AS at_len, e.what,
       nullif(trim(CASE WHEN t.state <> 'confirmed' OR t.disputed THEN 'time' ELSE '' END || CASE WHEN t.named THEN '' WHEN t.begins THEN ' begins start' ELSE ' start' END
              || CASE WHEN t.n_star > 0 THEN ' star' ELSE '' END
              || CASE WHEN t.n_unclear > 0 THEN ' protocol' WHEN t.protocol IS NULL THEN ' unnamed' ELSE '' END
              || CASE WHEN t.say = 'part' THEN ' other' ELSE '' END), '') AS rivals,
       CASE t.state WHEN 'unknown' THEN 'protocol' END AS missing, NULL AS caused_by,
       t.first_port, t.last_port, t.range_first, t.range_last, t.administered, t.tries, t.covered_ports,
       t.name, coalesce(upper(t.protocol), 'local') AS proto, coalesce(t.protocol, t.table_protocol, 'udp') AS netsh, t.n_ports,
       t.n_ports - t.covered_ports AS n_other,
       CASE WHEN t.n_ports = 1 THEN '' || t.first_port ELSE t.first_port || '-' || t.last_port END AS ports,
       CASE WHEN t.n_ports = 1 THEN '' ELSE 's' END AS plural,
       CASE WHEN t.tries > 1 THEN printf(', %d times', t.tries) ELSE '' END AS times,
       CASE WHEN t.say = 'part' THEN '' || t.covered_ports WHEN t.covered_ports < t.n_ports THEN printf('%d of them lie', t.covered_ports)
            WHEN t.n_ports = 1 THEN 'it lies' ELSE 'all of them lie' END AS covered,
       CASE coalesce(t.protocol, t.table_protocol) WHEN 'udp' THEN 'UDP range' WHEN 'tcp' THEN 'TCP range' ELSE 'range' END AS "table",
       CASE WHEN t.n_ports = 1 THEN 'there' ELSE 'on one of them' END AS there,
       CASE WHEN t.n_ranges > 1 THEN printf(' and %d more', t.n_ranges - 1) ELSE '' END AS more,
       CASE WHEN t.n_star = 0 THEN '' WHEN t.n_star = t.covered_ports THEN ' (marked with a star: a reservation)'
            ELSE ' (partly marked with a star)' END AS star,
       CASE WHEN t.n_star = t.covered_ports THEN 'A program may still get such a port if it asks for it by number, so this explains less.'
            ELSE 'Windows gives those to no program, and netstat shows nobody there.' END AS so,
       CASE WHEN t.protocol IS NULL AND t.table_protocol IS NOT NULL AND NOT t.table_both
            THEN printf(' Whether the program wanted TCP or UDP is not known: its line does not say, and the table is that of %s.',
                        upper(t.table_protocol))
            WHEN t.protocol IS NULL THEN ' Whether the program wanted TCP or UDP is not known: its line does not say.' ELSE '' END
       || CASE WHEN t.outcome = 'lived' THEN printf(' The program went on (line %d); what it lost by this the log does not say.', t.shown_line)
            ELSE '' END
       || CASE WHEN t.named THEN ''
            ELSE ' The log does not name the ports: that program is known to begin at 49327 and to add one for each failure'
                 || CASE WHEN t.fresh_port IS NULL THEN '.' ELSE printf(', and it goes on counting until it is started anew (then they would be %d-%d).',
                                                                          t.fresh_port, t.fresh_port + t.last_port - t.first_port) END
                 || CASE WHEN t.begins THEN ' The log begins with these failures; if earlier ones are missing, the ports lie higher.' ELSE '' END
            END AS how
FROM told t JOIN evidence e ON e.f_source = t.source AND e.f_id = t.id
ORDER BY verdict_key, e.n, e.source, e.line;
