-- id: bind-failed
-- title: A program could not bind its local port
-- because.uncovered: {name} could not bind {proto} port{plural} {ports} (line {tried.line}{times}), and no excluded range
--   explains it: the table of Windows ({n_ranges}) does not hold {these}.{how}
-- because.no_table: {name} could not bind {proto} port{plural} {ports} (line {tried.line}{times}). Whether Windows excludes
--   {these} is not known: no {table} is here.{how}
-- because.in_use: {name} could not bind {proto} port{plural} {ports} (line {tried.line}{times}): another socket holds
--   {these}, says the error.
-- because.not_local: {name} could not bind {proto} port{plural} {ports} (line {tried.line}{times}): the address
--   {address} is none of this machine, says the error.
-- because.bound: {name} could not bind {proto} port{plural} {ports} (line {tried.line}{times}){cause}, but line
--   {shown.line} says that it listens {there}.
-- because.lived: {name} could not bind {proto} port{plural} {ports} (line {tried.line}{times}){cause}, and went on (line
--   {shown.line}). What it lost by this the log does not say.
-- because.went_on: {name} found {proto} port{plural} {ports} refused (line {tried.line}{times}) and went on with another.
-- advice.uncovered: See who holds the port: `netstat -abno -p {netsh}`. If nobody does, take the table again while it
--   fails: excluded ranges change with each start of Windows and of its NAT service (winnat).
-- advice.no_table: While it fails: `netsh interface ipv4 show excludedportrange protocol={netsh}`, and
--   `netstat -abno -p {netsh}` (elsewhere: `ss -lnp`, and the right to use ports below 1024).
-- advice.in_use: Find the holder: `netstat -abno` (elsewhere `ss -lnp`); often it is the same program, still running.
-- advice.not_local: Compare the configured address with those of the interfaces.
-- advice.went_on: Nothing to do now.
-- advice.bound: Nothing to do now.
-- advice.lived: See what the port is for: a second address, or a port that somebody else asked for (sshd binds what its
--   clients want forwarded), may be missing without harm. The holder: `netstat -abno` (elsewhere `ss -lnp`).
-- what.tried: the port could not be bound
-- what.port: what names the port
-- what.again: the last try
-- what.end: the program gave up
-- what.shown: what it did then
-- what.table: table of excluded port ranges
-- rival.holder: another program holds the port | `netstat -abno` while it fails
-- rival.time: the table was taken at another time than the failure | the table, taken while it fails
-- rival.start: the program began at another port than is known of it | a trace of the program's bind calls
-- rival.begins: earlier failures are missing from the log, and the ports lie higher | the log from the program's start on
-- rival.guard: security software refuses the bind | the same without it
-- missing.table: the excluded port ranges of that protocol, taken while it fails
-- missing.both: whether the program wanted TCP or UDP, or the tables of both
-- missing.effect: what the program needs the port for
-- missing.rows: rows of the table that were left out
-- numbers: first_port int, last_port int, tries int
-- after: bind-excluded-port
-- facts: log_bind_failure
-- sources: Windows Sockets error codes (10013, 10048, 10049); bind(2); OpenSSH channels.c
--   channel_setup_fwd_listener_tcpip (a bind for a client)
-- samples: fires: secoclient/not-covered; silent: secoclient/fault-zh secoclient/fault-en secoclient/bound; unknown:
--   secoclient/no-table

