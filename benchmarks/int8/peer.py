"""NNCF's post-training quantisation of an ONNX file: what OpenVINO makes of it, or the model itself.

    peer.py run NET.onnx SEEN ASKED GIVEN
    peer.py save NET.onnx SEEN FLOAT.xml INT8.xml
    peer.py time MODEL.xml INPUT.safetensors

SEEN and ASKED hold inputs of the network one after another, in single precision: those that it is quantised with, and
those whose outputs are written to GIVEN, where what is not int8 is computed in single precision. `time` prints the
seconds that one thread runs for an execution, where what is not int8 is computed in bf16: the median of three.
"""
import os
import sys
from statistics import median
from time import process_time

import numpy
import openvino
from safetensors.numpy import load_file


def inputs(path, shape):
    """The inputs that a file holds."""
    return numpy.memmap(path, numpy.float32, "r").reshape(-1, *shape)


def quantised(model, seen):
    import nncf  # takes seconds, and timing does not need it
    known = inputs(seen, tuple(model.inputs[0].shape))
    return nncf.quantize(model, nncf.Dataset(list(known)), subset_size=len(known))


def run(net, seen, asked, given):
    model = openvino.Core().read_model(net)
    compiled = openvino.Core().compile_model(quantised(model, seen), "CPU", {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())),
    })
    with open(given, "wb") as file:
        for x in inputs(asked, tuple(model.inputs[0].shape)):
            file.write(compiled(x)[0].astype(numpy.float32).tobytes())


def save(net, seen, plain, int8):
    model = openvino.Core().read_model(net)
    openvino.save_model(model, plain, compress_to_fp16=False)
    openvino.save_model(quantised(model, seen), int8, compress_to_fp16=False)


def time(path, given):
    x = load_file(given)["input"]
    compiled = openvino.Core().compile_model(path, "CPU", {
        "INFERENCE_PRECISION_HINT": "bf16",
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
    })
    request = compiled.create_infer_request()
    samples = []
    for _ in range(4):
        start = process_time()
        request.infer([x], share_inputs=True, share_outputs=True)
        samples.append(process_time() - start)
    # the first warms up
    print(median(samples[1:]))


if __name__ == "__main__":
    {"run": run, "save": save, "time": time}[sys.argv[1]](*sys.argv[2:])
