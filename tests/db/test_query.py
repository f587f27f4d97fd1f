"""The query language against real rows: each key finds what it names and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from factories.asset import SCANNED_AT, make_asset, make_ref, make_scope
from factories.finding import change_finding, make_finding, make_occurrence
from factories.identity import make_organization
from factories.vulnerability import also_has, make_vulnerability
from hauberk.db.query import FindingQuery
from hauberk.db.query.sources import MAX_IDS
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.query import parse
from hauberk.domain.severity import Severity
from hauberk.kit.errors import Invalid


def test_severity_by_word_and_by_order(world):
    asset = world.asset()
    ids = {severity: world.finding(asset, severity=severity, epss=0.9) for severity in Severity}
    assert world.ask("severity:critical,low") == {ids[Severity.CRITICAL], ids[Severity.LOW]}
    assert world.ask("severity>=high") == {ids[Severity.CRITICAL], ids[Severity.HIGH]}
    assert world.ask("severity<info") == {ids[Severity.UNKNOWN]}
    assert world.ask("severity>critical") == set()
    assert world.ask("-severity>=info") == {ids[Severity.UNKNOWN]}


def test_open_is_active_and_undecided(world):
    asset = world.asset()
    by_triage = {triage: world.finding(asset, triage=triage) for triage in Triage}
    gone = world.finding(asset, is_active=False)
    undecided = {by_triage[triage] for triage in Triage if triage.is_undecided}
    assert world.ask("is:open") == undecided
    assert world.ask("presence:inactive") == world.ask("is:inactive") == {gone}
    assert world.ask("triage:duplicate") == {by_triage[Triage.DUPLICATE]}
    assert world.ask("not is:open") == {*by_triage.values(), gone} - undecided


def test_states_of_time_and_people(world):
    asset = world.asset()
    old = world.finding(
        asset, first_seen_at=world.asker.now - timedelta(days=31), due_at=world.asker.now - timedelta(days=1)
    )
    new = world.finding(
        asset, first_seen_at=world.asker.now - timedelta(days=1), assignee_id=world.asker.user_id
    )
    back = world.finding(asset, reopened_at=SCANNED_AT)
    assert world.ask("is:new") == {new}
    assert world.ask("is:overdue") == {old}
    assert world.ask("is:reopened") == {back}
    assert world.ask("is:assigned") == world.ask("has:assignee") == world.ask("assignee:me") == {new}
    assert world.ask(f"assignee:ANA{world.organization_id}@example.org") == {new}
    assert world.ask("assignee:none") == {old, back}
    assert world.ask("age>30d") == {old, back}
    assert world.ask("age<=2d") == {new}
    assert world.ask("due<7d") == world.ask("due<=1d") == {old}
    assert world.ask("due>1d") == set()
    assert world.ask(f"first_seen:{SCANNED_AT.date()}") == {back}
    assert world.ask(f"first_seen>{SCANNED_AT.date()}") == {old, new}
    assert world.ask(f"first_seen<={SCANNED_AT.date()}") == {back}


def test_an_active_finding_was_last_seen_by_the_newest_scan_of_its_scopes(world):
    asset = world.asset()
    other_ref = make_ref(world.connection, world.organization_id, asset.id, "next")
    late = datetime(2026, 2, 1, tzinfo=UTC)
    later = make_scope(world.connection, world.organization_id, asset.id, other_ref, last_scan_at=late)
    rule = world.rule()
    seen_late = world.finding(asset, rule=rule)
    make_occurrence(world.connection, asset, seen_late, rule=rule, scope_id=later)
    seen_once = world.finding(asset)
    assert world.ask("last_seen>=2026-02-01") == {seen_late}
    assert world.ask("last_seen<2026-02-01") == {seen_once}
    assert world.ask("ref:next") == world.ask("ref:n*") == {seen_late}
    assert world.ask("ref:main") == {seen_late, seen_once}


def test_words_are_found_in_titles_rules_and_identifiers(world):
    asset = world.asset()
    injection = world.finding(asset, rule=world.rule("SQL injection in 100% of the cases"))
    log4j = world.finding(
        asset,
        rule=world.rule(
            "Log4Shell", rule_id="log4j_rce", identifiers=("CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q")
        ),
    )
    assert world.ask('"sql inj"') == world.ask("SQL injection") == {injection}
    assert world.ask("100%") == {injection}
    assert world.ask("log4j_rce") == world.ask("2021-44228") == world.ask("rule:log4j*") == {log4j}
    assert world.ask("log4jXrce") == set()
    assert world.ask("-injection") == {log4j}
    assert world.ask("cve:cve-2021-44228") == world.ask("id:GHSA-JFH8-c2jp-5v3q") == {log4j}
    assert world.ask(world.public_ids.encode("fnd", log4j)) == {log4j}
    assert world.ask(f"id:{world.public_ids.encode('fnd', injection)},CVE-2021-44228") == {injection, log4j}


def test_words_of_any_alphabet_are_found_and_those_far_behind_in_a_long_title(world):
    asset = world.asset()
    german, greek, chinese, long = (
        world.finding(asset, rule=world.rule(title))
        for title in (
            "Größenüberlauf im Puffer",
            "Υπερχείλιση μνήμης",
            "缓冲区溢出漏洞",
            "a word " * 300 + "seldom said",
        )
    )
    assert world.ask("größen") == world.ask("ÜBERLAUF") == world.ask("ß") == {german}
    assert world.ask("χείλιση") == {greek}
    assert world.ask("溢出") == world.ask("漏") == {chinese}
    assert world.ask("seldom") == {long}


def test_a_word_that_a_great_many_rules_have_is_still_found(world):
    asset = world.asset()
    for number in range(3):
        world.rule(f"Weak cipher {number}")
    world.connection.exec_driver_sql(
        "insert into rule_text (organization_id, content_hash, scanner, title)"
        f" select {world.organization_id}, gen_random_uuid(), 'x', 'Weak cipher' from generate_series(1, {MAX_IDS})"
    )
    weak = world.finding(asset, rule=world.rule("Weak cipher, the last"))
    world.finding(asset, rule=world.rule("Strong cipher"))
    assert world.ask("weak") == {weak}


def test_frequent_words_that_seldom_stand_together_are_looked_up_together(world):
    asset = world.asset()
    world.connection.exec_driver_sql(
        "insert into rule_text (organization_id, content_hash, scanner, title)"
        f" select {world.organization_id}, gen_random_uuid(), 'x', word from generate_series(0, {MAX_IDS}),"
        " unnest(array['Weak cipher', 'Strong key']) word"
    )
    both = world.finding(asset, rule=world.rule("Key of a weak algorithm"))
    query = FindingQuery(parse("weak key"), world.asker)
    (found,) = world.connection.execute(query.look_up).all()
    assert len(found.ids) == 1
    assert world.ask("weak key") == world.ask("weak key al") == world.ask("weak key -strong") == {both}


def test_words_that_have_to_hold_together_keep_their_meaning_beside_others(world):
    asset = world.asset()
    both, one = (world.finding(asset, rule=world.rule(title)) for title in ("Weak key", "Weak cipher"))
    its_id = world.public_ids.encode("fnd", one)
    assert world.ask("weak key") == world.ask("ey ak") == world.ask("weak and key and weak") == {both}
    assert world.ask("weak key (cipher or key)") == world.ask("weak (key or nothing) key") == {both}
    assert world.ask(f"{its_id} weak") == world.ask(f"weak cipher {its_id}") == {one}
    signs = world.finding(asset, rule=world.rule(r"100% of tmp_a\b"))
    assert world.ask(r"0% p_a\b") == world.ask("100% tmp_a") == {signs}
    assert world.ask("1% tmp") == world.ask("100% tmpxa") == world.ask(r"\a 100") == set()
    assert world.ask("weak or key") == world.ask("weak -(weak key) or key") == {both, one}
    assert world.ask("not (weak or key)") == {signs}
    assert world.ask("weak key -weak") == set()


def test_facts_of_the_rule(world):
    asset = world.asset()
    known = world.finding(
        asset,
        rule=world.rule("A", cwes=(79, 89), cvss_score=9.8, known_exploited=True, has_fix=True),
        epss=0.7,
    )
    plain = world.finding(asset, rule=world.rule("B", cwes=(22,)))
    assert world.ask("cwe:CWE-79") == world.ask("cvss>=9") == world.ask("epss>0.5") == {known}
    assert world.ask("known_exploited:true") == world.ask("fix:true") == world.ask("has:fix") == {known}
    assert world.ask("known_exploited:false") == world.ask("fix:false") == world.ask("-cvss>1") == {plain}
    assert world.ask("-epss>0.5") == {plain}
    assert world.ask("cwe:22,79") == {known, plain}
    assert world.ask("priority>4000001") == {known}


@pytest.mark.long
def test_what_begins_alike_is_found_whatever_the_database_s_order_is(world_of_a_dictionary):
    world = world_of_a_dictionary
    asset = world.asset()
    below = {world.finding(asset, location={"path": f"src/{name}"}) for name in ("-a", "B", "_c", "ä", "z z")}
    world.finding(asset, location={"path": "src-a"})
    component = {"name": "Left-pad", "purl": "pkg:npm/left-pad@1.0"}
    package = world.finding(asset, kind=FindingKind.SCA, location={}, component=component)
    assert world.ask("path:src/") == world.ask("path:src/*") == below
    assert len(world.ask("path:*/B")) == len(world.ask("path:src/-*")) == 1
    assert world.ask("component:left*") == world.ask("purl:pkg:npm/left-*") == {package}


def test_places_and_components(world):
    asset = world.asset()
    file = world.finding(asset, location={"path": "src/web/app.py", "line": 3})
    host = world.finding(asset, location={"host": "db_1.example.org", "port": 5432})
    package = world.finding(
        asset,
        kind=FindingKind.SCA,
        location={},
        component={
            "name": "@babel/core",
            "version": "7.1.0",
            "purl": "pkg:npm/%40babel/core@7.1.0",
            "path": "web/package.json",
        },
    )
    past = world.finding(asset, is_active=False, location={"path": "src/gone.py"})
    assert world.ask("path:src/web/app.py") == {file}
    assert world.ask("path:src/") == {file, past}
    assert world.ask("path:*app*") == {file}
    assert world.ask("path:*/app.py") == world.ask("path:*b/*p.py") == {file}
    assert world.ask("path:*web/") == {file, package}
    assert world.ask("path:*/package.json") == {package}
    assert world.ask("path:*/App.py") == world.ask("path:*yp.ppa") == set()
    assert world.ask("path:db_1*") == {host}
    assert world.ask("path:dbX1*") == set()
    assert world.ask("path:web/package.json") == {package}
    assert world.ask("component:@Babel/Core") == world.ask("package:@babel/core@7.1.*") == {package}
    assert world.ask("component:@babel/core@8.0.0") == set()
    assert world.ask("purl:pkg:npm/*") == world.ask("purl:*/core@7.1.0") == {package}
    assert world.ask("purl:pkg:npm/%40babel/core@7.1.0") == {package}
    assert world.ask("purl:pkg:npm/%40babel/core@7.1") == set()
    assert world.ask("kind:sca,secret") == {package}


def test_assets_scanners_and_tags(world):
    shop = world.asset("Shop", tags=("payments",))
    blog = world.asset("blog", kind="image", scanner="Trivy")
    sold = world.finding(shop, tags=["pci"])
    posted = world.finding(blog, scanners=["Trivy"])
    assert world.ask("asset:shop") == world.ask("asset:SH*") == world.ask("asset.tag:payments") == {sold}
    assert world.ask(f"asset:{world.public_ids.encode('ast', blog.id)}") == {posted}
    assert world.ask("asset:shop,blog") == {sold, posted}
    assert world.ask("asset.kind:image") == world.ask("scanner:trivy") == {posted}
    assert world.ask("tag:pci") == {sold}
    assert world.ask("asset:unheard-of") == set()


def test_vulnerabilities_first_and_further(world):
    asset = world.asset()
    first = make_vulnerability(world.connection, world.organization_id, "CVE-2024-1")
    other = make_vulnerability(world.connection, world.organization_id, "CVE-2024-2")
    both = world.finding(asset, vulnerability_id=first)
    also_has(world.connection, world.organization_id, both, other)
    second = world.finding(asset, vulnerability_id=other)
    assert world.ask("vulnerability:cve-2024-1") == {both}
    assert world.ask(f"vulnerability:{world.public_ids.encode('vul', other)}") == {both, second}
    assert world.ask("cve:CVE-2024-2") == {both}


def test_and_or_not_and_brackets_over_rows(world):
    asset = world.asset()
    a = world.finding(asset, severity=Severity.CRITICAL)
    b = world.finding(asset, severity=Severity.LOW, triage=Triage.DUPLICATE)
    c = world.finding(asset, severity=Severity.LOW)
    assert world.ask("severity:critical or triage:duplicate") == {a, b}
    assert world.ask("-(severity:critical or triage:duplicate)") == {c}
    assert world.ask("severity:low not triage:duplicate") == {c}
    change_finding(world.connection, c, epss=0.3)
    assert world.ask("not (not epss>0.2)") == {c}


@pytest.mark.parametrize(
    "query", ["scan:scn_nonsense", "asset:ast_x", "id:fnd_0", "vulnerability:vul_", "change:job_"]
)
def test_a_misspelt_id_is_refused_where_it_stands(world, query):
    with pytest.raises(Invalid, match="at character 1"):
        world.ask(query)


def test_another_organization_is_never_seen(world, owner_url, database_url):
    stranger = make_organization(owner_url)
    engine = sync_engine(database_url, pool=Pool(size=1))
    with transaction(engine, stranger) as connection:
        make_finding(connection, make_asset(connection, stranger, "shop"))
    engine.dispose()
    assert world.ask("") == world.ask("asset:shop") == world.ask("is:open") == set()
