"""Times a training step of Stackbench and PyTorch in turn (A B A B ...) and writes the ratios.

    python3 benchmarks/peers/compare_training_times.py [--rounds 5] [--case NAME ...] [--out FILE.json]

The first call makes the environment of the peers, as compare_times.py does. Each turn is a fresh process on the same threads: one warm-up, then three timed steps; its median
counts. A step of PyTorch is zero_grad, forward, Dice loss and backward, and Adam apart from it; a
step of Stackbench is the graph of loss and gradients, and Adam with taking the next weights apart from it.
`ratio` compares the first, `ratio_with_update` the sums of both. The
interval is that of the median ratio, from 10,000 bootstrap samples of the rounds.
"""
import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from comparison import PEERS, ROOT, environment, machine
from comparison.summary import summary

CASES = {
    "unet:small 16x128x128": ("unet:small", 16, [128, 128]),
    "vnet:small 32x128x128": ("vnet:small", 1, [32, 128, 128]),
    "vnet:paper206 32x128x128": ("vnet:paper206", 1, [32, 128, 128]),
    "unet 256x256": ("unet:full", 1, [256, 256]),
}

PEER = """
import json, sys, time
import torch
sys.path.insert(0, sys.argv[1])
model, batch, sizes, threads = sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]), int(sys.argv[5])
torch.set_num_threads(threads)
torch.manual_seed(0)
variant = model.split(":")[1]
if model.startswith("unet"):
    import unet_xception_cbam
    net, x = unet_xception_cbam.build(variant, size=sizes[0]), torch.rand(batch, 3, *sizes)
else:
    import vnet
    net, x = vnet.build(variant, spatial=tuple(sizes)), torch.rand(batch, 1, *sizes)
for module in net.modules():
    if isinstance(module, (torch.nn.Dropout, torch.nn.Dropout2d, torch.nn.Dropout3d)):
        module.p = 0.0
net.train()
target = (torch.rand(batch, 1, *sizes) < 0.2).float()
optimiser = torch.optim.Adam(net.parameters())
step, update = [], []
for turn in range(4):
    start = time.perf_counter()
    optimiser.zero_grad()
    p = net(x)
    loss = 1 - (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)
    loss.backward()
    middle = time.perf_counter()
    optimiser.step()
    end = time.perf_counter()
    if turn > 0:
        step.append(middle - start)
        update.append(end - middle)
print(json.dumps({"step": step, "update": update, "torch": torch.__version__}))
"""


def case_of(name):
    """Model, batch and spatial sizes: three of a V-Net, two of a U-Net, the batch before them."""
    if name in CASES:
        return CASES[name]
    model, text = name.split()
    sizes = [int(size) for size in text.split("x")]
    axes = 2 if model.startswith("unet") else 3
    return model, sizes[0] if len(sizes) > axes else 1, sizes[-axes:]


def stackbench(model, batch, sizes, threads):
    command = ["deno", "run", "-A", "benchmarks/micro/training_step.ts", model]
    command += ["x".join(map(str, sizes)), "--batch", str(batch), "--repeats", "3"]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, env=environment)
    facts = json.loads(done.stdout)
    return {"step": facts["run"], "update": facts["update"], "libraries": facts["libraries"]}


def pytorch(python, model, batch, sizes, threads, models):
    command = [str(python), "-c", PEER, str(models), model, str(batch), json.dumps(sizes)]
    done = subprocess.run(command + [str(threads)], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--case", action="append", help=f"MODEL [BATCHx]SIZES, or of {', '.join(CASES)} (default: all)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--models", type=Path, default=PEERS / "models", help="folder of the PyTorch models")
    parser.add_argument("--out", type=Path)
    environment.add_options(parser)
    options = parser.parse_args()
    python = environment.ready(options)
    record = {
        "command": "benchmarks/peers/compare_training_times.py " + " ".join(sys.argv[1:]),
        "commit": machine.commit(),
        "date": datetime.date.today().isoformat(),
        "machine": machine.facts(options.threads),
        "cases": {},
    }
    for name in options.case or CASES:
        rounds = []
        for turn in range(options.rounds):
            ours = stackbench(*case_of(name), options.threads)
            theirs = pytorch(python, *case_of(name), options.threads, options.models)
            record["machine"]["libraries"] = {**ours.pop("libraries"), "torch": theirs.pop("torch")}
            a, b = [{k: statistics.median(v) for k, v in side.items()} for side in (ours, theirs)]
            rounds.append({
                "stackbench_s": ours, "pytorch_s": theirs,
                "ratio": round(a["step"] / b["step"], 4),
                "ratio_with_update": round(sum(a.values()) / sum(b.values()), 4),
            })
            print(f"{name} round {turn + 1}: {a['step']:.3f} s + {a['update']:.3f} s against "
                  f"{b['step']:.3f} s + {b['update']:.3f} s, ratio {rounds[-1]['ratio']:.3f}",
                  flush=True)
        record["cases"][name] = {
            **{key: summary([one[key] for one in rounds]) for key in ("ratio", "ratio_with_update")},
            "rounds": rounds,
        }
    if options.out:
        options.out.write_text(json.dumps(record, indent=2) + "\n")
    for name, case in record["cases"].items():
        low, high = case["ratio"]["interval"]
        print(f"{name}: median ratio {case['ratio']['median']:.3f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
