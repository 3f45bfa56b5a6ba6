"""What of this machine and this checkout a record needs."""
import datetime
import os
import platform
import re
import subprocess
import sys

from . import ROOT, priority

BF16_FLAGS = {"avx512_bf16", "amx_bf16"}


def _cpuinfo(key):
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def cpu():
    """Name, family and model: virtual machines call processors of several kinds by one name."""
    numbers = [_cpuinfo(key) for key in ("cpu family", "model\t")]
    known = f" (family {numbers[0]}, model {numbers[1]})" if all(numbers) else ""
    return (_cpuinfo("model name") or platform.processor()) + known


def why_not(precision):
    """Why this processor is no place for a precision; None if it is."""
    if precision == "bf16" and not BF16_FLAGS & set(_cpuinfo("flags").split()):
        return "this processor has neither avx512_bf16 nor amx_bf16"
    return None


def facts(threads):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cpu": cpu(), "cores": os.cpu_count(), "memory_bytes": memory, "threads": threads}


def head(schema, script, threads):
    """What every record of a script of this folder begins with."""
    return {
        "schema": schema,
        "version": 1,
        "command": without_paths(" ".join([f"benchmarks/peers/{script}", *sys.argv[1:]])),
        "commit": commit(),
        "date": datetime.date.today().isoformat(),
        "machine": {**facts(threads), "session_nice": priority.wanted()},
    }


def commit():
    """The commit of this checkout; one with changes ends in "-dirty"."""
    told = subprocess.run(["git", "describe", "--always", "--abbrev=40", "--dirty"],
                          cwd=ROOT, capture_output=True, text=True)
    return told.stdout.strip()


def without_paths(text):
    """The text with absolute paths cut to their last part: a record tells nothing of where things lie here."""
    return re.sub(r"(?<![\w.])/(?:[^\s/'\"]+/)+", "", text)
