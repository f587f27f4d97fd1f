-- Fills an empty, migrated database with made-up findings, by arithmetic over their numbers: the same numbers, the same
-- rows. Run by a superuser in one transaction, with the settings bench.findings, bench.organizations, bench.key_hex.

create schema bench;

-- The n-th draw of a series, from 0 to below m; inlined, so a row costs a hash and no call.
create function bench.pick(n int8, series int8, m int8) returns int8 language sql immutable parallel safe
    return (hashint8extended(n, series) & 9007199254740991) % m;
create function bench.share(n int8, series int8) returns float8 language sql immutable parallel safe
    return ((hashint8extended(n, series) & 1073741823) / 1073741824::float8);

create function bench.fingerprint(n int8) returns uuid language sql immutable parallel safe
    return (lpad(to_hex(hashint8extended(n, 61)), 16, '0') || lpad(to_hex(hashint8extended(n, 62)), 16, '0'))::uuid;

-- How many rules of each kind an organization meets: they grow with its findings, up to what the world has.
create table bench.kind (kind int2 primary key, scanner text, share float8, at_most int8, prefix text);
insert into bench.kind values
    (0, 'trivy', .4, 8000, 'CVE'), (1, 'trivy', .3, 8000, 'CVE'), (2, 'semgrep', .1, 800, 'rule'), (3, 'gitleaks', .02, 100, 'rule'),
    (4, 'zap', .03, 200, 'rule'), (5, 'nessus', .1, 3000, 'CVE'), (6, 'prowler', .03, 300, 'rule'), (7, 'checkov', .02, 300, 'rule');

-- What an asset of a kind is looked at with: the slot of a scope, and which per cents of its findings that makes.
create table bench.slot (asset_kind text, slot int8, kind int2, scanner text, scope_key text, ref text, from_per_cent int8, to_per_cent int8);
insert into bench.slot values
    ('repository', 0, 2, 'semgrep', '', 'main', 0, 35), ('repository', 1, 0, 'trivy', '', 'main', 35, 90),
    ('repository', 2, 3, 'gitleaks', '', 'main', 90, 95), ('repository', 3, 7, 'checkov', '', 'main', 95, 100),
    ('repository', 4, 0, 'grype', '', 'main', -1, -1), ('repository', 5, 0, 'trivy', '', 'develop', -1, -1),
    ('image', 0, 1, 'trivy', '', 'main', 0, 100), ('image', 4, 1, 'grype', '', 'main', -1, -1),
    ('host', 0, 5, 'nessus', '', 'main', 0, 100), ('host', 4, 5, 'nessus', 'weekly', 'main', -1, -1),
    ('site', 0, 4, 'zap', '', 'main', 0, 100), ('site', 4, 4, 'zap', 'weekly', 'main', -1, -1),
    ('account', 0, 6, 'prowler', '', 'main', 0, 100), ('account', 4, 6, 'prowler', 'weekly', 'main', -1, -1);

create table bench.plan as
select current_setting('bench.findings')::int8 as findings, current_setting('bench.organizations')::int8 as organizations,
    date_trunc('day', now()) as today;

-- Assets of all organizations are mixed, as their imports are: a fifth is the first organization's, the rest is uneven.
create table bench.asset as
with weighed as (
    select a as asset_id,
        case when a <= organizations then a
             when bench.pick(a, 1, 100) < 20 then 1
             else 2 + floor((organizations - 1) * power(bench.share(a, 2), 2)) end::int as organization_id,
        (array['repository', 'repository', 'repository', 'repository', 'repository', 'image', 'image', 'host', 'host',
            case when bench.pick(a, 4, 2) = 0 then 'site' else 'account' end])[1 + bench.pick(a, 3, 10)] as kind,
        .2 + 2 * power(bench.share(a, 5), 3) as weight
    from bench.plan, generate_series(1, greatest(findings / 1000, organizations * 2)) a),
placed as (
    select *, sum(weight) over (order by asset_id) as upto, sum(weight) over () as of_all from weighed)
select asset_id, organization_id, kind, 1 + floor(findings * (upto - weight) / of_all)::int8 as first_finding,
    floor(findings * upto / of_all)::int8 as last_finding
