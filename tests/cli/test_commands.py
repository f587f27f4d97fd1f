"""The command line itself: help without delay, one sentence for a refusal, secrets, the schema."""

import os
import re
import subprocess
import sys

import pytest
from alembic import command
from redis import Redis
from typer.testing import CliRunner

from hauberk.cli import main
from hauberk.db import migrate
from hauberk.infra.settings.secret_keys import parse, weakness
from hauberk.infra.telemetry import recent
from hauberk.kit import discover

RUN = CliRunner()


def hauberk(*arguments, **environment):
    return RUN.invoke(main.app, arguments, env=environment, prog_name="hauberk")


def test_help_names_every_command_with_a_sentence():
    told = hauberk("--help").output
    for name in discover.names(main.PACKAGE):
        if name != "main":
            line = next(
                line for line in told.splitlines() if line.strip().startswith(name.replace("_", "-") + " ")
            )
            assert len(line.split(maxsplit=1)[1]) > 10


@pytest.mark.parametrize("name", [each for each in discover.names(main.PACKAGE) if each != "main"])
def test_every_command_explains_itself(name):
    told = hauberk(name.replace("_", "-"), "--help")
    assert told.exit_code == 0
    assert "Usage: hauberk" in told.output


def test_help_loads_nothing_of_the_product():
    code = (
        "import sys\nfrom hauberk.cli.main import run\nsys.argv = ['hauberk', '--help']\n"
        "try:\n run()\nexcept SystemExit:\n pass\n"
        "print([name for name in ('sqlalchemy', 'fastapi', 'pydantic', 'rich.console', 'redis') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_wrong_usage():
    assert hauberk("pasre").exit_code == 2


@pytest.mark.long
def test_a_refusal_is_one_sentence_and_status_1(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "hauberk", "migrate"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("hauberk: There is no database: start 'hauberk up'")


def _leaves(group, words=()):
    for name in group.list_commands(None):
        each = main._load(name) if group is main.command() else group.get_command(None, name)
        if hasattr(each, "commands"):
            yield from _leaves(each, (*words, name))
        else:
            yield (*words, name), each


NEED_NOTHING = {"up", "demo", "bench"}  # they start what they need


@pytest.mark.long
@pytest.mark.parametrize(
    "words", [words for words, _ in _leaves(main.command()) if words[0] not in NEED_NOTHING], ids=" ".join
)
def test_where_nothing_is_set_up_every_command_says_so_in_a_sentence(words, tmp_path):
    each = dict(_leaves(main.command()))[words]
    given = [
        text
        for one in each.params
        if one.required
        for text in (([] if one.param_type_name == "argument" else [one.opts[0]]) + ["1"])
    ]
    told = subprocess.run(
        [sys.executable, "-m", "hauberk", *words, *given],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("HAUBERK_")},
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert told.returncode in {0, 1, 2, 3, 4}
    assert "Traceback" not in told.stderr
    assert told.stdout or told.stderr, "it ends without a word"


def test_the_version_is_told():
    assert hauberk("--version").output.startswith("hauberk ")


def test_a_new_secret_is_strong():
    made = hauberk("secret", "new").output.strip()
    assert weakness(parse(made).material.decode()) is None


def test_a_fingerprint_tells_secrets_apart_and_shows_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = hauberk("secret", "fingerprint", HAUBERK_SECRET_KEYS="a:" + "x" * 50).output
    second = hauberk("secret", "fingerprint", HAUBERK_SECRET_KEYS="a:" + "y" * 50).output
    assert first.startswith("a  ")
    assert first != second
    assert "xxx" not in first


def test_the_schema_is_checked_and_brought_to_head(fresh_database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    variables = {
        "HAUBERK_ENVIRONMENT": "test",
        "HAUBERK_DATABASE_URL": fresh_database.url,
        "HAUBERK_DATABASE_OWNER_URL": fresh_database.owner_url,
    }
    assert hauberk("migrate", "--check", **variables).exit_code == 0
    assert "The schema is at" in hauberk("migrate", **variables).output


@pytest.mark.long
def test_an_upgrade_says_from_where_to_where_it_brought_the_schema(empty_database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    variables = {
        "HAUBERK_ENVIRONMENT": "test",
        "HAUBERK_DATABASE_URL": empty_database.url,
        "HAUBERK_DATABASE_OWNER_URL": empty_database.owner_url,
    }
    command.upgrade(migrate._config(empty_database.owner_url), "head-1")  # by a release before
    before, head = migrate.current(empty_database.owner_url), migrate.head()
    assert f"The schema was at {before}, and is at {head} now." in hauberk("migrate", **variables).output
    assert f"The schema is at {head}." in hauberk("migrate", **variables).output


def test_the_end_of_each_log_is_shown_with_its_role(tmp_path):
    folder = tmp_path / "home" / "logs"
    folder.mkdir(parents=True)
    (folder / "serve.log").write_text("".join(f"line {number}\n" for number in range(100)))
    (folder / "worker.log").write_text("only one\n")
    home = {"HAUBERK_HOME": str(tmp_path / "home")}
    assert hauberk("logs", "-n", "2", **home).output.splitlines() == [
        "serve     line 98",
        "serve     line 99",
        "worker    only one",
    ]
    assert hauberk("logs", "worker", **home).output == "worker    only one\n"
    assert hauberk("logs", "mailer", **home).exit_code == 1


def test_where_there_are_no_files_the_newest_records_of_all_processes_are_shown(tmp_path, cache_url):
    nobody_s = re.sub(r"db=\d+", "db=15", cache_url)  # what other tests log may arrive in theirs at any time
    cache = Redis.from_url(nobody_s)
    cache.delete(recent.KEY)
    for role, line in (("api", "first"), ("worker", "second"), ("api", "third")):
        cache.xadd(recent.KEY, {"role": role, "line": line})
    home = {"HAUBERK_HOME": str(tmp_path / "elsewhere"), "HAUBERK_CACHE_URL": nobody_s}
    assert hauberk("logs", "-n", "2", **home).output == "worker    second\napi       third\n"
    assert hauberk("logs", "api", **home).output == "api       first\napi       third\n"
    cache.delete(recent.KEY)
    cache.close()


@pytest.mark.long
def test_what_is_written_into_a_file_has_no_colours(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "hauberk", "readiness", "--url", "http://127.0.0.1:9", "--only", "SEC-7"],
        capture_output=True,
        text=True,
        env={"HAUBERK_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert "SEC-7" in told.stdout
    assert "\x1b" not in told.stdout


def test_a_proxy_is_rendered_with_a_key_that_only_the_proxy_reads(monkeypatch, tmp_path):
    key = tmp_path / "key.pem"
    key.write_text("for root alone")
    monkeypatch.setattr("os.access", lambda path, *_, **__: str(path) != str(key))
    rendered = hauberk("render", "nginx", "--certificate", "/etc/ssl/chain.pem", "--key", str(key))
    assert rendered.exit_code == 0, rendered.output
    assert f"ssl_certificate_key {key};" in rendered.output
