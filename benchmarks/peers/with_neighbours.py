"""Runs a command beside programs that want a core each all the time: `with_neighbours.py N COMMAND...`.

All of them are of one session, so that the scheduler, which shares cores between sessions first (autogroups), shares
them between threads here: N of them and two threads of the command on two cores get 2 / (2 + N) of a core each.
"""
import os
import subprocess
import sys

SPIN = "while True: pass"
AUTOGROUP = "/proc/self/autogroup"


def priority():
    """The priority of this session as a text; none where the kernel knows no such."""
    try:
        with open(AUTOGROUP, encoding="ascii") as file:
            return file.read().split()[-1]
    except (OSError, IndexError):
        return None


def keep_priority(nice):
    """Gives a new session the priority of the one that it comes from."""
    if nice not in (None, "0"):
        with open(AUTOGROUP, "w", encoding="ascii") as file:
            file.write(nice)


def main(count, *command):
    keep_priority(os.environ.get("SESSION_PRIORITY"))
    neighbours = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(int(count))]
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        for one in neighbours:
            one.kill()
            one.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
