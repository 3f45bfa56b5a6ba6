"""Times Stackbench and PyTorch in turn (A B A B ...) on this machine and writes the ratios.

    python3 -m venv peer && peer/bin/pip install torch numpy
    peer/bin/python benchmarks/peers/compare_times.py [--rounds 3] [--out results/FILE.json]

Each turn is a fresh process: one warm-up, then three timed executions; its median counts. Both use
all cores, fp32, batch 1, random weights, and time the execution of the network only.
"""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = Path(__file__).resolve().parent / "models"
CASES = {
    "vnet:paper206 32x512x512": ("vnet:paper206", [32, 512, 512]),
    "unet 512x512": ("unet", [512, 512]),
}


def stackbench(model, sizes, precision):
    command = ["deno", "task", "--quiet", "stackbench", "time", "--model", model, "--quiet"]
    command += ["--input", "x".join(map(str, sizes)), "--precision", precision]
    command += ["--backend", "onednn", "--repeat", "3", "--json"]
    facts = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return facts["samples"], facts["memory"]["peakRss"], facts["device"]


PEER = """
import json, resource, statistics, sys, time
import torch
sys.path.insert(0, sys.argv[1])
model, sizes, precision = sys.argv[2], [int(s) for s in sys.argv[3].split("x")], sys.argv[4]
torch.manual_seed(0)
if model == "unet":
    import unet_xception_cbam
    net, x = unet_xception_cbam.build(size=sizes[0]), torch.rand(1, 3, *sizes)
else:
    import vnet
    net, x = vnet.build(model.split(":")[1], spatial=tuple(sizes)), torch.rand(1, 1, *sizes)
net.eval()
if precision == "bf16":
    net, x = net.bfloat16(), x.bfloat16()
samples = []
with torch.inference_mode():
    net(x)
    for _ in range(3):
        start = time.perf_counter()
        net(x)
        samples.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([samples, peak, torch.__version__]))
"""


def pytorch(model, sizes, precision):
    command = [sys.executable, "-c", PEER, str(MODELS), model, "x".join(map(str, sizes)), precision]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def cpu():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--out")
    options = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    record = {
        "command": "benchmarks/peers/compare_times.py " + " ".join(sys.argv[1:]),
        "commit": commit.stdout.strip(),
        "date": datetime.date.today().isoformat(),
        "machine": {"cpu": cpu(), "cores": os.cpu_count()},
        "precision": options.precision,
        "cases": {},
    }
    for name, (model, sizes) in CASES.items():
        rounds = []
        for turn in range(options.rounds):
            ours, our_peak, device = stackbench(model, sizes, options.precision)
            theirs, their_peak, version = pytorch(model, sizes, options.precision)
            ratio = statistics.median(ours) / statistics.median(theirs)
            rounds.append({
                "stackbench_s": ours, "pytorch_s": theirs, "ratio": round(ratio, 4),
                "stackbench_peak_bytes": our_peak, "pytorch_peak_bytes": their_peak,
            })
            print(f"{name} round {turn + 1}: {statistics.median(ours):.3f} s against "
                  f"{statistics.median(theirs):.3f} s, ratio {ratio:.3f}", flush=True)
        record["cases"][name] = {
            "median_ratio": statistics.median(r["ratio"] for r in rounds), "rounds": rounds,
        }
        record["machine"]["onednn"] = device
        record["pytorch"] = version
    text = json.dumps(record, indent=2)
    if options.out:
        Path(options.out).write_text(text + "\n")
    for name, case in record["cases"].items():
        print(f"{name}: median ratio {case['median_ratio']:.3f}")


if __name__ == "__main__":
    main()
