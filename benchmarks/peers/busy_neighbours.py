"""Times Stackbench and its peers beside 0, 1 and 2 programs that want a core each all the time, and writes the ratios.

    python3 benchmarks/peers/busy_neighbours.py --out results/busy-neighbours.json
    python3 benchmarks/peers/busy_neighbours.py --cases unet:full@512x512 --peers openvino --rounds 3

Models, peers and checks are those of compare_times.py. In every round everybody is timed beside each number of
neighbours, each in a fresh process; every second round goes backwards. The ratio is a contestant's own seconds beside
neighbours by its seconds without, in the same round: median over rounds with the 95 % interval of 10,000 bootstrap
samples. Two threads on two cores that lose no time to one neighbour take 1.33 to 1.5 times as long.
"""
import argparse
import os
import signal
import statistics
import sys
import tempfile
from pathlib import Path

from comparison import child, environment, machine
from comparison.contest import Contest, say
from comparison.summary import summary
from compare_times import LIMIT_S, limits, write
from engines import ENGINES

CASES = "vnet:paper206@32x256x256,unet:full@512x512"


class Beside(Contest):
    """A contest whose turns have neighbours."""

    neighbours = 0

    def timed(self, command, peer=""):
        beside = [sys.executable, Path(__file__).parent / "with_neighbours.py", self.neighbours]
        return super().timed([*beside, *command], peer)


def rounds(contest, options):
    """Seconds of every round, by contestant and number of neighbours."""
    names = ["stackbench", *(name for name, peer in contest.peers.items() if "failed" not in peer)]
    found = []
    for number in range(options.rounds):
        turns = [(name, count) for count in options.neighbours for name in names]
        seconds = {name: {} for name in names}
        for name, count in turns[::-1] if number % 2 else turns:
            contest.neighbours = count
            run, told = contest.turn(name)
            seconds[name][count] = run["seconds"]
            if name == "stackbench":
                contest.device = told["environment"]["backend"]
        contest.neighbours = 0
        found.append(seconds)
        say(f"  round {number + 1}: " + ", ".join(
            f"{name} " + "/".join(f"{statistics.median(by[count]):.4g}" for count in options.neighbours) + " s"
            for name, by in seconds.items()))
    return found


def ratios(found, options):
    """Own seconds beside neighbours by those without."""
    median = lambda seconds, name, count: statistics.median(seconds[name][count])
    alone = options.neighbours[0]
    return {
        name: {str(count): summary([median(one, name, count) / median(one, name, alone) for one in found])
               for count in options.neighbours[1:]}
        for name in found[0]
    }


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    listed = lambda text: text.split(",")
    parser.add_argument("--cases", type=listed, default=CASES, help="MODEL@SIZES,...")
    parser.add_argument("--peers", type=listed, default="openvino,pytorch", help=f"of {', '.join(ENGINES)}")
    parser.add_argument("--precision", type=listed, default="fp32,bf16", help="fp32, bf16 or both")
    parser.add_argument("--neighbours", type=lambda text: [int(count) for count in text.split(",")], default="0,1,2",
                        help="numbers of neighbours, the first to compare with (default: 0,1,2)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=5, help="timed executions of a process")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--limit", type=limits, default=str(LIMIT_S), metavar="SECONDS[,PEER=SECONDS...]")
    parser.add_argument("--out", type=Path, help="where to write the results")
    parser.add_argument("--work", type=Path, help="folder for weights and saved models (default: a temporary one)")
    environment.add_options(parser)
    return parser.parse_args()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    options = arguments()
    record = {
        **machine.head("stackbench/busy-neighbours", "busy_neighbours.py", options.threads),
        "cases": [],
    }
    python = environment.ready(options)
    for case in options.cases:
        for precision in options.precision:
            if reason := machine.why_not(precision):
                say(f"{precision} is left out: {reason}")
                continue
            say(f"{case} {precision}")
            with tempfile.TemporaryDirectory(dir=options.work) as folder:
                contest = Beside(options, python, case, precision, Path(folder))
                contest.draw()
                for peer in options.peers:
                    contest.prepare(peer)
                found = rounds(contest, options)
            record["machine"]["stackbench"] = contest.device
            record["cases"].append({
                "model": contest.model, "sizes": contest.sizes, "precision": precision,
                "peers": contest.peers, "ratios": ratios(found, options),
                "rounds": [{name: {str(count): run for count, run in by.items()} for name, by in one.items()}
                           for one in found],
            })
            write(record, options.out)
            for name, by in record["cases"][-1]["ratios"].items():
                print(f"{case} {precision} {name}: " + ", ".join(
                    f"{count} neighbours {one['median']:.2f} ({one['interval'][0]:.2f} to {one['interval'][1]:.2f})"
                    for count, one in by.items()))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except child.Failed as failure:
        sys.exit(str(failure))
