"""Runs a command beside programs that want a core each all the time: `with_neighbours.py N COMMAND...`.

All of them are of one session, so that the scheduler, which shares cores between sessions first (autogroups), shares
them between threads here: N of them and two threads of the command on two cores get 2 / (2 + N) of a core each.
"""
import subprocess
import sys

SPIN = "while True: pass"


def main(count, *command):
    neighbours = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(int(count))]
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        for one in neighbours:
            one.kill()
            one.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
