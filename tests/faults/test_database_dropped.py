"""Game day: somebody drops the database while people work. All that was accepted before is there again."""

import json
import os
import re
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from fixtures.whole_product import Product
from hauberk.infra.settings.home import Home

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
SETTINGS = "HAUBERK_BACKUP_POINT_IN_TIME=true\nHAUBERK_BACKUP_ARCHIVE_SECONDS=2\n"


def hauberk(folder, *arguments, check=True, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HAUBERK_")}
    return subprocess.run(
        [sys.executable, "-m", "hauberk", *arguments],
        cwd=folder,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=check,
        timeout=120,
    )


class Writer(threading.Thread):
    """Sends small reports one after the other until the server takes no more; knows which were read."""

    def __init__(self, folder, **environment):
        super().__init__()
        self.folder, self.environment, self.accepted = folder, environment, []

    def run(self):
        for number in range(1000):
            title = f"Finding {number}"
            place = [{"path": "main.tf", "line": number + 1}]
            finding = {
                "kind": "iac",
                "title": title,
                "severity": "low",
                "rule_id": f"R{number}",
                "locations": place,
            }
            report = self.folder / f"{number}.json"
            head = {"format": "hauberk", "version": 1, "scanner": "game-day"}
            report.write_text(json.dumps({**head, "findings": [finding]}))
            sent = hauberk(
                self.folder, "upload", str(report), "--asset", f"asset-{number}", "--kind", "repository", "--wait",
                check=False, **self.environment,
            )  # fmt: skip
            if sent.returncode != 0:
                return
            self.accepted.append(title)


def test_what_was_written_until_the_database_was_dropped_is_there_again(tmp_path):
    (tmp_path / ".env").write_text(SETTINGS)
    home = tmp_path / "home"
    product = Product(home).until_ready()
    try:
        token = hauberk(tmp_path, "token", "create", "game-day", HAUBERK_HOME=str(home)).stdout.strip()
        reach = {"HAUBERK_URL": f"http://127.0.0.1:{product.port}", "HAUBERK_TOKEN": token}
        writer = Writer(tmp_path, **reach)
        writer.start()
        deadline = time.monotonic() + 120
        while len(writer.accepted) < 4:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        superuser = re.sub(
            r"/hauberk\?", "/postgres?", Home(home).running().servers["database"]["backup_url"]
        )
        with psycopg.connect(superuser, autocommit=True) as connection:
            kept = list(writer.accepted)
            (moment,) = connection.execute("SELECT clock_timestamp()").fetchone()
            connection.execute("DROP DATABASE hauberk WITH (FORCE)")
            (dropped,) = connection.execute("SELECT pg_current_wal_flush_lsn()::text").fetchone()
        wait_until_archived(home, dropped)
    finally:
        product.interrupt()
        product.end()
    writer.join()
    new = {
        "HAUBERK_HOME": str(tmp_path / "new"),
        "HAUBERK_BACKUP_FOLDER": str(home / "backups"),
        "HAUBERK_SECRET_KEYS": Home(home).secrets().secret_key,
    }
    began = time.monotonic()
    said = hauberk(tmp_path, "backup", "restore", "--until", moment.isoformat(), "--yes", **new).stdout
    assert "segments of changes" in said
    (tmp_path / ".env").write_text(f"HAUBERK_SECRET_KEYS={new['HAUBERK_SECRET_KEYS']}\n")
    restored = Product(tmp_path / "new")
    try:
        restored.until_ready()
        rto = time.monotonic() - began
        reach = {"HAUBERK_URL": f"http://127.0.0.1:{restored.port}", "HAUBERK_TOKEN": token}
        lines = hauberk(tmp_path, "findings", "--json", "--limit", "1000", **reach).stdout.splitlines()
    finally:
        restored.interrupt()
        restored.end()
    assert set(kept) <= {json.loads(line)["title"] for line in lines}
    assert rto < 180


def wait_until_archived(home, lsn):
    def number(text):
        high, low = text.split("/")
        return int(high, 16) << 32 | int(low, 16)

    deadline = time.monotonic() + 60
    while True:
        states = [json.loads(path.read_text()) for path in (home / "backups/wal").glob("*/state.json")]
        if any(number(each["lsn"]) >= number(lsn) for each in states):
            return
        assert time.monotonic() < deadline, states
        time.sleep(0.2)
