"""Compares `stackbench forward` with PyTorch in double precision: fresh weights, unusual legal shapes.

    python3 benchmarks/peers/check_forward.py                      the cases of forward_cases.txt
    python3 benchmarks/peers/check_forward.py --random 20 --seed 7   random cases instead
    python3 benchmarks/peers/check_forward.py --only cbam --runs onednn:fp32,onednn:bf16
    python3 benchmarks/peers/check_forward.py --case "vnet:small 8x24x40 2 bn=True,act=elu"

Each case builds the model of `benchmarks/peers/models` (--models PATH for another copy), draws all of
its weights, slopes and batch-norm statistics, and scales its layers so that nothing saturates and
the logits have standard deviation 2 and mean 0. The state_dict goes into a safetensors file as PyTorch has it
(fp32, `num_batches_tracked` included); the tool runs it on every backend and precision of --runs.
Printed are ||out - ref|| / ||ref||, of logits (out_act=none) unless the case has "probabilities" in
its options. Above LIMITS, an exit other than 0, or not finite: FAIL. Compared too: how many
parameters the model has, and the FLOPs of every convolution against a count of its taps inside the
input. The reference backend is left out above --reference-gflop ("-" in the table). The columns of
PyTorch in lower precision are a yardstick: they say how much of an error is the weights' doing. In
bf16, weights may be so ill-conditioned that PyTorch itself is above the limit: there the tool may be
off by YARDSTICK times as much, or as much as PyTorch's error in fp32 foretells.

Needs torch, numpy and safetensors. Exit status 1 on a difference.
"""
import argparse
import copy
import json
import math
import os
import random
import shlex
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file

HERE = os.path.dirname(os.path.abspath(__file__))
LIMITS = {"fp64": 1e-9, "fp32": 2e-5, "bf16": 3e-2}
YARDSTICK = 1.5
WIDTH = 14
RUNS = "onednn:fp32,onednn:bf16,reference:fp32,reference:fp64,torch:fp32,torch:bf16"
SLOTS = ("enc_conv", "enc_add", "down", "up", "dec_conv", "dec_add", "head")
CONVOLUTIONS = (torch.nn.Conv2d, torch.nn.Conv3d, torch.nn.ConvTranspose2d, torch.nn.ConvTranspose3d)
ACTIVATIONS = ("relu", "elu", "leaky", "prelu_c", "prelu_e", "none")


class Case:
    """A line of forward_cases.txt."""

    def __init__(self, line):
        model, sizes, batch, *rest = line.split()
        self.text = " ".join(line.split())
        self.model, self.batch = model, int(batch)
        self.kind, self.variant = model.split(":")
        self.options = dict(part.split("=") for part in ",".join(rest).split(",") if "=" in part)
        self.logits = "probabilities" not in line
        if self.logits:
            self.options["out_act"] = "none"
        spatial = [int(size) for size in sizes.split("x")]
        self.spatial = spatial * 2 if self.kind == "unet" and len(spatial) == 1 else spatial

    @property
    def option_text(self):
        return ",".join(f"{key}={value}" for key, value in self.options.items())


def keywords(options):
    """Option texts as the keyword arguments of the Python builders."""
    made = {}
    for key, text in options.items():
        if key.startswith("acts."):
            made.setdefault("acts", {})[key[5:]] = text
        elif key in ("enc", "dec", "widths"):
            made[key] = tuple(int(part) for part in text.split(":"))
        elif text in ("True", "False"):
            made[key] = text == "True"
        elif key == "bn_eps":
            made[key] = float(text)
        else:
            made[key] = int(text) if text.isdigit() else text
    return made


def build(case, modules):
    """The PyTorch model; slots of the variant and of the options are put together as the tool does."""
    made = keywords(case.options)
    if case.kind == "unet":
        if case.logits:
            made["out_act"] = False
        return modules["unet"].build(case.variant, size=case.spatial[0], **made)
    own = modules["vnet"].VARIANTS[case.variant].get("acts", {})
    if own or "acts" in made:
        made["acts"] = {**own, **made.get("acts", {})}
    return modules["vnet"].build(case.variant, spatial=tuple(case.spatial), **made)