from placed, bench.plan;

create table bench.rules as
select *, (1 + sum(rules) over (order by organization_id, kind) - rules)::int8 as first_rule
from (select a.organization_id, k.kind, k.prefix, k.scanner,
          greatest(10, least(k.at_most, (sum(a.last_finding - a.first_finding + 1) * k.share / 40)::int8)) as rules
      from bench.asset a, bench.kind k group by a.organization_id, k.kind, k.prefix, k.scanner, k.at_most, k.share) counted;

create table bench.rule as
select organization_id, kind, prefix, scanner, number, first_rule + number as rule_text_id, severity,
    prefix = 'CVE' and severity >= 4 and bench.pick(first_rule + number, 12, 100) < 4 as known_exploited,
    case when prefix = 'CVE' then round((severity * 1.7 + bench.pick(first_rule + number, 13, 15) / 10.0)::numeric, 1)::float8 end as cvss_score,
    case when prefix = 'CVE' then round(power(bench.share(first_rule + number, 14), 6)::numeric, 5)::float8 end as epss
from (select r.*, number, case when draw < 3 then 5 when draw < 20 then 4 when draw < 65 then 3 when draw < 90 then 2 else 1 end::int2 as severity
      from bench.rules r, generate_series(0, rules - 1) number, lateral (select bench.pick(first_rule + number, 11, 100) as draw) drawn) graded;
create unique index on bench.rule (organization_id, kind, number);

insert into organization (id, name, identity_key)
select n, 'Organization ' || n, decode((current_setting('bench.keys')::jsonb) ->> (n - 1)::int, 'hex') from bench.plan, generate_series(1, organizations) n;
insert into user_account (id, email, name) select n, 'person' || n || '@example.org', 'Person ' || n from bench.plan, generate_series(1, organizations * 10) n;
insert into membership (organization_id, user_id, role) select 1 + (n - 1) / 10, n, 'admin' from bench.plan, generate_series(1, organizations * 10) n;

insert into rule_text (organization_id, id, content_hash, scanner, rule_id, rule_name, title, description, remediation, "references",
    identifiers, cwes, cvss_score, cvss, known_exploited, has_fix)
select organization_id, rule_text_id, md5('rule' || rule_text_id)::uuid, scanner, name,
    case when prefix = 'rule' then replace(name, '.', ' ') end,
    flaw || ' in ' || part || ' ' || (array['before', 'up to', 'through'])[1 + bench.pick(rule_text_id, 31, 3)] || ' ' || number % 9 || '.' || number % 31
        || ' ' || (array['lets attackers run code', 'discloses memory', 'allows denial of service', 'escalates privileges', 'bypasses the sandbox'])[1 + bench.pick(rule_text_id, 32, 5)],
    repeat('What can happen, to whom and why, in the words of the scanner. ', 3 + bench.pick(rule_text_id, 33, 10)::int), 'Upgrade to the fixed version.',
    array['https://example.org/advisories/' || name], case when prefix = 'CVE' then array[name] else '{}' end,
    array[20 + bench.pick(rule_text_id, 34, 900)::int], cvss_score,
    case when cvss_score is null then '[]' else jsonb_build_array(jsonb_build_object('score', cvss_score, 'version', '3.1', 'source', 'nvd')) end,
    known_exploited, bench.pick(rule_text_id, 35, 100) < 60
from (select *, case when prefix = 'CVE' then 'CVE-' || 2000 + kind * 4 + number / 4000 || '-' || 1000 + number
                else scanner || '.' || (array['audit', 'security', 'taint'])[1 + bench.pick(rule_text_id, 36, 3)] || '.check-' || number end as name,
          (array['Heap overflow', 'SQL injection', 'Path traversal', 'Cross-site scripting', 'Prototype pollution', 'Use after free', 'Integer overflow',
              'Deserialization of untrusted data', 'Open redirect', 'Server-side request forgery', 'Weak cipher', 'Missing authorization', 'Race condition',
              'Hard-coded credential', 'Null dereference', 'Command injection', 'Information exposure', 'Improper certificate validation',
              'Uncontrolled recursion', 'Insecure default'])[1 + bench.pick(rule_text_id, 37, 20)] as flaw,
          (array['openssl', 'zlib', 'glibc', 'curl', 'lodash', 'express', 'django', 'spring', 'jackson', 'netty', 'requests', 'urllib3', 'rails', 'nginx',
              'httpd', 'busybox', 'systemd', 'kernel', 'containerd', 'runc'])[1 + bench.pick(rule_text_id, 38, 20)] || '-' || bench.pick(rule_text_id, 39, 400) as part
      from bench.rule) named;

