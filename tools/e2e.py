"""Starts the product on a home of its own, sends a browser through it, and stops it again."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
EMAIL = "journey@localhost"
START_SECONDS = 180
LOG_SHOWN = 20_000  # its end, when the journey failed
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    browser = os.environ.get("HAUBERK_E2E_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("There is no Chromium here: install one, or set HAUBERK_E2E_BROWSER to its path.")
    password = secrets.token_urlsafe(18)
    with tempfile.TemporaryDirectory(prefix="hauberk-e2e-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        url = f"http://127.0.0.1:{port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HAUBERK_")}
        settings = {
            "HAUBERK_HOME": str(Path(folder) / "home"),
            "HAUBERK_ADMIN_EMAIL": EMAIL,
            "HAUBERK_ADMIN_PASSWORD": password,
        }
        log = Path(folder) / "up.log"
        with log.open("wb") as output:
            product = subprocess.Popen(
                [sys.executable, "-m", "hauberk", "up", "--port", str(port), "--no-browser"],
                env=kept | settings,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        try:
            if not wait_until_ready(url, product):
                print(log.read_text(), file=sys.stderr)
                return 1
            journey = {
                "HAUBERK_E2E_URL": url,
                "HAUBERK_E2E_EMAIL": EMAIL,
                "HAUBERK_E2E_PASSWORD": password,
                "HAUBERK_E2E_BROWSER": browser,
            }
            (ROOT / "web" / "test-results" / "steps.json").unlink(missing_ok=True)  # of another run
            command = ["npm", "--prefix", str(ROOT / "web"), "run", "e2e", "--silent"]
            ended = subprocess.run(command, env=kept | journey, check=False).returncode
            if ended:
                print(log.read_text(errors="replace")[-LOG_SHOWN:], file=sys.stderr)
            keep_evidence(has_passed=ended == 0)
            return ended
        finally:
            os.killpg(product.pid, signal.SIGINT)
            product.wait(timeout=60)


def keep_evidence(*, has_passed: bool) -> None:
    """What the browser saw, for the release that is built from this source; it wrote its steps down."""
    steps = ROOT / "web" / "test-results" / "steps.json"
    steps.parent.mkdir(exist_ok=True)
    found = json.loads(steps.read_text()) if steps.is_file() else {"steps": []}
    steps.write_text(json.dumps({**found, "has_passed": has_passed}))
    script = str(ROOT / "tools" / "release_evidence.py")
    subprocess.run([sys.executable, script, "part", "browser", str(steps)], check=True)


def wait_until_ready(url: str, product: "subprocess.Popen[bytes]") -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and product.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    return False


if __name__ == "__main__":
    sys.exit(main())
