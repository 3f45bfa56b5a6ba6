"""Runs a contestant as a process of its own: what it printed, and its peak memory."""
import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading

from . import ROOT, priority
from .machine import without_paths


class Failed(Exception):
    """A process that did not end well; the text says why, in one line."""


def run(command, limit_s, environment=None):
    """Standard output and the peak resident bytes of the process and its children.

    The peak is ru_maxrss of wait4: the same measure for all, whatever language they speak.

    Raises Failed when it takes longer than `limit_s`, or ends with anything but 0.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=error,
            env={**os.environ, **(environment or {})}, start_new_session=True, preexec_fn=priority.take)
        late = threading.Event()

        def stop():
            late.set()
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(limit_s, stop)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # Ctrl-C: nothing is left running
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        error.seek(0)
        if late.is_set():
            raise Failed(f"took more than {limit_s:g} s")
        if process.returncode != 0:
            lines = error.read().decode(errors="replace").strip().splitlines() or ["no word"]
            raise Failed(f"ended with {process.returncode}: {without_paths(lines[-1].strip())[:300]}")
        return out.read().decode(), usage.ru_maxrss * 1024


def run_json(command, limit_s, environment=None):
    """The same, of a process that prints JSON."""
    text, peak = run(command, limit_s, environment)
    return json.loads(text), peak
