"""Draws the weights and the input of a case: `drawn_model.py MODEL SIZES FOLDER`.

The layers are scaled so that nothing saturates, as check_forward.py does it. Written are
weights.safetensors, under the names of the state_dict, and input.safetensors.
"""
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parent / "models"))
import unet_xception_cbam
import vnet
from check_forward import Case, build, calibrate, randomise

MODULES = {"vnet": vnet, "unet": unet_xception_cbam}


def case_of(model, sizes):
    return Case(f"{model} {sizes} 1 probabilities")


def drawn(model, sizes, folder):
    """The model and the input that were written."""
    case = case_of(model, sizes)
    with torch.device("meta"):
        net = build(case, MODULES).eval()
    net.load_state_dict(load_file(folder / "weights.safetensors"), assign=True)
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    return net, load_file(folder / "input.safetensors")["input"]


def draw(model, sizes, folder):
    case = case_of(model, sizes)
    generator = torch.Generator().manual_seed(1)
    with torch.inference_mode():
        net = build(case, MODULES).eval()
        x = torch.randn(1, 3 if case.kind == "unet" else 1, *case.spatial, generator=generator)
        randomise(net, generator)
        calibrate(net, case, x)
        save_file(net.state_dict(), folder / "weights.safetensors")
        save_file({"input": x}, folder / "input.safetensors")


if __name__ == "__main__":
    draw(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