insert into vulnerability (organization_id, id, name, is_rule, rule_text_id)
select organization_id, id, coalesce(identifiers[1], scanner || ':' || rule_id), identifiers = '{}', id from rule_text;

insert into asset (organization_id, id, name, name_key, kind, default_ref, tags, created_at)
select organization_id, asset_id, kind || '-' || asset_id, kind || '-' || asset_id, kind, 'main',
    array[(array['payments', 'shop', 'internal', 'platform'])[1 + bench.pick(asset_id, 41, 4)]], today - interval '500 days' from bench.asset, bench.plan;
insert into asset_ref (organization_id, id, asset_id, name, is_tracked, last_scan_at, created_at)
select organization_id, asset_id * 2 + case ref when 'main' then 0 else 1 end, asset_id, ref, ref = 'main', today, today - interval '500 days'
from bench.plan cross join bench.asset a join (select distinct asset_kind, ref from bench.slot) s on s.asset_kind = a.kind;
insert into scope (organization_id, id, asset_id, ref_id, scanner, key, version, tool_version, last_scan_id, last_scan_at, last_complete_scan_at)
select organization_id, asset_id * 10 + slot, asset_id, asset_id * 2 + case ref when 'main' then 0 else 1 end, scanner, scope_key, 10, '1.4.2',
    (asset_id * 10 + slot) * 16 + 9, today - interval '1 day', today - interval '1 day'
from bench.plan cross join bench.asset a join bench.slot s on s.asset_kind = a.kind;
insert into scan (organization_id, id, asset_id, scope_id, state, requested, format, scanner, tool_version, identity_version, file_name,
    size_bytes, sha256, scanned_at, accepted_at, started_at, finished_at, counts)
select organization_id, s.id * 16 + n, asset_id, s.id, 'done', '{}', 'sarif', scanner, '1.4.2', 1, 'report.json', 100000, md5(s.id::text || n),
    at, at, at, at, '{"reported": 40, "new": 3, "unchanged": 36, "moved": 1, "changed": 0,
        "reopened": 0, "suppressed": 0, "folded": 0, "closed": 1, "findings": {"new": 3, "reopened": 0, "closed": 1}}'
from scope s, bench.plan, generate_series(0, 9) n, lateral (select today - interval '1 day' - (9 - n) * interval '40 days' as at) dated;

-- Findings in the order of their imports, asset by asset; everything about one follows from its number `i`.
insert into finding (organization_id, id, asset_id, rule_text_id, vulnerability_id, first_seen_at, last_seen_at, changed_at, due_at, reopened_at,
    assignee_id, decision_id, epss, priority, open_occurrences, kind, severity, severity_reported, triage, scanners, tags)
select a.organization_id, i, a.asset_id, r.rule_text_id, r.rule_text_id, seen, case when not active then today - interval '41 days' end, seen,
    case when r.severity >= 4 then seen + interval '90 days' end, case when bench.pick(i, 51, 50) = 0 then seen + interval '40 days' end,
    case when bench.pick(i, 52, 20) = 0 then (a.organization_id - 1) * 10 + 1 + bench.pick(i, 53, 10) end, case when triage > 2 then i end, r.epss,
    r.severity * 1000000 + case when r.known_exploited then 100000 else 0 end + least(floor(coalesce(r.epss, 0) * 100), 99)::int * 1000
        + least(round(coalesce(r.cvss_score, 0) * 10), 100)::int,
    case when not active then 0 when bench.pick(i, 7, 100) < 15 then 2 else 1 end, r.kind, r.severity, r.severity, triage,
    case when bench.pick(i, 7, 100) < 15 and a.kind in ('repository', 'image') and r.kind in (0, 1) then array['grype', s.scanner] else array[s.scanner] end,
    case when bench.pick(i, 54, 50) = 0 then array[(array['backlog', 'audit-2024', 'wontfix', 'sprint'])[1 + bench.pick(i, 55, 4)]] else '{}' end