-- Who wrote a log that names no program: the file's name, without folders and what follows the dot.
WITH named AS (
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
    WHERE NOT EXISTS (SELECT 1 FROM said x WHERE x.rule = 'bind-excluded-port' AND x.source = f.source AND x.line = f.line)
),
exclusions AS (
    SELECT x.log_source, t.* FROM log_exclusion_table t JOIN beside x ON x.table_source = t.source WHERE coalesce(t.family, 'ipv4') = 'ipv4'
),
judged AS (
    SELECT f.*,
           (SELECT count(*) FROM exclusions t WHERE t.log_source = f.source AND (f.protocol IS NULL OR t.protocol = f.protocol)
             AND t.incomplete = 0) AS n_whole,
           -- Without a named protocol, tables of both must lack the port.
           f.protocol IS NULL AND (SELECT count(DISTINCT t.protocol) FROM exclusions t WHERE t.log_source = f.source
             AND t.incomplete = 0) < 2 AS one_sided,
           (SELECT count(*) FROM exclusions t WHERE t.log_source = f.source AND (f.protocol IS NULL OR t.protocol IS NULL
             OR t.protocol = f.protocol)) AS n_tables,
           (SELECT total(ranges) FROM exclusions t WHERE t.log_source = f.source AND (f.protocol IS NULL OR t.protocol IS NULL
             OR t.protocol = f.protocol)) AS n_ranges
    FROM failure f
),
told AS (
    SELECT *, CASE WHEN outcome = 'bound' THEN 'bound' WHEN outcome = 'went on' THEN 'went_on'
                   WHEN outcome = 'lived' THEN 'lived' WHEN reason = 'in use' THEN 'in_use' WHEN reason = 'not local' THEN 'not_local'
                   WHEN n_tables > 0 THEN 'uncovered' ELSE 'no_table' END AS say
    FROM judged
),
evidence AS (
    SELECT source AS f_source, id AS f_id, source, line, 'tried' AS what, 1 AS n FROM told
    UNION ALL SELECT source, id, source, port_line, 'port', 1.5 FROM told WHERE port_line IS NOT NULL
    UNION ALL SELECT source, id, source, last_line, 'again', 2 FROM told WHERE last_line > line
    UNION ALL SELECT source, id, source, end_line, 'end', 3 FROM told WHERE end_line IS NOT NULL
    UNION ALL SELECT source, id, source, shown_line, 'shown', 4 FROM told WHERE shown_line IS NOT NULL
    UNION ALL SELECT t.source, t.id, x.source, x.line, 'table', 5 FROM told t JOIN exclusions x ON x.log_source = t.source
              AND (t.protocol IS NULL OR x.protocol IS NULL OR x.protocol = t.protocol) WHERE t.say = 'uncovered'
)
SELECT t.name || ' ' || coalesce(t.protocol, '?') || ' ' || t.first_port || '-' || t.last_port || ' line ' || t.line
       || CASE t.nth WHEN 1 THEN '' ELSE ' of log ' || t.nth END AS verdict_key,
       t.say,
       CASE WHEN t.say IN ('in_use', 'not_local') THEN 'confirmed' WHEN t.say IN ('went_on', 'bound') OR (t.say = 'uncovered' AND n_whole > 0 AND NOT one_sided)
                 THEN 'likely'
            ELSE 'unknown' END AS state,
       CASE WHEN t.say IN ('went_on', 'bound') THEN 'notice' WHEN t.say = 'lived' THEN 'warning' ELSE 'critical' END AS severity, 'program:' || t.name AS subject,
       e.source, NULL AS frame, e.line, NULL AS at, NULL AS at_len, e.what,
       CASE t.say WHEN 'uncovered' THEN 'holder time guard' || CASE WHEN t.named THEN '' WHEN t.begins THEN ' begins start' ELSE ' start' END
                  WHEN 'no_table' THEN 'holder guard' END AS rivals,
       CASE WHEN t.say = 'no_table' THEN 'table' WHEN t.say = 'lived' THEN 'effect'
            WHEN t.say = 'uncovered' AND n_whole = 0 THEN 'rows' WHEN t.say = 'uncovered' AND one_sided THEN 'both' END AS missing,
       NULL AS caused_by, t.first_port, t.last_port, t.tries,
       t.name, coalesce(upper(t.protocol), 'local') AS proto, coalesce(t.protocol, 'udp') AS netsh,
       CASE WHEN t.n_ports = 1 THEN '' || t.first_port ELSE t.first_port || '-' || t.last_port END AS ports,
       CASE WHEN t.n_ports = 1 THEN '' ELSE 's' END AS plural, CASE WHEN t.n_ports = 1 THEN 'it' ELSE 'them' END AS these,
       CASE WHEN t.n_ports = 1 THEN 'there' ELSE 'on one of them' END AS there,
       CASE t.reason WHEN 'in use' THEN ': another socket held ' || CASE WHEN t.n_ports = 1 THEN 'it' ELSE 'them' END
            WHEN 'not local' THEN ': the address is none of this machine' ELSE '' END AS cause,
       CASE WHEN t.tries > 1 THEN printf(', %d times', t.tries) ELSE '' END AS times, coalesce(t.address, 'it asked for') AS address,
       CAST(t.n_ranges AS INTEGER) || CASE CAST(t.n_ranges AS INTEGER) WHEN 1 THEN ' range' ELSE ' ranges' END AS n_ranges,
       CASE t.protocol WHEN 'udp' THEN 'table of UDP exclusions' WHEN 'tcp' THEN 'table of TCP exclusions' ELSE 'table of exclusions' END AS "table",
       CASE WHEN t.named THEN ''
            ELSE ' The log does not name the ports: that program is known to begin at 49327 and to add one for each failure'
                 || CASE WHEN t.fresh_port IS NULL THEN '.' ELSE printf(', and it goes on counting until it is started anew (then they would be %d-%d).',
                                                                          t.fresh_port, t.fresh_port + t.last_port - t.first_port) END
                 || CASE WHEN t.begins THEN ' The log begins with these failures; if earlier ones are missing, the ports lie higher.' ELSE '' END
            END AS how
FROM told t JOIN evidence e ON e.f_source = t.source AND e.f_id = t.id
ORDER BY verdict_key, e.n, e.source, e.line;
