"""The sandbox holds whatever the child does, and one child's end is nobody else's."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hauberk.infra.settings import Environment
from hauberk.infra.settings.loading import read_settings
from hauberk.infra.settings.secret_keys import new_secret
from hauberk.ingest.sandbox.errors import (
    ChildCrashed,
    ChildOutOfMemory,
    ChildRefused,
    ChildTimedOut,
    SandboxLost,
)
from hauberk.ingest.sandbox.report import SandboxRefusedError, SandboxReport, accept, inspect
from hauberk.ingest.sandbox.sandbox import Sandbox

TASKS = str(Path(__file__).parent / "sandbox_tasks")
MIB = 2**20
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can confine a process")


def _settings(home, **more):
    variables = {
        "HAUBERK_ENVIRONMENT": "test",
        "HAUBERK_HOME": str(home),
        "HAUBERK_SECRET_KEYS": new_secret(),
    }
    return read_settings({**variables, **more}, servers=False)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return _settings(
        tmp_path_factory.mktemp("home"),
        HAUBERK_PARSER_MEMORY=str(400 * MIB),
        HAUBERK_PARSER_CPU_SECONDS="1",
        HAUBERK_PARSER_WALL_SECONDS="6",
        HAUBERK_UPLOAD_MAX_EXPANDED_BYTES=str(20 * MIB),
    )


@pytest.fixture(scope="module")
def sandbox(settings):
    sandbox = Sandbox(settings, folders=[TASKS])
    yield sandbox
    sandbox.close()


@pytest.fixture
def spool():
    with tempfile.TemporaryFile() as file:
        yield file


def _run(sandbox, name, files=None, arguments=None, **more):
    return sandbox.run(f"hostile:{name}", files=files or {}, arguments=arguments or {}, **more)


def test_a_child_reads_and_writes_the_files_it_was_handed(sandbox, spool):
    with tempfile.TemporaryFile() as report:
        report.write(b"hello")
        report.seek(0)
        told = []
        result = _run(
            sandbox,
            "copy",
            {"report": report.fileno(), "spool": spool.fileno()},
            {"big": 2**40},
            on_progress=told.append,
        )
    spool.seek(0)
    assert spool.read() == b"HELLO"
    assert result == {"read": 5, "arguments": {"big": 2**40}}
    assert told == [{"bytes_read": 5}]


@linux
def test_a_child_reaches_nothing_else(sandbox, spool, tmp_path):
    keep = tmp_path / "keep"
    keep.touch(0o666)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = {"port": listener.getsockname()[1], "file": str(keep)}
        result = _run(sandbox, "try_everything", {"spool": spool.fileno()}, arguments)
    assert set(result["opened by the child"].values()) == {"PermissionError"}, result
    assert result["environment"] == {}
    assert result["modules"] == []
    assert set(result["files"]) < set(result["descriptors"])
    assert len(result["descriptors"]) == len(result["files"]) + 1  # its messages
    assert result["uid"] != 0
    assert keep.exists()


def test_a_number_of_five_thousand_digits_is_read(sandbox, spool, tmp_path):
    result = _run(sandbox, "try_everything", arguments={"port": 1, "file": str(tmp_path / "none")})
    assert result["digits"] == 5_000


def test_what_the_task_refuses_is_told_with_its_position(sandbox):
    with pytest.raises(ChildRefused, match="cut off") as refused:
        _run(sandbox, "refuse")
    assert (refused.value.code, refused.value.position) == ("truncated", "line 3")


def test_an_unexpected_exception_is_a_crash_with_its_traceback(sandbox):
    with pytest.raises(ChildCrashed) as crashed:
        _run(sandbox, "fail")
    assert "nobody thought of this" in crashed.value.reason


@pytest.mark.parametrize(("name", "number"), [("segfault", signal.SIGSEGV), ("abort", signal.SIGABRT)])
def test_a_signal_is_a_crash_of_this_child_only(sandbox, spool, name, number):
    zygote = sandbox.zygote_pid
    with pytest.raises(ChildCrashed) as crashed:
        _run(sandbox, name)
    assert crashed.value.signal_number == number
    assert _run(sandbox, "kill_the_parent") == {"answer": "PermissionError"}
    assert sandbox.zygote_pid == (zygote or sandbox.zygote_pid)


def test_an_end_without_a_result_is_a_crash(sandbox):
    with pytest.raises(ChildCrashed):
        _run(sandbox, "exit_quietly")


@linux
@pytest.mark.parametrize(
    ("protection", "attempts"),
    [
        (
            "landlock.restrict()",
            ["os.open('/etc/passwd', os.O_RDONLY)", "connect()", "os.kill(os.getppid(), 0)"],
        ),
        (
            "seccomp.refuse_calls()",
            ["os.open('/etc/passwd', os.O_RDONLY)", "connect()", "os.kill(os.getppid(), 0)", "os.fork()"],
        ),
    ],
)
def test_each_protection_holds_alone(protection, attempts):
    """In a child they hold together, so that one could fail unseen."""
    lines = [
        "import os, socket",
        "from hauberk.ingest.sandbox import kernel, landlock, seccomp",
        "def connect(): socket.socket().connect(('127.0.0.1', 9))",
        "kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)",
        protection,
    ]
    for attempt in attempts:
        lines += ["try:", f"    {attempt}", "    raise SystemExit(3)", "except PermissionError: pass"]
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


@linux
def test_memory_is_bounded(sandbox):
    with pytest.raises(ChildOutOfMemory, match="400 MiB"):
        _run(sandbox, "hoard_memory")


@pytest.mark.long
def test_processor_time_is_bounded(sandbox):
    with pytest.raises(ChildTimedOut, match="processor"):
        _run(sandbox, "burn")


@pytest.mark.long
def test_a_child_that_hangs_is_killed(sandbox):
    began = time.monotonic()
    with pytest.raises(ChildTimedOut, match="longer than 6 seconds"):
        _run(sandbox, "hang")
    assert time.monotonic() - began < 60


def test_files_do_not_grow_beyond_the_limit(sandbox, spool):
    with pytest.raises(ChildCrashed, match="unexpectedly") as crashed:
        _run(sandbox, "fill_the_disk", {"spool": spool.fileno()})
    assert "File too large" in crashed.value.reason
    assert os.fstat(spool.fileno()).st_size <= 20 * MIB


@pytest.mark.parametrize("name", ["talk_without_end", "say_nonsense"])
def test_a_child_that_says_too_much_or_nonsense_is_killed(sandbox, name):
    with pytest.raises(ChildCrashed, match="unexpectedly") as crashed:
        _run(sandbox, name)
    assert "no child says" in crashed.value.reason


@linux
def test_what_the_caller_raises_kills_the_child(sandbox):
    class StopError(Exception):
        pass

    def stop(*_):
        raise StopError

    began = time.monotonic()
    with pytest.raises(StopError):
        _run(sandbox, "hang", on_progress=stop)
    with pytest.raises(StopError):
        _run(sandbox, "hang", check=stop)
    assert time.monotonic() - began < 60
    assert _children_of(sandbox.zygote_pid) == []


def test_several_threads_run_children_at_once(sandbox):
    def run(number):
        with tempfile.TemporaryFile() as report, tempfile.TemporaryFile() as spool:
            report.write(b"x" * number)
            report.seek(0)
            if number % 3 == 0:
                with pytest.raises(ChildCrashed):
                    _run(sandbox, "segfault")
            return _run(sandbox, "copy", {"report": report.fileno(), "spool": spool.fileno()})["read"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(24))) == list(range(24))


@linux
def test_a_killed_zygote_takes_its_children_along_and_is_started_again(sandbox):
    told = threading.Event()
    failed = []

    def run():
        try:
            _run(sandbox, "hang", on_progress=lambda _: told.set())
        except SandboxLost as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert told.wait(20)
    zygote = sandbox.zygote_pid
    children = _children_of(zygote)
    assert len(children) == 1
    os.kill(zygote, signal.SIGKILL)
    thread.join(30)
    assert len(failed) == 1
    deadline = time.monotonic() + 30
    while _is_alive(children[0]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(children[0])
    assert _run(sandbox, "kill_the_parent")
    assert sandbox.zygote_pid != zygote


@linux
def test_no_descriptor_is_left_open(sandbox):
    _run(sandbox, "kill_the_parent")
    time.sleep(0.2)  # the zygote closes its side after ours has heard of the end
    before = _open_descriptors("self")
    zygote_before = _open_descriptors(sandbox.zygote_pid)
    for _ in range(5):
        _run(sandbox, "kill_the_parent")
        with pytest.raises(ChildCrashed):
            _run(sandbox, "fail")
    assert _open_descriptors("self") == before
    deadline = time.monotonic() + 30
    while _open_descriptors(sandbox.zygote_pid) != zygote_before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _open_descriptors(sandbox.zygote_pid) == zygote_before


def test_this_machine_s_sandbox_is_reported(sandbox):
    report = inspect(sandbox)
    assert report.level == ("full" if report.missing == () else "partial")
    assert not any("could be" in name for name in report.missing), report


def test_production_goes_on_with_a_partial_sandbox_only_when_told(tmp_path):
    partial = SandboxReport("partial", ("landlock",))
    settings = _settings(tmp_path).model_copy(update={"environment": Environment.PRODUCTION})
    with pytest.raises(SandboxRefusedError, match=r"landlock.*HAUBERK_SANDBOX=partial"):
        accept(partial, settings)
    accept(partial, settings.model_copy(update={"sandbox": "partial"}))
    accept(SandboxReport("full", ()), settings)


def _children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_alive(pid):
    """A zombie that nobody has collected yet is dead."""
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _open_descriptors(process):
    return len(list(Path(f"/proc/{process}/fd").iterdir()))