def last_layer(model, case):
    return model.head if case.kind == "unet" else model.head.conv1


def randomise(model, generator):
    """Every parameter and statistic is drawn; convolutions so that sizes are kept."""
    def uniform(like, low, high):
        return torch.rand(like.shape, generator=generator, dtype=torch.float64) * (high - low) + low

    for name, value in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            value.fill_(17)
        elif name.endswith("running_var"):
            value.copy_(uniform(value, 0.4, 2))
        elif name.endswith("running_mean"):
            value.copy_(uniform(value, -0.5, 0.5))
        elif name.endswith("alpha"):
            value.copy_(uniform(value, -0.3, 0.8))
        elif value.dim() == 1:
            value.copy_(uniform(value, 0.5, 1.5) if name.endswith("weight") else uniform(value, -0.3, 0.3))
        else:
            fan_in = value[0].numel()
            if "deconv" in name:
                fan_in = value.shape[0] * math.prod(value.shape[2:]) / 2 ** (value.dim() - 2)
            normal = torch.randn(value.shape, generator=generator, dtype=torch.float64)
            value.copy_(normal * math.sqrt(1.5 / fan_in))


def calibrate(model, case, x):
    """Scales each layer on its first call so that its output, bias aside, has the size 1: nothing
    vanishes, explodes or saturates. Logits get standard deviation 2 and mean 0, over all channels."""
    last, handles = last_layer(model, case), []

    def scale(module, inputs, out):
        if module in done:
            return out
        done.add(module)
        bias = 0 if module.bias is None else module.bias.view(-1, *[1] * (out.dim() - 2))
        size = (out - bias).square().mean().sqrt()
        if module is last and out.numel() > 1:
            module.weight.mul_(2 / (out - bias).std())
            module.bias.sub_(type(module).forward(module, *inputs).mean())
        elif size > 0:
            module.weight.div_(size)
        return type(module).forward(module, *inputs)

    done = set()
    kinds = (*CONVOLUTIONS, torch.nn.Linear)
    for module in model.modules():
        if isinstance(module, kinds):
            handles.append(module.register_forward_hook(scale))
    model(x)
    for handle in handles:
        handle.remove()


def taps_inside(module, x):
    """FLOPs of a convolution by brute force: ones against ones counts the taps inside the input."""
    sizes, kernel = x.shape[2:], module.kernel_size
    axes, per_output = len(sizes), x.shape[0]
    ones = torch.ones(1, 1, *sizes, dtype=torch.float64)
    window = torch.ones(1, 1, *kernel, dtype=torch.float64)
    if isinstance(module, (torch.nn.ConvTranspose2d, torch.nn.ConvTranspose3d)):
        apply = torch.nn.functional.conv_transpose2d if axes == 2 else torch.nn.functional.conv_transpose3d
        hits = apply(ones, window, stride=module.stride)
        if axes == 2:  # the last row and column are cropped
            hits = hits[..., :-1, :-1]
    else:
        apply = torch.nn.functional.conv2d if axes == 2 else torch.nn.functional.conv3d
        hits = apply(ones, window, stride=module.stride, padding=module.padding)
    pairs = module.in_channels * module.out_channels // module.groups
    flops = 2 * per_output * pairs * int(hits.sum().item())
    return flops + (per_output * module.out_channels * hits.numel() if module.bias is not None else 0)


def counts(model, x):
    """FLOPs by name of every convolution, by hooks on one pass."""
    found, handles = {}, []
    for name, module in model.named_modules():
        if isinstance(module, CONVOLUTIONS):
            def note(layer, inputs, _out, name=name):
                found[name] = taps_inside(layer, inputs[0])
            handles.append(module.register_forward_hook(note))
    out = model(x)
    for handle in handles:
        handle.remove()
    return out, found


def tool(command, *arguments):
    run = subprocess.run([*command, *arguments], capture_output=True, text=True)
    return run.returncode, run.stdout, run.stderr.strip()


