"""The priority of what is timed, on a machine that others use as well.

SESSION_NICE=-15 lets processes that are timed run before those of other sessions (it takes root, and a kernel that
shares cores between sessions: autogroups). Without it everybody has the priority of a new session.
"""
import os

AUTOGROUP = "/proc/self/autogroup"


def wanted():
    """The value of SESSION_NICE; None where it is not set."""
    text = os.environ.get("SESSION_NICE")
    return int(text) if text else None


def take():
    """Gives the session of this process the wanted priority."""
    if (nice := wanted()) is not None:
        with open(AUTOGROUP, "w", encoding="ascii") as file:
            file.write(str(nice))
