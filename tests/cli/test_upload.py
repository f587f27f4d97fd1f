"""`hauberk upload` as a pipeline calls it: against a server that listens and a worker that works."""

import json
import os
import subprocess
import threading

import httpx2
import pytest

from factories import reports
from factories.listening import listening
from factories.vex import openvex, statement
from factories.working import working
from fixtures.api import unlimited
from fixtures.typed import typed
from hauberk.jobs.queues import Queue


@pytest.fixture
def served(settings):
    """`served(settings)`: the address of a server with a worker beside it, and a token."""
    stop = threading.Event()

    def work(worker):
        while not stop.is_set():
            worker(Queue.IMPORT)
            stop.wait(0.05)

    with working(settings) as worker:
        thread = threading.Thread(target=work, args=(worker,))
        thread.start()
        yield listening
        stop.set()
        thread.join()


@pytest.fixture
def server(served, settings):
    with served(unlimited(settings)) as found:
        yield found


@pytest.fixture
def hauberk(tmp_path):
    """`hauberk(server, "upload", …)`: what a shell would see."""

    def call(server, *words, **variables):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HAUBERK_")}
        environment |= {
            "HAUBERK_URL": server.url if server else "http://127.0.0.1:9",
            "HAUBERK_TOKEN": server.member.token if server else "hbk_x",
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
        }
        environment |= variables
        return subprocess.run(
            typed(*words),
            capture_output=True,
            text=True,
            check=False,
            env={name: value for name, value in environment.items() if value},
            cwd=tmp_path,
            timeout=120,
        )

    return call


@pytest.fixture
def upload(hauberk, server, tmp_path):
    """`upload(report, "--wait")`: exit status, standard output and standard error."""

    def send(report, *options, asset="shop", to=server):
        path = tmp_path / "report.json"
        path.write_bytes(report if isinstance(report, bytes) else json.dumps(report).encode())
        done = hauberk(to, "upload", str(path), "--asset", asset, *options)
        return done.returncode, done.stdout, done.stderr

    return send


@pytest.fixture
def ask(server):
    with httpx2.Client(base_url=f"{server.url}/api/v1", headers=server.member.headers) as client:
        yield lambda path, **query: client.get(path, params=query).json()


@pytest.mark.long
def test_it_sends_the_report_and_does_not_wait_unless_asked(upload, ask):
    status, out, err = upload(reports.code(3), "--json")
    assert (status, err) == (0, "")
    scan = json.loads(out)
    assert scan["state"] == "accepted"
    assert ask(f"/scans/{scan['id']}")["file_name"] == "report.json"


@pytest.mark.long
def test_with_wait_it_says_what_changed(upload):
    status, out, err = upload(reports.code(3), "--wait")
    assert (status, err) == (0, "")
    assert out.splitlines()[0].endswith("  done")
    assert "3 results: 3 new, 0 unchanged" in out
    status, out, _ = upload(reports.code(3), "--wait", "--json")
    assert (status, json.loads(out)["counts"]["unchanged"]) == (0, 3)


@pytest.mark.long
def test_a_supplier_s_document_says_what_it_stated_and_decided(upload):
    upload(reports.packages(3), "--wait")
    stated = openvex(statement("CVE-2024-1001", "not_affected", "pkg:npm/package-1"))
    status, out, _ = upload(stated, "--wait")
    assert status == 0
    assert "1 statements: 1 new, 0 withdrawn; 1 findings decided" in out


@pytest.mark.long
def test_its_options_are_the_form_s_fields(upload):
    options = [
        "--kind",
        "image",
        "--ref",
        "release/2",
        "--scope",
        "nightly",
        "--partial",
        "--format",
        "gosec-json",
    ]
    status, out, _ = upload(reports.code(3), *options, "--wait", "--json", asset="Till")
    scan = json.loads(out)
    assert status == 0
    assert (scan["asset"]["name"], scan["ref"], scan["scope"], scan["partial"]) == (
        "Till",
        "release/2",
        "nightly",
        True,
    )


@pytest.mark.long
def test_a_report_that_cannot_be_read_is_exit_status_1(upload, ask):
    status, out, err = upload(b'{"Issues": [{"rule_id": ]}', "--format", "gosec-json", "--wait")
    assert status == 1
    assert out.splitlines()[0].endswith("  failed")
    assert "Invalid JSON" in err
    assert "(line 1, column " in err
    assert "No finding was changed." in err
    assert "Traceback" not in err


@pytest.mark.long
def test_what_the_server_refuses_is_told_in_its_words(upload, ask):
    status, _, err = upload(b'{"what": "ever"}', "--wait")
    assert status == 1
    assert "no report format that is known here" in err
    status, _, err = upload(reports.code(1), "--kind", "A Kind")
    assert status == 1
    assert "/asset_kind" in err
    assert ask("/scans")["total"] == 0


@pytest.mark.long
def test_without_a_server_or_a_token_it_says_what_to_do(hauberk, server, tmp_path):
    report = tmp_path / "report.json"
    report.write_text(json.dumps(reports.code(1)))
    nobody = hauberk(None, "upload", str(report))
    assert (nobody.returncode, "Is the server running?" in nobody.stderr) == (1, True)
    tokenless = hauberk(server, "upload", str(report), HAUBERK_TOKEN="")
    assert (tokenless.returncode, "hauberk login" in tokenless.stderr) == (1, True)
    wrong = hauberk(server, "upload", str(report), HAUBERK_TOKEN="hbk_no_such_token")
    assert (wrong.returncode, "token" in wrong.stderr) == (1, True)


