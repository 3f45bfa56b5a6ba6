"""Seconds of each layer of a saved OpenVINO model, by its own counters, as JSON.

    open_vino_layers.py FILE PRECISION THREADS REPEATS INPUT

The least of the repeats counts for a layer, the median for the whole.
"""
import json
import statistics
import sys
import time
from importlib.metadata import version

import openvino
from safetensors.numpy import load_file

from open_vino import HINTS


def main(file, precision, threads, repeats, given):
    x = load_file(given)["input"]
    compiled = openvino.Core().compile_model(file, "CPU", {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": int(threads),
        "INFERENCE_PRECISION_HINT": HINTS[precision],
        "PERF_COUNT": True,
    })
    request = compiled.create_infer_request()
    request.infer([x])
    layers, whole = {}, []
    for _ in range(int(repeats)):
        start = time.perf_counter()
        request.infer([x])
        whole.append(time.perf_counter() - start)
        for layer in request.profiling_info:
            seconds = layer.real_time.total_seconds()
            known = layers.setdefault(layer.node_name, (layer.node_type, layer.exec_type, seconds))
            layers[layer.node_name] = (*known[:2], min(known[2], seconds))
    print(json.dumps({"version": version("openvino"), "whole": statistics.median(whole),
                      "layers": [layer for layer in layers.values() if layer[2] > 0]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