def check_layers(command, case, model, flops):
    """What the tool's layer table has wrong: parameters, FLOPs of convolutions, names of layers."""
    code, out, error = tool(
        command, "models", case.model, "--json", "--batch", str(case.batch),
        "--input", "x".join(map(str, case.spatial)), "--options", case.option_text)
    if code != 0:
        return [f"models: {error}"], 0
    rows = json.loads(out)["layers"]
    own = {row["name"]: row["flops"] for row in rows if row["op"] in ("conv", "deconv")}
    wrong = []
    parameters = sum(value.numel() for value in model.parameters())
    if sum(row["parameters"] for row in rows) != parameters:
        wrong.append(f"{sum(row['parameters'] for row in rows)} parameters, not {parameters}")
    if sorted(own) != sorted(flops):
        wrong.append(f"convolutions differ: {sorted(set(own) ^ set(flops))}")
    wrong += [f"{name}: {own[name]} FLOPs, not {count}" for name, count in flops.items()
              if own.get(name, count) != count]
    return wrong, sum(row["flops"] for row in rows) / 1e9


def relative(out, wanted):
    return ((out.double() - wanted).norm() / wanted.norm()).item()


def yardstick(model, x, wanted, precision):
    """How far off PyTorch is in a lower precision."""
    dtype = {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16}[precision]
    return relative(copy.deepcopy(model).to(dtype)(x.to(dtype)), wanted)


def check(case, modules, command, runs, limit_gflop, seed):
    """Errors by run (None: left out), and what was wrong."""
    generator = torch.Generator().manual_seed(seed)
    model = build(case, modules).double().eval()
    channels = case.options.get("in_ch", 3 if case.kind == "unet" else 1)
    x = torch.randn(case.batch, int(channels), *case.spatial, generator=generator, dtype=torch.float64)
    x = x.float().double()
    errors = {}
    with torch.inference_mode(), tempfile.TemporaryDirectory() as folder:
        randomise(model, generator)
        calibrate(model, case, x)
        model.load_state_dict({name: value.float().to(value.dtype) for name, value in model.state_dict().items()})
        wanted, flops = counts(model, x)
        if case.logits and wanted.numel() > 1 and not wanted.std() >= 1:
            return errors, [f"the logits have standard deviation {wanted.std():.3g}"]
        at = {name: os.path.join(folder, f"{name}.safetensors") for name in ("weights", "input", "output")}
        save_file({name: value.float() if value.is_floating_point() else value
                   for name, value in model.state_dict().items()}, at["weights"])
        save_file({"input": x.float()}, at["input"])
        wrong, gflop = check_layers(command, case, model, flops)
        for run in runs:
            backend, precision = run.split(":")
            errors[run] = None
            if backend == "torch":
                errors[run] = yardstick(model, x, wanted, precision)
                continue
            if backend == "reference" and gflop > limit_gflop:
                continue
            code, _out, error = tool(
                command, "forward", "--quiet", "--model", case.model, "--options", case.option_text,
                "--weights", at["weights"], "--input", at["input"], "--output", at["output"],
                "--backend", backend, "--precision", precision)
            if code != 0:
                wrong.append(f"{run} ended with {code}: {error}")
                continue
            out = load_file(at["output"])["output"]
            if out.shape != wanted.shape:
                wrong.append(f"{run} gave {tuple(out.shape)}, not {tuple(wanted.shape)}")
                continue
            errors[run] = relative(out, wanted)
            if not errors[run] <= LIMITS[precision]:
                own = yardstick(model, x, wanted, precision)
                if precision == "bf16":  # 16 bits less than fp32; its roundings may cancel by luck
                    own = max(own, 2**15 * yardstick(model, x, wanted, "fp32"))
                told = f"{run} is off by {errors[run]:.2e}, and PyTorch is expected to be by {own:.2e}"
                if precision == "bf16" and errors[run] <= YARDSTICK * own:
                    print(f"    note: {told}")
                else:
                    wrong.append(told)
    return errors, wrong