@pytest.mark.long
def test_wrong_usage_is_exit_status_2_and_sends_nothing(upload, hauberk, server, ask):
    assert hauberk(server, "upload", "no such file").returncode == 2
    assert upload(reports.code(1), "--fail-on", "sevrity:high")[0] == 2
    assert upload(reports.code(1), "--fail-on", "severity>=")[0] == 2
    status, _, err = upload(reports.code(1), "--dry-run", "--fail-on", "is:new")
    assert (status, "dry run" in err) == (2, True)
    assert ask("/scans")["total"] == 0


@pytest.mark.long
def test_a_dry_run_says_what_would_change_and_changes_nothing(upload, ask):
    upload(reports.code(10), "--wait")
    status, out, _ = upload(reports.code(12), "--dry-run")
    assert status == 0
    assert "dry run: nothing was written" in out
    assert "2 new, 10 unchanged" in out
    assert "would be held" in upload(reports.code(1), "--dry-run")[1]
    assert ask("/findings")["total"] == 10


@pytest.mark.long
def test_the_gate_is_about_this_scan_when_it_says_new(upload, ask):
    gate = ("--fail-on", "severity>=high and is:new")
    status, _, err = upload(reports.code(10), *gate)
    assert (status, "matches 10 findings." in err) == (3, True)
    assert upload(reports.code(10), *gate)[0] == 0, "the same again holds nothing new"
    assert upload(reports.code(10, shift=7), *gate)[0] == 0, "moved is not new"
    assert upload(reports.code(10), *gate, "--scope", "nightly")[0] == 0, "a further place of what is known"
    assert upload(reports.code(10), *gate, asset="till")[0] == 3, "another asset's findings are its own"
    status, _, err = upload(reports.code(11, shift=7), *gate)
    assert (status, "matches 1 finding." in err) == (3, True)
    assert upload(reports.code(13, shift=7, severity="LOW"), *gate)[0] == 0, "new, and not high"
    assert ask("/findings", q="asset:shop")["total"] == 13


@pytest.mark.long
def test_a_gate_without_new_is_about_the_whole_asset(upload):
    upload(reports.code(5), "--wait")
    upload(reports.packages(5), "--wait", asset="other")
    assert upload(reports.code(5), "--fail-on", "severity>=high is:open")[0] == 3
    assert upload(reports.code(5), "--fail-on", "kind:sca")[0] == 0
    assert upload(reports.code(5), "--fail-on", "severity:critical or is:new")[0] == 0
    assert upload(reports.code(6), "--fail-on", "severity:critical or is:new,overdue")[0] == 3
    assert upload(reports.code(6), "--fail-on", '"is:new"')[0] == 0, "text in quotation marks is text"


@pytest.mark.long
def test_a_gate_is_about_every_asset_of_a_report_that_was_divided(upload):
    gate = ("--fail-on", "is:new")
    status, _, err = upload(reports.hosts(3, problems=2), *gate, asset="auto")
    assert (status, "matches 6 findings." in err) == (3, True), err
    assert upload(reports.hosts(3, problems=2), *gate, asset="auto")[0] == 0, "the same again"
    assert upload(reports.hosts(3, problems=3), *gate, asset="auto")[0] == 3


@pytest.mark.long
def test_a_held_scan_is_exit_status_4_unless_the_gate_fails(upload):
    upload(reports.code(40), "--wait")
    status, out, _ = upload(reports.code(30), "--wait")
    assert (status, "  Held: " in out) == (4, True)
    assert upload(reports.code(30), "--fail-on", "severity:high")[0] == 3
    assert upload(reports.code(30), "--fail-on", "is:new")[0] == 4


@pytest.mark.long
def test_waiting_is_patient_with_a_server_that_is_asked_too_often(served, settings, upload):
    rates = unlimited(settings).rate_limit.model_copy(update={"default": "2/second"})
    with served(settings.model_copy(update={"rate_limit": rates})) as busy:
        assert upload(reports.code(3), "--fail-on", "is:new", to=busy)[0] == 3


@pytest.mark.long
def test_a_scan_is_undone_and_read_again_from_the_shell_after_its_difference_was_shown(
    hauberk, server, upload
):
    upload(reports.code(5), "--wait")
    _, said, _ = upload(reports.code(8), "--wait", "--json")
    scan = json.loads(said)["id"]
    shown = hauberk(server, "undo", scan, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("- high") == 3
    assert "3 inactive. Nothing was changed." in shown.stdout
    unasked = hauberk(server, "undo", scan)
    assert (unasked.returncode, "--yes" in unasked.stderr) == (2, True)
    again = hauberk(server, "reprocess", scan, "--yes", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout.splitlines()[-1])["state"] == "done"
    done = hauberk(server, "undo", scan, "--yes")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{scan}  undone")
    twice = hauberk(server, "undo", scan, "--yes")
    assert (twice.returncode, "undone already" in twice.stderr) == (1, True)
