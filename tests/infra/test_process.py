"""Programs under the shim: asked first, killed after their grace, and never alone."""

import os
import signal
import subprocess
import sys
import time

import pytest

from hauberk.infra.embedded.process import MAX_LOG_BYTES, Process, Program, StartFailed, run_to_end, trim_log

STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(300)
"""


def program(tmp_path, code, **more):
    return Program("try", [sys.executable, "-c", code], tmp_path / "logs" / "try.log", **more)


def said(process, lines=1):
    deadline = time.monotonic() + 60
    while len(process.last_words().splitlines()) < lines:
        assert time.monotonic() < deadline, process.last_words()
        time.sleep(0.02)
    return process.last_words().splitlines()


def is_alive(pid):
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False
    ).stdout
    return bool(told.strip()) and not told.strip().startswith("Z")


def gone(pid):
    deadline = time.monotonic() + 60
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_program_is_asked_to_stop_and_its_exit_code_comes_through(tmp_path):
    code = "import signal,sys,time\nsignal.signal(signal.SIGINT, lambda *_: sys.exit(7))\nprint('up', flush=True)\ntime.sleep(300)"
    process = Process(program(tmp_path, code, stop_signal=signal.SIGINT))
    said(process)
    process.stop()
    assert process.exit_code() == 7


def test_a_stubborn_program_is_killed_after_its_grace_with_its_children(tmp_path):
    process = Process(program(tmp_path, STUBBORN, grace_seconds=0.3))
    pids = said(process, 2)
    process.stop()
    assert all(gone(pid) for pid in pids)


def test_kill_does_not_wait_for_the_grace(tmp_path):
    process = Process(program(tmp_path, STUBBORN, grace_seconds=300))
    pids = said(process, 2)
    began = time.monotonic()
    process.kill()
    assert time.monotonic() - began < 60
    assert all(gone(pid) for pid in pids)


def test_children_of_a_program_that_crashed_go_with_it(tmp_path):
    code = "import os,time\nchild = os.fork()\nif child == 0:\n time.sleep(300)\nprint(child, flush=True)\nos._exit(3)"
    process = Process(program(tmp_path, code))
    assert process.wait(20)
    assert process.exit_code() == 3
    assert gone(process.last_words())
    process.ask_to_stop()


def test_a_program_that_does_not_exist_is_said_in_its_log(tmp_path):
    process = Process(Program("try", ["/does/not/exist"], tmp_path / "try.log"))
    assert process.wait(20)
    assert process.exit_code() == 127
    assert "/does/not/exist cannot be started: No such file or directory" in process.last_words()
    process.ask_to_stop()


def test_a_shared_program_lives_until_its_last_holder_lets_go(tmp_path):
    hold = tmp_path / "hold"
    process = Process(program(tmp_path, "import time\nprint('up', flush=True)\ntime.sleep(300)"), hold=hold)
    said(process)
    other = os.open(hold, os.O_WRONLY | os.O_NONBLOCK)
    process.ask_to_stop()
    assert not process.wait(0.5)
    os.close(other)
    assert process.wait(20)


def test_a_command_that_hangs_is_ended(tmp_path):
    with pytest.raises(StartFailed, match="did not end within"):
        run_to_end(program(tmp_path, "import time\ntime.sleep(300)"), timeout=0.5)
    assert run_to_end(program(tmp_path, "raise SystemExit(4)"), timeout=20) == 4


def test_a_log_is_private_and_cut_when_it_has_grown(tmp_path):
    process = Process(program(tmp_path, "print('up', flush=True)"))
    assert process.wait(20)
    process.ask_to_stop()
    log = process.program.log
    assert log.stat().st_mode & 0o077 == 0
    trim_log(log)
    assert log.read_text() == "up\n"
    with log.open("ab") as file:
        file.truncate(MAX_LOG_BYTES + 1)
    trim_log(log)
    assert log.stat().st_size == 0
    assert (log.parent / "try.1.log").stat().st_size == MAX_LOG_BYTES + 1