from bench.plan cross join bench.asset a cross join generate_series(first_finding, last_finding) i
    cross join lateral (select bench.pick(i, 56, 100) < 55 as active,
        (case when bench.pick(i, 57, 100) < 82 then 0 when bench.pick(i, 57, 100) < 87 then 1 when bench.pick(i, 57, 100) < 92 then 2
              when bench.pick(i, 57, 100) < 96 then 3 when bench.pick(i, 57, 100) < 99 then 4 else 5 end)::int2 as triage,
        today - interval '1 day' - (9 - bench.pick(i, 20, 9)) * interval '40 days' as seen) drawn
    join bench.slot s on s.asset_kind = a.kind and bench.pick(i, 6, 100) >= s.from_per_cent and bench.pick(i, 6, 100) < s.to_per_cent
    join bench.rules k on k.organization_id = a.organization_id and k.kind = s.kind
    join bench.rule r on r.organization_id = k.organization_id and r.kind = k.kind and r.number = floor(k.rules * power(bench.share(i, 8), 2.5))::int8;

insert into finding_key (organization_id, asset_id, identity_version, fingerprint, finding_id)
select organization_id, asset_id, 1, bench.fingerprint(id), id from finding;

-- Claims: the first of each finding (0), another scanner's or series' (1), an earlier version of the first (2), one on a branch (3).
insert into occurrence (organization_id, id, scope_id, finding_id, rule_text_id, place_hash, content_hash, opened_scan_id, closed_scan_id,
    previous_id, first_seen_at, opened_at, closed_at, fingerprint, line, severity, close_reason, location, component)
select organization_id, id * 4 + claim, scope_id, id, rule_text_id, hashint8extended(id, 63 + claim / 2), hashint8extended(id, 65 + claim),
    scope_id * 16 + opened, case when is_closed then scope_id * 16 + closed end, case when claim = 0 and bench.pick(id, 9, 10) = 0 then id * 4 + 2 end,
    first_seen_at, first_seen_at, case when is_closed then first_seen_at + (closed - opened) * interval '40 days' end, bench.fingerprint(id),
    case when kind in (2, 3, 7) then 1 + bench.pick(id, 66, 900) end, severity, case when claim = 2 then 'moved' when is_closed then 'gone' end,
    case kind
        when 2 then jsonb_build_object('path', path, 'line', 1 + bench.pick(id, 66, 900))
        when 3 then jsonb_build_object('path', path, 'line', 1 + bench.pick(id, 66, 900))
        when 7 then jsonb_build_object('path', 'deploy/terraform/' || bench.pick(id, 67, 40) || '/main.tf', 'resource', 'aws_s3_bucket.b' || bench.pick(id, 68, 500))
        when 4 then jsonb_build_object('url', 'https://site-' || asset_id || '.example.org/page/' || bench.pick(id, 67, 200), 'method', 'GET', 'parameter', 'q')
        when 5 then jsonb_build_object('host', '10.' || asset_id / 250 || '.' || asset_id % 250 || '.' || bench.pick(id, 67, 250), 'port', 443, 'protocol', 'tcp')
        when 6 then jsonb_build_object('resource', 'arn:aws:s3:::bucket-' || asset_id || '-' || bench.pick(id, 67, 300)) end,
    case when kind <= 1 then jsonb_build_object('name', package, 'version', version, 'purl', case kind when 0 then 'pkg:npm/' else 'pkg:deb/debian/' end || package || '@' || version,
        'path', case kind when 0 then 'services/s' || bench.pick(id, 69, 12) || '/package-lock.json' else 'var/lib/dpkg/status' end, 'fixed_versions', jsonb_build_array('9.9.' || bench.pick(id, 70, 30))) end
