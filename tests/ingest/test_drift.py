"""Results that are known again although what their keys are made of changed: each pass, and where it must not match."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from factories.drifting import code, found, package, page, report, service
from hauberk.db.models.finding import Finding
from hauberk.db.session import Pool, Sessions, async_engine
from hauberk.features.findings.explain import explain
from hauberk.features.identity.serving import Ids
from hauberk.ingest import changes, drift, matches
from hauberk.ingest.drift_passes import REASONS
from hauberk.kit.ids import PublicIds


def decide(imports: Any, triage: int) -> None:
    """Somebody decided about every finding; the counts know."""
    imports.run(
        "insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n, opened, closed)"
        " select organization_id, asset_id, current_date, kind, severity, each.triage, each.n, 0, 0"
        " from finding, (values (0, -1), (cast(:triage as int), 1)) as each(triage, n)",
        triage=triage,
    )
    imports.run("update finding set triage = :triage", triage=triage)


OTHER = code("src/other.py", 3, "yaml.load(text)")

KNOWN_AGAIN = {
    "the scanner's own id": (
        "scanner_id",
        code("src/a.py", snippet="run(x)", stable_id="3fa1c2d4e5"),
        code("lib/b.py", snippet="subprocess.run([tool, *arguments])", stable_id="3fa1c2d4e5"),
    ),
    "code that was edited a little": (
        "code_edited",
        code(line=10),
        code(line=14, snippet="os.system(user_input_2)"),
    ),
    "other code in the same function": (
        "code_edited",
        code(symbol="Shop.pay"),
        code(snippet="subprocess.run(command, shell=True)", symbol="Shop.pay"),
    ),
    "a scanner that begins to quote the code": ("code_edited", code(snippet=None), code()),
    "a folder that was renamed": ("file_moved", code("src/a.py"), code("lib/core/a.py")),
    "a file that was renamed": ("file_renamed", code("src/a.py"), code("src/b.py")),
    "a file in another folder, of which no code is quoted": (
        "lines_moved",
        code("src/a.py", 10, None),
        code("lib/core/a.py", 10, None),
    ),
    "a folder that was renamed, of whose files no code is quoted": (
        "lines_moved",
        code("src/shop/a.py", 1, None),
        code("lib/shop/a.py", 1, None),
    ),
    "a masked secret in a file that moved": (
        "file_moved",
        found("secret", path="a/.env", line=1, snippet="KEY=****"),
        found("secret", path="b/.env", line=1, snippet="KEY=****"),
    ),
    "a template that was moved": (
        "file_moved",
        found("iac", path="a/main.tf", line=1, symbol="logs"),
        found("iac", path="b/main.tf", line=1, symbol="logs"),
    ),
    "a package whose purl is spelled differently": (
        "package_respelled",
        package("pkg:npm/acme/left_pad"),
        package("pkg:npm/%40acme/left-pad"),
    ),
    "a page at another address": ("url_changed", page("/search"), page("/shop/find")),
    "a page that kept its name": ("url_changed", page("/login", None), page("/auth/login", None)),
    "a service at another port": ("port_changed", service(port=8080), service(port=8443)),
    "the only host under another name": ("host_renamed", service("web1"), service("web-1.example.test")),
}


@pytest.mark.parametrize(("name", "before", "after"), KNOWN_AGAIN.values(), ids=KNOWN_AGAIN)
def test_it_is_known_again_once_and_exactly_afterwards(imports, consistent, name, before, after):
    only_host = name == "host_renamed"
    rest = [] if only_host else [OTHER]
    imports(report(before, *rest))
    decide(imports, 4)
    ids = imports.rows("select id, triage from finding order by id")
    scan = imports(report(after, *rest))
    assert {key: n for key, n in scan.counts.items() if n and key not in ("reported", "findings")} == {
        "moved": 1, **({} if only_host else {"unchanged": 1})
    }  # fmt: skip
    assert imports.rows("select id, triage from finding order by id") == ids
    (logged,) = imports.rows(
        "select m.*, o.close_reason from match_log m join occurrence o on o.id = m.occurrence_id"
    )
    assert (logged.pass_name, logged.scan_id, logged.close_reason) == (name, scan.id, "moved")
    assert set(logged.detail) >= {"was", "now", "keys"}
    assert imports.value("select count(*) from finding_key where finding_id = :id", id=logged.finding_id) == 2
    consistent()
    assert imports(report(after, *rest)).counts["unchanged"] == 1 + len(rest)
    back = imports(report(before, *rest))
    assert (back.counts["moved"], back.counts["new"], back.counts["reopened"], back.counts["closed"]) == (
        1,
        0,
        0,
        0,
    )
    assert imports.value("select pass_name from match_log order by id desc limit 1") == "known_key"
    consistent()


NOT_KNOWN = {
    "two renamed files with the same code": (
        [code("src/a.py"), code("src/b.py")],
        [code("src/c.py"), code("src/d.py")],
    ),
    "two that are edited alike": (
        [code(line=10)],
        [code(line=8, snippet="os.system(user_input_a)"), code(line=12, snippet="os.system(user_input_b)")],
    ),
    "code that is much different": ([code()], [code(snippet="pickle.loads(body)")]),
    "another rule": ([code()], [code("src/b.py") | {"rule_id": "R2"}]),
    "an id that two results share": (
        [code("a.py", snippet="run(x)", stable_id="3fa1c2d4e5")],
        [code(f"{name}.py", snippet=f"other {name} code", stable_id="3fa1c2d4e5") for name in "bc"],
    ),
    "an id that is too short to tell anything apart": (
        [code("a.py", snippet="run(x)", stable_id="4")],
        [code("b.py", snippet="unlike(everything)", stable_id="4")],
    ),
    "another secret in the same line": (
        [found("secret", path="a.env", line=1, snippet="KEY=first-value", secret="first-value")],
        [found("secret", path="a.env", line=1, snippet="KEY=other-value", secret="other-value")],
    ),
    "a masked secret in a file of another name": (
        [found("secret", path="a.env", line=1, snippet="KEY=****")],
        [found("secret", path="b.env", line=1, snippet="KEY=****")],
    ),
    "a file of that name that has the rule in another line": (
        [code("src/a.py", 10, None)],
        [code("lib/a.py", 11, None)],
    ),
    "two files of that name that have the rule in that line": (
        [code("src/a.py", 10, None)],
        [code("lib/a.py", 10, None), code("core/a.py", 10, None)],
    ),
    "a file of that name of which the rule is said as a whole": (
        [code("src/a.py", 1, None)],
        [code("lib/a.py", 1, None)],
    ),
    "another version of a package of that name": (
        [package("pkg:npm/left-pad")],
        [package("pkg:pypi/left-pad", version="2.0.0")],
    ),
    "another page without parameters": ([page("/login", None)], [page("/logout", None)]),
    "another of several hosts": ([service("web1"), service("web2", rule="P2")], [service("web3")]),
    "a machine that shows something else": (
        [service("web1", rule=f"P{n}") for n in range(3)],
        [service("web2", rule=f"P{n}") for n in range(2, 8)],
    ),
}


@pytest.mark.parametrize(("before", "after"), NOT_KNOWN.values(), ids=NOT_KNOWN)
def test_what_may_be_something_else_stays_new_and_gone(imports, consistent, before, after):
    imports(report(*before))
    scan = imports(report(*after))
    assert scan.counts["moved"] == 0
    assert (scan.counts["new"], scan.counts["closed"]) == (len(after), len(before))
    assert imports.value("select count(*) from match_log") == 0
    consistent()


def test_the_nearest_is_taken_where_two_were_edited_alike(imports):
    lines = {10: "os.system(user_input_1)", 50: "os.system(user_input_2)"}
    imports(report(*(code(line=line, snippet=text) for line, text in lines.items())))
    imports(report(*(code(line=line + 1, snippet=f"os.system(user_input_{line})") for line in lines)))
    moved = imports.rows("select detail from match_log order by occurrence_id")
    assert [(row.detail["was"]["line"], row.detail["now"]["line"]) for row in moved] == [(10, 11), (50, 51)]
    assert all(len(row.detail["rejected"]) == 1 for row in moved)


def test_every_place_of_a_renamed_file_goes_along(imports, consistent):
    imports(report(*(code("src/a.py", line) for line in (10, 20, 30)), OTHER))
    decide(imports, 3)
    scan = imports(report(*(code("src/b.py", line) for line in (12, 22, 32)), OTHER))
    assert (scan.counts["moved"], scan.counts["findings"]) == (3, {"new": 0, "reopened": 0, "closed": 0})
    assert imports.value("select count(*) from finding where triage = 3") == 2
    consistent()


def test_a_finding_that_is_still_reported_is_not_taken_for_another(imports, consistent):
    """One of two copies was edited: two pieces of code are two findings from now on."""
    imports(report(code(line=10), code(line=50)))
    scan = imports(report(code(line=10), code(line=50, snippet="os.system(user_input_2)")))
    assert scan.counts["findings"] == {"new": 1, "reopened": 0, "closed": 0}
    consistent()


def test_a_key_that_is_known_at_the_asset_is_stronger_than_any_likeness(imports, consistent):
    imports(report(code("src/a.py"), OTHER))
    imports(report(code("src/b.py")), scope="nightly")
    scan = imports(report(code("src/b.py"), OTHER))
    assert (scan.counts["moved"], scan.counts["new"], scan.counts["closed"]) == (0, 1, 1)
    assert imports.value("select count(*) from finding where is_active") == 2
    consistent()


def test_a_key_that_comes_to_lead_elsewhere_meanwhile_is_compared_again(imports, consistent, monkeypatch):
    imports(report(code("src/a.py"), OTHER))
    match = drift.Matcher.match
    races = iter([True])

    def match_and_be_overtaken(matcher, *arguments):
        found = match(matcher, *arguments)
        if next(races, False):  # another scanner's import of the asset ends before this one has its lock
            imports.run(
                "insert into finding_key select organization_id, asset_id, 1, cast(:key as uuid), max(id)"
                " from finding group by 1, 2",
                key=json.loads(next(found.matches.batches()))[0][2]["keys"][0],
            )
        return found

    monkeypatch.setattr(drift.Matcher, "match", match_and_be_overtaken)
    scan = imports(report(code("src/b.py"), OTHER))
    assert (scan.counts["moved"], scan.counts["new"], scan.counts["closed"]) == (0, 1, 1)
    assert imports.value("select count(*) from match_log") == 0
    consistent()


def test_what_a_partial_scan_did_not_cover_has_not_moved(imports):
    uncovered = code("src/a.py") | {"target": "one"}
    imports(report(uncovered, OTHER))
    scan = imports(report(code("src/b.py") | {"target": "two"}, targets=["two"], is_partial=True))
    assert (scan.counts["moved"], scan.counts["new"], scan.counts["closed"]) == (0, 1, 0)


def test_too_much_that_is_left_is_said_and_not_looked_through(imports, monkeypatch):
    monkeypatch.setattr(drift, "MAX_LEFTOVERS", 1)
    imports(report(*(code(f"src/{name}.py") for name in "ab")))
    scan = imports(report(*(code(f"lib/{name}.py") for name in "ab")))
    assert (scan.counts["moved"], scan.counts["new"]) == (0, 2)
    assert "too many" in scan.problems[0]["reason"]


# Whether a host is the only one shows only in all rules together.
OF_ONE_RULE = {title: case for title, case in KNOWN_AGAIN.items() if case[0] != "host_renamed"}


@pytest.mark.parametrize(("name", "before", "after"), OF_ONE_RULE.values(), ids=OF_ONE_RULE.keys())
def test_very_much_is_looked_through_rule_by_rule(imports, consistent, monkeypatch, name, before, after):
    monkeypatch.setattr(drift, "AT_ONCE", 2)
    monkeypatch.setattr(drift, "TOGETHER", 2)
    monkeypatch.setattr(matches, "AT_ONCE", 2)
    others = [code(rule=f"R{number}", snippet=f"call({number})") for number in range(20, 25)]
    elsewhere = [each | {"locations": [each["locations"][0] | {"path": "lib/z.py"}]} for each in others]
    imports(report(before, OTHER, *others))
    scan = imports(report(after, OTHER, *elsewhere))
    assert (scan.counts["moved"], scan.counts["new"], scan.problems) == (6, 0, [])
    assert name in {row.pass_name for row in imports.rows("select pass_name from match_log")}
    consistent()


def test_a_rule_with_too_much_of_its_own_is_said_and_the_others_are_looked_through(imports, monkeypatch):
    monkeypatch.setattr(drift, "AT_ONCE", 2)
    before, after = ([code(f"{at}/{name}.py") for name in "abc"] for at in ("src", "lib"))
    imports(report(*before, code(rule="R2")))
    scan = imports(report(*after, code("src/b.py", rule="R2")))
    assert (scan.counts["moved"], scan.counts["new"]) == (1, 3)
    assert "3 results of one rule are new and 3 known ones were not reported" in scan.problems[0]["reason"]


def test_a_dry_run_tells_what_would_move_and_why(imports):
    imports(report(code("src/a.py"), OTHER))
    scan = imports(report(code("src/b.py"), OTHER), dry_run=True)
    assert scan.counts["moved"] == 1
    assert imports.value("select count(*) from match_log") == 0
    assert imports.value("select count(*) from finding_key") == 2
    told = {each.change: each.reason for each in changes.load(imports.settings, scan.spool_key)}
    assert set(told) == {"moved", "unchanged"}
    assert told["moved"] == REASONS["file_renamed"]


@pytest.mark.long
@pytest.mark.anyio
async def test_every_key_that_an_import_made_can_be_explained(imports):
    imports(report(*(before for _, before, _ in KNOWN_AGAIN.values())))
    imports(report(*(after for _, _, after in KNOWN_AGAIN.values())))
    engine = async_engine(imports.settings.database.url, pool=Pool(size=1))
    async with Sessions(engine).transaction(imports.organization) as session:
        findings = (await (await session.connection()).execute(select(Finding.__table__))).all()
        explained = [await explain(session, each, Ids(PublicIds(bytes(32)))) for each in findings]
    await engine.dispose()
    assert {key["made_from"] for each in explained for key in each["keys"]} == {
        "code", "package", "web", "host", "resource-at"
    }  # fmt: skip
    assert all(each["occurrences"][0]["matches"] for each in explained if len(each["keys"]) > 1)
