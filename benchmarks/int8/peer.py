"""NNCF's post-training quantisation of an ONNX file, and what OpenVINO makes of it.

    peer.py NET.onnx SEEN ASKED GIVEN

SEEN and ASKED hold inputs of the network one after another, in single precision: those that it is quantised with, and
those whose outputs are written to GIVEN. What is not int8 is computed in single precision.
"""
import os
import sys

import nncf
import numpy
import openvino


def inputs(path, shape):
    """The inputs that a file holds."""
    return numpy.memmap(path, numpy.float32, "r").reshape(-1, *shape)


def main(net, seen, asked, given):
    model = openvino.Core().read_model(net)
    shape = tuple(model.inputs[0].shape)
    known = inputs(seen, shape)
    quantised = nncf.quantize(model, nncf.Dataset(list(known)), subset_size=len(known))
    compiled = openvino.Core().compile_model(quantised, "CPU", {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())),
    })
    with open(given, "wb") as file:
        for x in inputs(asked, shape):
            file.write(compiled(x)[0].astype(numpy.float32).tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
