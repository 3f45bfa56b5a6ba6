"""Times Stackbench and its peers in turn (A B C ... C B A ...) on this machine and writes the ratios.

    python3 benchmarks/peers/compare_times.py --out results/peer-times.json
    python3 benchmarks/peers/compare_times.py --cases vnet:small@32x128x128 --peers openvino --rounds 3

The peers are PyTorch (eager, and compiled ahead of time, which needs g++), ONNX Runtime and OpenVINO. The first call
makes their environment (requirements.txt). For every case and precision:

1. weights and an input are drawn, and given to all;
2. every peer saves the model in its own format, in each setting that may be its fastest, by a process that ends;
3. in a fresh process it loads that, and what it computes is compared with what Stackbench does;
4. the rounds: Stackbench and each peer in its fastest setting, each turn a fresh process that loads the saved model
   and the weights, one warm-up and some timed executions, of which the median counts. Every second round goes
   backwards, so that a machine that becomes slower favours none.

Ratios are Stackbench's by the peer's, of seconds and of the peak resident memory of the processes: the median over
rounds, with the 95 % interval of 10,000 bootstrap samples of them. A peer that fails or takes too long is recorded
with the reason. The file is written after every round. Exit status 1 where outputs differ or Stackbench fails.
"""
import argparse
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from comparison import child, environment, machine
from comparison.contest import LIMITS, Contest, say
from comparison.table import table
from engines import ENGINES

CASES = "vnet:paper206@32x512x512,vnet:official1@32x256x256,unet:full@512x512,vnet:small@32x128x128,unet:small@128x128"
LIMIT_S = 900


def limits(text):
    """"900,openvino=60": seconds that a process may take, and those of some peers."""
    parts = [part.rpartition("=") for part in text.split(",")]
    found = {peer: float(seconds) for peer, _, seconds in parts}
    if unknown := set(found) - {"", *ENGINES}:
        raise argparse.ArgumentTypeError(f"there is no peer {', '.join(unknown)}")
    return {peer: found.get(peer, found.get("", LIMIT_S)) for peer in ("", *ENGINES)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    listed = lambda text: text.split(",")
    parser.add_argument("--cases", type=listed, default=CASES, help="MODEL@SIZES,...")
    parser.add_argument("--peers", type=listed, default=",".join(ENGINES), help=f"of {', '.join(ENGINES)}")
    parser.add_argument("--precision", type=listed, default="fp32,bf16", help="fp32, bf16 or both")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3, help="timed executions of a process")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--limit", type=limits, default=str(LIMIT_S), metavar="SECONDS[,PEER=SECONDS...]",
                        help=f"that a process may take (default: {LIMIT_S})")
    parser.add_argument("--out", type=Path, help="where to write the results")
    parser.add_argument("--work", type=Path, help="folder for weights and saved models (default: a temporary one)")
    environment.add_options(parser)
    options = parser.parse_args()
    for given, known in ((options.peers, ENGINES), (options.precision, LIMITS)):
        if unknown := [one for one in given if one not in known]:
            parser.error(f"there is no {', '.join(unknown)}; choose of {', '.join(known)}")
    if wrong := [case for case in options.cases if case.count("@") != 1]:
        parser.error(f"a case is MODEL@SIZES, such as unet:full@512x512, not {', '.join(wrong)}")
    return options


def compare(options, python, case, precision, note):
    """All of a case in a precision; `note` is called with the record so far."""
    say(f"{case} {precision}")
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        contest = Contest(options, python, case, precision, Path(folder))
        contest.draw()
        for peer in options.peers:
            contest.prepare(peer)
        for _ in range(options.rounds):
            contest.round()
            note(contest.record(), contest.device)


def write(record, out):
    """Whole or not at all."""
    if out:
        part = out.with_name(f"{out.name}.tmp")
        part.write_text(json.dumps(record, indent=1) + "\n")
        part.replace(out)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # ends what runs now, as Ctrl-C does
    options = arguments()
    record = {
        **machine.head("stackbench/peer-times", "compare_times.py", options.threads),
        "not_run": [],
        "cases": [],
    }
    failures = 0
    for precision in options.precision:
        if reason := machine.why_not(precision):
            say(f"{precision} is left out: {reason}")
            record["not_run"].append({"precision": precision, "reason": reason})
            continue
        python = environment.ready(options)
        for case in options.cases:
            before = list(record["cases"])

            def note(found, device):
                record["machine"]["stackbench"] = device
                record["cases"] = [*before, found]
                write(record, options.out)

            try:
                compare(options, python, case, precision, note)
            except child.Failed as failure:
                failures += 1
                say(f"  Stackbench or the drawing of weights: {failure}")
                record["not_run"].append({"case": case, "precision": precision, "reason": str(failure)})
    write(record, options.out)
    print(table(record))
    apart = [tried for case in record["cases"] for peer in case["peers"].values()
             for tried in peer.get("settings", {}).values() if tried.get("agrees") is False]
    return 1 if failures or apart else 0


if __name__ == "__main__":
    sys.exit(main())
