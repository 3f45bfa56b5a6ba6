"""PyTorch's side of a comparison: a process that runs when it is told to, and says how long it took.

    python3 peer.py '{"model": "unet", "input": [8, 3, 512, 512], "precision": "fp32",
                      "mode": "eager", "scan": null}'

It prints a line of JSON once it is ready. For each line on its input, a number of runs, it prints
another with their seconds: of the network by CUDA events with input and output on the GPU, or, where
"scan" is a shape (slices, height, width), of a whole scan from int16 in host memory to a mask there.
"""
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers" / "models"))
import torch

REQUEST = json.loads(sys.argv[1])
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
WARMUP = 3


def say(**facts):
    print(json.dumps(facts), flush=True)


def build():
    """The model and its settings at their fastest: channels-last, cuDNN's autotuning."""
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True
    tf32 = REQUEST["precision"] == "tf32"
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
    family, _, variant = REQUEST["model"].partition(":")
    sizes = REQUEST["input"][2:]
    if family == "unet":
        import unet_xception_cbam
        net = unet_xception_cbam.build(variant or "full", size=sizes[0])
    else:
        import vnet
        net = vnet.build(variant, spatial=tuple(sizes))
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(REQUEST["precision"], torch.float32)
    layout = torch.channels_last if len(sizes) == 2 else torch.channels_last_3d
    net = lay_out(net.eval().to(DEVICE, dtype), len(sizes), layout)
    if REQUEST["mode"] == "compile":
        # CUDA graphs too, without which launches hold small kernels back
        net = torch.compile(net, mode="reduce-overhead" if DEVICE == "cuda" else None)
    return net, dtype, layout


def lay_out(net, axes, layout):
    """A network whose parameters lie as its activations do; Module.to refuses slopes of four axes."""
    for one in net.parameters():
        if one.dim() == axes + 2:
            one.data = one.data.contiguous(memory_format=layout)
        elif one.dim() == axes + 1:  # a slope an element, for all samples
            one.data = one.data[None].contiguous(memory_format=layout)[0]
    return net


def wait():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def network(net, dtype, layout):
    """Times one execution."""
    x = torch.rand(REQUEST["input"]).to(DEVICE, dtype).to(memory_format=layout)

    def run():
        if DEVICE == "cpu":
            start = time.perf_counter()
            net(x)
            return time.perf_counter() - start
        events = [torch.cuda.Event(enable_timing=True) for _ in range(2)]
        events[0].record()
        net(x)
        events[1].record()
        wait()
        return events[0].elapsed_time(events[1]) / 1000
    return run


def scan(net, dtype, layout):
    """Times a whole scan: window, network, threshold, all of it on the device."""
    shape, sizes = REQUEST["scan"], REQUEST["input"]
    solid = len(sizes) == 5
    size = sizes[2] if solid else sizes[0]
    stored = torch.randint(-1000, 400, shape, dtype=torch.int16)
    if DEVICE == "cuda":
        stored = stored.pin_memory()
    mask = torch.empty(shape, dtype=torch.uint8, pin_memory=DEVICE == "cuda")
    centre, width, threshold = -600.0, 1500.0, 0.2
    padded = torch.zeros([size, *shape[1:]], device=DEVICE)

    def run():
        start = time.perf_counter()
        for first in range(0, shape[0], size):
            part = stored[first:first + size].to(DEVICE, non_blocking=True)
            grey = (part.float() - (centre - 0.5)).div_(width - 1).add_(0.5).clamp_(0, 1)
            if len(grey) < size:
                padded.zero_()[:len(grey)] = grey
                grey = padded
            x = grey[None, None] if solid else grey[:, None].expand(-1, sizes[1], -1, -1)
            out = net(x.to(dtype).contiguous(memory_format=layout))
            found = (out[0, 0] if solid else out[:, 0])[:len(part)] >= threshold
            mask[first:first + size].copy_(found, non_blocking=True)
        wait()
        return time.perf_counter() - start
    return run


def main():
    with torch.inference_mode():
        run = (scan if REQUEST["scan"] else network)(*build())
        for _ in range(1 if REQUEST["scan"] else WARMUP):
            run()
        say(torch=torch.__version__, device=DEVICE)
        for line in sys.stdin:
            samples = [run() for _ in range(int(line))]
            peak = torch.cuda.max_memory_allocated() if DEVICE == "cuda" else None
            say(samples=samples, deviceMemory=peak)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # told in one line, whatever it is
        say(error=f"{type(error).__name__}: {error}".splitlines()[0][:300])
        sys.exit(1)