def random_case(dice):
    """A legal case: any model, sizes, batch and options."""
    batch = dice.choice((1, 1, 2, 3))
    if dice.random() < 0.35:
        options = [f"cbam={dice.choice(('res', 'res_end', 'stage', 'skip', 'none'))}",
                   f"ratio={dice.choice((1, 2, 8, 16))}", f"w={dice.choice((1, 2, 3, 4, 6))}",
                   f"middle={dice.choice((0, 1, 3))}", f"in_ch={dice.choice((1, 2, 3))}",
                   "widths=" + ":".join(str(dice.randint(2, 40)) for _ in range(6))]
        size = 32 * dice.choice((1, 1, 2, 3))
        return Case(f"unet:small {size} {batch} {','.join(options)}")
    levels = dice.choice((1, 2, 2, 3))
    listed = lambda: ":".join(str(dice.choice((1, 1, 2, 3))) for _ in range(levels))
    dec_w, up_mult, merge = dice.choice(((2, 1, "cat"), (1, 1, "cat"), (1, 1, "add"), (2, 2, "cat"), (3, 3, "cat")))
    in_ch = dice.choice((1, 1, 2, 3))
    options = [f"f={in_ch * dice.randint(1, 4)}", f"in_ch={in_ch}", f"out_ch={dice.choice((1, 2, 3))}",
               f"k={dice.choice((1, 3, 5))}", f"enc={listed()}", f"dec={listed()}", f"bot={dice.choice((1, 2))}",
               f"dec_w={dec_w}", f"up_mult={up_mult}", f"merge={merge}", f"head={dice.choice(('official', '1x1'))}",
               f"bn={dice.choice(('True', 'False', 'instance'))}", f"act_all={dice.choice(('True', 'False'))}",
               f"act={dice.choice(ACTIVATIONS)}"]
    options += [f"acts.{slot}={dice.choice(ACTIVATIONS)}" for slot in SLOTS if dice.random() < 0.3]
    sizes = [2**levels * dice.randint(1, 4) for _ in range(3)]
    sizes[dice.randrange(3)] += 2**levels  # more than one voxel at the bottom: instance norm needs it
    return Case(f"vnet:small {'x'.join(map(str, sizes))} {batch} {','.join(options)}")


def listed_cases():
    with open(os.path.join(HERE, "forward_cases.txt"), encoding="utf-8") as lines:
        return [line for line in lines if not line.startswith("#")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=os.path.join(HERE, "models"), help="folder of the PyTorch models")
    parser.add_argument("--command", default="deno task --quiet stackbench")
    parser.add_argument("--runs", default=RUNS, help="backend:precision,...")
    parser.add_argument("--only", default="", help="cases whose text holds this")
    parser.add_argument("--case", action="append", help="a case as in the list, instead of it")
    parser.add_argument("--random", type=int, default=0, help="so many random cases instead of the list")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reference-gflop", type=float, default=3.0)
    arguments = parser.parse_args()
    sys.path.insert(0, arguments.models)
    import unet_xception_cbam
    import vnet
    modules = {"vnet": vnet, "unet": unet_xception_cbam}
    command, runs = shlex.split(arguments.command), arguments.runs.split(",")
    dice = random.Random(arguments.seed)
    if arguments.random:
        cases = [random_case(dice) for _ in range(arguments.random)]
    else:
        cases = [Case(line) for line in arguments.case or listed_cases()]
    cases = [case for case in cases if arguments.only in case.text]
    worst, failures = {}, 0
    print("  ".join(f"{run:>{WIDTH}}" for run in runs) + "  case")
    for index, case in enumerate(cases):
        errors, wrong = check(case, modules, command, runs, arguments.reference_gflop, arguments.seed + index)
        columns = ("-" if errors.get(run) is None else f"{errors[run]:.2e}" for run in runs)
        print("  ".join(f"{column:>{WIDTH}}" for column in columns) + f"  {case.text}", flush=True)
        for problem in wrong:
            print(f"    FAIL: {problem}", flush=True)
        failures += bool(wrong)
        for run, error in errors.items():
            if error is not None:
                at = worst.setdefault(case.model, {})
                at[run] = max(at.get(run, 0), error)
    print("\nworst of each model\n" + "  ".join(f"{run:>{WIDTH}}" for run in runs) + "  model")
    for model, by_run in worst.items():
        columns = (f"{by_run[run]:.2e}" if run in by_run else "-" for run in runs)
        print("  ".join(f"{column:>{WIDTH}}" for column in columns) + f"  {model}")
    print(f"{len(cases) - failures} cases agree, {failures} do not")
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