from (select f.*, claim, claim = 2 or not is_active as is_closed, bench.pick(f.id, 20, 9) as opened, least(9, bench.pick(f.id, 20, 9) + 1 + bench.pick(f.id, 71, 3)) as closed,
          f.asset_id * 10 + case claim when 1 then 4 when 3 then 5
              else case when f.kind in (2, 1, 4, 5, 6) then 0 when f.kind = 0 then 1 when f.kind = 3 then 2 else 3 end end as scope_id,
          (array['lib', 'pkg', 'node', 'py', 'java'])[1 + bench.pick(f.rule_text_id, 72, 5)] || '-' || bench.pick(f.rule_text_id, 73, 900) as package,
          1 + bench.pick(f.id, 74, 9) || '.' || bench.pick(f.rule_text_id, 75, 20) || '.' || bench.pick(f.id, 76, 5) as version,
          'src/module' || bench.pick(f.asset_id, 77, 5) || '/part' || bench.pick(f.id, 78, 30) || '/file' || bench.pick(f.id, 79, 60) || '.py' as path
      from finding f, generate_series(0, 3) claim
      where claim = 0 or (claim = 1 and bench.pick(f.id, 7, 100) < 15) or (claim = 2 and bench.pick(f.id, 9, 10) = 0)
          or (claim = 3 and f.kind = 0 and bench.pick(f.id, 10, 10) = 0)) claimed;

insert into decision (organization_id, id, finding_id, triage, reason, decided_by)
select organization_id, id, id, triage, 'Looked at and decided', (organization_id - 1) * 10 + 1 from finding where decision_id is not null;
insert into comment (organization_id, finding_id, author_id, body)
select organization_id, id, (organization_id - 1) * 10 + 1, 'Seen in the weekly round.' from finding where bench.pick(id, 81, 500) = 0;

insert into finding_count (organization_id, asset_id, kind, severity, triage, n)
select organization_id, asset_id, kind, severity, triage, count(*) from finding where is_active group by 1, 2, 3, 4, 5;
insert into facet_count (organization_id, asset_id, is_active, kind, severity, triage, scanners, n)
select organization_id, asset_id, is_active, kind, severity, triage, scanners, count(*) from finding group by 1, 2, 3, 4, 5, 6, 7;
insert into facet_count (organization_id, asset_id, is_active, kind, severity, triage, scanners, n)
select organization_id, 0, is_active, kind, severity, triage, scanners, sum(n) from facet_count group by 1, 2, 3, 4, 5, 6, 7;
insert into vulnerability_count (organization_id, vulnerability_id, beside_id, severity, n)
select organization_id, vulnerability_id, 0, severity, count(*) from finding where is_active and triage <= 2 group by 1, 2, 4;
insert into flaw_count (organization_id, vulnerability_id, worst, open_findings)
select organization_id, vulnerability_id, max(severity), sum(n) from vulnerability_count group by 1, 2;
insert into daily_trend (organization_id, on_day, severity, opened, closed, net)
select organization_id, on_day, severity, sum(opened), sum(closed), sum(opened - closed) from (
    select organization_id, (first_seen_at at time zone 'utc')::date as on_day, severity, count(*) as opened, 0 as closed
    from finding where triage <= 2 group by 1, 2, 3
    union all
    select organization_id, (last_seen_at at time zone 'utc')::date, severity, 0, count(*)
    from finding where triage <= 2 and not is_active group by 1, 2, 3) changes group by 1, 2, 3;
insert into count_fold (organization_id, folds) select id, 1 from organization;
update scope s set open_occurrences = n from (
    select organization_id, scope_id, count(*) as n from occurrence where closed_at is null group by 1, 2) o
where o.organization_id = s.organization_id and o.scope_id = s.id;

-- The next ids come after all that are here, in the blocks that importers take.
select setval(pg_get_serial_sequence(t, 'id'), 1000 * (1 + highest / 1000)) from (values
    ('organization', (select max(id) from organization)::int8), ('user_account', (select max(id) from user_account)),
    ('rule_text', (select max(id) from rule_text)), ('vulnerability', (select max(id) from vulnerability)), ('asset', (select max(id) from asset)),
    ('asset_ref', (select max(id) from asset_ref)), ('scope', (select max(id) from scope)), ('scan', (select max(id) from scan)),
    ('finding', (select max(id) from finding)), ('occurrence', (select max(id) from occurrence)), ('decision', (select max(id) from decision)))
    as highest(t, highest);
drop schema bench cascade;
