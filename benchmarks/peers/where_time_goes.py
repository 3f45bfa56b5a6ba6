"""Where the time of a network goes on this CPU, in Stackbench and in OpenVINO, by kinds of layers.

    python3 benchmarks/peers/where_time_goes.py --out results/where-time-goes-unet.json
    python3 benchmarks/peers/where_time_goes.py --case vnet:small@32x128x128 --precision fp32

Ours are the steps of `stackbench time --profile`, theirs what OpenVINO counts of each layer; fused activations and
sums are in the layer that does them, on both sides. Each is profiled twice, in turn, and the better half of it kept:
a profile is no timing (`compare_times.py` takes those), it tells what a timing is made of.
"""
import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from comparison import PEERS, child, environment, machine

KINDS = ("convolution", "pointwise convolution", "depthwise convolution", "transposed convolution", "all else")
LIMIT_S = 600


def kind_of_ours(step):
    if step["op"] == "linear" or step["op"] == "conv" and "1x1" in step["implementation"]:
        return "pointwise convolution"
    if step["op"] == "conv":
        return "depthwise convolution" if "dw" in step["implementation"] else "convolution"
    return "transposed convolution" if step["op"] == "deconv" else "all else"


def kind_of_theirs(layer):
    node, implementation, _ = layer
    if node == "Convolution":
        return "pointwise convolution" if "1x1" in implementation else "convolution"
    return {"GroupConvolution": "depthwise convolution",
            "ConvolutionBackpropData": "transposed convolution"}.get(node, "all else")


def summed(layers, kind_of, amount):
    sums = dict.fromkeys(KINDS, 0)
    for layer in layers:
        sums[kind_of(layer)] += amount(layer)
    return sums


class Profile:
    """One case in one precision, its weights drawn."""

    def __init__(self, options, python, precision, folder):
        self.options, self.python, self.precision, self.folder = options, python, precision, folder
        self.model, self.sizes = options.case.split("@")
        self.file, self.input = folder / "model.xml", folder / "input.safetensors"
        self.child(self.script("drawn_model", self.model, self.sizes, folder))
        self.child(self.script("save_model", self.model, self.sizes, folder, "openvino", "latency", precision,
                               self.file))

    def script(self, name, *rest):
        return [self.python, PEERS / f"{name}.py", *rest]

    def child(self, command):
        return child.run(command, LIMIT_S, {"OMP_NUM_THREADS": str(self.options.threads)})[0]

    def ours(self):
        told = json.loads(self.child([
            "deno", "task", "--quiet", "stackbench", "time", "--quiet", "--model", self.model,
            "--input", self.sizes, "--weights", self.folder / "weights.safetensors", "--backend", "onednn",
            "--precision", self.precision, "--repeat", self.options.repeats, "--profile", "--json"]))
        steps = told["profile"]["steps"]
        return {
            "seconds": summed(steps, kind_of_ours, lambda step: step["seconds"]),
            "gflop": summed(steps, kind_of_ours, lambda step: step["flops"] / 1e9),
            "peaks": {name: told["profile"]["peaks"][name] for name in ("gflopPerSecond", "gbPerSecond")},
        }

    def theirs(self):
        told = json.loads(self.child(self.script(
            "engines/open_vino_layers", self.file, self.precision, self.options.threads, self.options.repeats,
            self.input)))
        return {"version": told["version"], "seconds": summed(told["layers"], kind_of_theirs, lambda layer: layer[2])}

    def record(self):
        total = lambda one: sum(one["seconds"].values())
        ours, theirs = zip(*((self.ours(), self.theirs()) for _ in range(2)))
        return {"precision": self.precision, "stackbench": min(ours, key=total), "openvino": min(theirs, key=total)}


def table(record):
    lines = []
    for one in record["profiles"]:
        ours, theirs = one["stackbench"], one["openvino"]["seconds"]
        peak = ours["peaks"]["gflopPerSecond"]
        lines.append(f"{record['case']} {one['precision']}, ms (peak {peak:.0f} GFLOP/s)")
        for kind in KINDS:
            seconds = ours["seconds"][kind]
            share = ours["gflop"][kind] / seconds / peak if seconds else 0
            lines.append(f"  {kind:24}{seconds * 1e3:8.1f}{theirs[kind] * 1e3:8.1f}   {share:6.0%} of the peak")
        lines.append(f"  {'sum':24}{sum(ours['seconds'].values()) * 1e3:8.1f}{sum(theirs.values()) * 1e3:8.1f}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", default="unet:full@512x512", help="MODEL@SIZES")
    parser.add_argument("--precision", type=lambda text: text.split(","), default="fp32,bf16")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="where to write the record")
    environment.add_options(parser)
    options = parser.parse_args()
    python = environment.ready(options)
    profiles = []
    for precision in options.precision:
        if reason := machine.why_not(precision):
            print(f"{precision} is left out: {reason}", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as folder:
            profiles.append(Profile(options, python, precision, Path(folder)).record())
    record = {
        **machine.head("stackbench/where-time-goes", "where_time_goes.py", options.threads),
        "case": options.case,
        "profiles": profiles,
    }
    if options.out:
        options.out.write_text(json.dumps(record, indent=1) + "\n")
    print(table(record))


if __name__ == "__main__":
    main()
