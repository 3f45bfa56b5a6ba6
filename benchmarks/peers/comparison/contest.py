"""One case in one precision: its weights drawn, every peer tried in its settings, and the rounds."""
import shutil
import statistics
import sys

from engines import ENGINES

from . import PEERS, child
from .summary import summary

# ||theirs - ours|| / ||ours|| of probabilities; each side may be off by the limit of check_forward.py
LIMITS = {"fp32": 1e-4, "bf16": 6e-2}


def say(text):
    print(text, file=sys.stderr, flush=True)


def seconds_of(told):
    """Of what a contestant printed: peers their samples, Stackbench its record of a time."""
    if told.get("schema") != "stackbench/time":
        return told["samples"]
    process, = told["timing"]["inference"][0]["processes"]
    return [sample["seconds"] for sample in process["samples"]]


class Contest:
    """Its `record()` grows with every round."""

    def __init__(self, options, python, case, precision, folder):
        self.options, self.python, self.precision, self.folder = options, python, precision, folder
        self.model, self.sizes = case.split("@")
        self.threads = {"OMP_NUM_THREADS": str(options.threads)}
        self.peers = {}
        self.rounds = []

    def script(self, name, *rest):
        """The command of a script of this folder, in the environment of the peers."""
        return [self.python, PEERS / f"{name}.py", *rest]

    def child(self, command, peer=""):
        return child.run(command, self.options.limit[peer], self.threads)[0]

    def timed(self, command, peer=""):
        """Samples, peak memory and what else the process told."""
        told, peak = child.run_json(command, self.options.limit[peer], self.threads)
        return {"seconds": seconds_of(told), "peak_bytes": peak}, told

    def stackbench(self, command, *rest):
        return ["deno", "task", "--quiet", "stackbench", command, "--quiet", "--model", self.model,
                "--weights", self.folder / "weights.safetensors", "--backend", "onednn",
                "--precision", self.precision, *rest]

    def draw(self):
        """The weights, the input, and our output."""
        self.child(self.script("drawn_model", self.model, self.sizes, self.folder))
        self.child(self.stackbench("forward", "--input", self.folder / "input.safetensors",
                                   "--output", self.folder / "ours.safetensors"))

    def file(self, peer, setting):
        return self.folder / f"{peer}-{setting}" / ENGINES[peer].file

    def run_peer(self, peer, setting, *rest):
        return self.script("run_model", peer, setting, self.precision, self.file(peer, setting),
                           self.folder / "input.safetensors", "--threads", self.options.threads,
                           "--repeats", self.options.repeats, *rest)

    def attempt(self, peer, setting):
        """Saves and tries a peer in a setting: its seconds and how far apart it is, or why it failed."""
        file, theirs = self.file(peer, setting), self.folder / "theirs.safetensors"
        file.parent.mkdir()
        try:
            self.child(self.script("save_model", self.model, self.sizes, self.folder, peer, setting,
                                   self.precision, file), peer)
            run, told = self.timed(self.run_peer(peer, setting, "--output", theirs), peer)
            apart = float(self.child(self.script("relative_error", self.folder / "ours.safetensors", theirs)))
        except child.Failed as failure:
            return {"failed": str(failure)}
        return {**run, "apart": apart, "agrees": apart <= LIMITS[self.precision], "version": told["version"]}

    def prepare(self, peer):
        """Tries all settings of a peer and keeps the fastest that agrees."""
        engine = ENGINES[peer]
        record = self.peers[peer] = {}
        if self.precision not in engine.precisions:
            record["failed"] = f"has no {self.precision} on a CPU"
            return
        tried = record["settings"] = {}
        for setting in engine.settings:
            found = tried[setting] = self.attempt(peer, setting)
            say(f"  {peer} {setting}: " + found.get("failed", f"apart {found.get('apart', 0):.1e}"))
        good = {name: statistics.median(one["seconds"]) for name, one in tried.items() if one.get("agrees")}
        if good:
            record["setting"] = min(good, key=good.get)
        else:
            record["failed"] = "; ".join(f"{name}: {one.get('failed', 'its output differs')}"
                                         for name, one in tried.items())
        for setting in engine.settings:
            if setting != record.get("setting"):
                shutil.rmtree(self.file(peer, setting).parent)

    def turn(self, name):
        """One process of a contestant."""
        if name == "stackbench":
            return self.timed(self.stackbench(
                "time", "--input", self.sizes, "--warmup", 1, "--repeat", self.options.repeats, "--json"))
        return self.timed(self.run_peer(name, self.peers[name]["setting"]), name)

    def round(self):
        """Everybody once. A peer that fails now takes no part in the next rounds."""
        names = ["stackbench", *(name for name, peer in self.peers.items() if "failed" not in peer)]
        done = {}
        for name in names[::-1] if len(self.rounds) % 2 else names:
            try:
                done[name], told = self.turn(name)
            except child.Failed as failure:
                if name == "stackbench":
                    raise
                self.peers[name]["failed"] = str(failure)
                say(f"  {name}: {failure}")
                continue
            if name == "stackbench":
                self.device = told["environment"]["backend"]
        self.rounds.append(done)
        say(f"  round {len(self.rounds)}: " + ", ".join(
            f"{name} {statistics.median(run['seconds']):.4g} s" for name, run in done.items()))

    def ratios(self, peer):
        """Time and memory ratios over the rounds in which the peer took part; empty where there are none."""
        both = [(one["stackbench"], one[peer]) for one in self.rounds if peer in one]
        median = lambda run: statistics.median(run["seconds"])
        return {} if not both else {
            "time_ratio": summary([median(ours) / median(theirs) for ours, theirs in both]),
            "memory_ratio": summary([ours["peak_bytes"] / theirs["peak_bytes"] for ours, theirs in both]),
        }

    def record(self):
        return {
            "model": self.model, "sizes": self.sizes, "precision": self.precision,
            "peers": {name: {**peer, **self.ratios(name)} for name, peer in self.peers.items()},
            "rounds": self.rounds,
        }
