"""PyTorch's side of a comparison: a process that runs when it is told to, and says how long it took.

    python3 peer.py '{"model": "unet", "input": [8, 3, 512, 512], "precision": "fp32",
                      "mode": "eager", "scan": null}'

It first tries its own settings and takes the fastest: contiguous and channels-last memory, op by op
and as one CUDA graph; in the mode "compile" then torch.compile in the faster memory. It prints a line
of JSON once it is ready, with the setting that it took. For each line on its input, a number of runs,
it prints another with their seconds: of the network by CUDA events with input and output on the GPU,
or, where "scan" is a shape (slices, height, width), of a whole scan from int16 in host memory to a
mask there.
"""
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers" / "models"))
import torch

REQUEST = json.loads(sys.argv[1])
AXES = len(REQUEST["input"]) - 2
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
LAYOUTS = {
    "contiguous": torch.contiguous_format,
    "channels_last": torch.channels_last if AXES == 2 else torch.channels_last_3d,
}
WARMUP = 3
TRIALS = 3


def say(**facts):
    print(json.dumps(facts), flush=True)


def build():
    """The model, with cuDNN's autotuning, and the element type that it computes in."""
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
    return net.eval().to(DEVICE, dtype), dtype


def lay_out(net, layout):
    """A network whose parameters lie as its activations do; Module.to refuses slopes of four axes."""
    for one in net.parameters():
        if one.dim() == AXES + 2:
            one.data = one.data.contiguous(memory_format=LAYOUTS[layout])
        elif one.dim() == AXES + 1:  # a slope an element, for all samples
            one.data = one.data[None].contiguous(memory_format=LAYOUTS[layout])[0]
    return net


def wait():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


class Captured:
    """A network as one CUDA graph, which reads its input where it was captured."""

    def __init__(self, net, x):
        self.x = x.clone(memory_format=torch.preserve_format)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARMUP):
                net(self.x)
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.y = net(self.x)

    def __call__(self, x):
        if x is not self.x:
            self.x.copy_(x)
        self.graph.replay()
        return self.y


def input_in(layout, dtype):
    return torch.rand(REQUEST["input"]).to(DEVICE, dtype).contiguous(memory_format=LAYOUTS[layout])


def network(net, dtype, layout):
    """Times one execution."""
    x = net.x if isinstance(net, Captured) else input_in(layout, dtype)

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
            out = net(x.to(dtype).contiguous(memory_format=LAYOUTS[layout]))
            found = (out[0, 0] if solid else out[:, 0])[:len(part)] >= threshold
            mask[first:first + size].copy_(found, non_blocking=True)
        wait()
        return time.perf_counter() - start
    return run


def settings(net, dtype):
    """Every way to run the network: what it is called, its memory, and the network."""
    for layout in LAYOUTS:
        lay_out(net, layout)
        yield layout, layout, net
        if DEVICE == "cuda":
            yield f"{layout}, one CUDA graph", layout, Captured(net, input_in(layout, dtype))


def seconds_of(net, dtype, layout):
    run = network(net, dtype, layout)
    for _ in range(WARMUP):
        run()
    return min(run() for _ in range(TRIALS))


def best(net, dtype):
    """The fastest way; a way that does not work is passed over, unless none does."""
    found, failure = None, None
    for name, layout, way in settings(net, dtype):
        try:
            seconds = seconds_of(way, dtype, layout)
        except RuntimeError as error:
            failure = failure or error
            continue
        if found is None or seconds < found[0]:
            found = seconds, name, layout, way
    if found is None:
        raise failure
    _, name, layout, way = found
    if layout != list(LAYOUTS)[-1]:
        lay_out(net, layout)  # where captured work reads them, parameters must be as they were
        way = Captured(net, input_in(layout, dtype)) if isinstance(way, Captured) else net
    if REQUEST["mode"] == "compile":
        # CUDA graphs too, without which launches hold small kernels back
        mode = "reduce-overhead" if DEVICE == "cuda" else None
        return f"{layout}, torch.compile", layout, torch.compile(net, mode=mode)
    return name, layout, way


def main():
    with torch.inference_mode():
        net, dtype = build()
        setting, layout, net = best(net, dtype)
        if DEVICE == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()  # what was tried and not taken does not count
        run = (scan if REQUEST["scan"] else network)(net, dtype, layout)
        for _ in range(1 if REQUEST["scan"] else WARMUP):
            run()
        say(torch=torch.__version__, device=DEVICE, setting=setting)
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
