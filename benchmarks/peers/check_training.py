"""Compares ten steps of training with PyTorch in double precision: seeds and shapes of your choice.

    python3 benchmarks/peers/check_training.py                        the cases of fixtures/training with fresh seeds
    python3 benchmarks/peers/check_training.py --seed 7 --only vnet
    python3 benchmarks/peers/check_training.py --case "vnet:small 8x24x40 2 bn=True,act=elu" --loss dice --rate 1e-3
    python3 benchmarks/peers/check_training.py --case "unet:small 96 2 cbam=stage" --no-dropout

Weights, inputs, targets and dropout masks come from the formula of fixtures/golden, so that both sides make the same.
Printed are the relative error of the first loss, the largest one of ten losses, the same of PyTorch's own run in single
precision and of one in double precision from weights that are off by 3e-7, and the relative error of all changes of
weights together. FAIL: the first loss is off by more than FIRST, or a later one by more than LATER or YARDSTICK times
what PyTorch is off by in the two. Adam takes steps of full length where tiny gradients change sides, so an unlucky
seed may move PyTorch itself by 1e-4; the yardstick shows it.

Needs torch, numpy and deno. Exit status 1 on a difference.
"""
import argparse
import json
import os
import subprocess
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(ROOT, "fixtures", "training"))
sys.path.insert(0, HERE)
from check_forward import Case, keywords
from make_training import CASES, make_case, unet_dropout

FIRST, LATER, YARDSTICK = 1e-6, 1e-5, 5
PERMISSIONS = ("--allow-read", "--allow-env", "--allow-sys", "--allow-ffi")


def listed(seed, only):
    return [(name, (*settings[:-1], seed + i)) for i, (name, settings) in enumerate(CASES.items()) if only in name]


def told(arguments):
    made = []
    for i, line in enumerate(arguments.case):
        case = Case(f"{line} probabilities" if line.count(" ") == 2 else f"{line},probabilities")
        options = keywords(case.options)
        dropout = {}
        if case.kind == "unet" and not arguments.no_dropout:
            dropout = unet_dropout("dec0.cbam.muls" if options.get("cbam") == "stage" else "dec0.act")
        made.append((case.text.removesuffix("probabilities").rstrip(" ,"), (
            case.kind, case.variant, options, arguments.loss, arguments.momentum, dropout, arguments.rate, case.batch,
            tuple(case.spatial), arguments.seed + i)))
    return made


def replay(backend, case):
    run = subprocess.run(
        ["deno", "run", "--quiet", *PERMISSIONS, os.path.join(HERE, "replay_training.ts"), backend],
        input=json.dumps(case), capture_output=True, text=True, cwd=ROOT)
    if run.returncode != 0:
        raise SystemExit(f"{backend} ended with {run.returncode}: {run.stderr.strip()}")
    return json.loads(run.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", action="append", help="model, sizes, batch and options, as in forward_cases.txt")
    parser.add_argument("--only", default="", help="cases of the fixture whose name holds this")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backends", default="onednn,reference")
    parser.add_argument("--loss", default="dice", choices=("dice", "dice_squared", "dice_cross_entropy"))
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--momentum", type=float, default=0.99)
    parser.add_argument("--no-dropout", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cases = told(arguments) if arguments.case else listed(arguments.seed, arguments.only)
    failures = 0
    print(f"{'backend':<10}{'first':>9}{'ten':>9}{'torch32':>9}{'jitter':>9}{'changes':>9}  case")
    for name, settings in cases:
        case = make_case(name, *settings, trials=2)
        for backend in arguments.backends.split(","):
            apart = replay(backend, case)
            # JSON has no infinity: null stands for it
            first, loss = (float("inf") if apart[key] is None else apart[key] for key in ("first", "loss"))
            print(f"{backend:<10}{first:9.1e}{loss:9.1e}{case['single']:9.1e}{case['moved']:9.1e}{apart['weights'] or 0:9.1e}  {name}, "
                  f"seed {case['seed']}, losses {case['losses'][0]:.4f} to {case['losses'][-1]:.4f}", flush=True)
            if not (first <= FIRST and loss <= max(LATER, YARDSTICK * max(case["single"], case["moved"]))):
                failures += 1
                print(f"    FAIL; parameters: {'; '.join(apart['wrong'][:3]) or 'as expected'}", flush=True)
    print(f"{failures} differ" if failures else "all agree")
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
