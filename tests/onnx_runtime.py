"""Runs every model.onnx of a folder in ONNX Runtime: NAME.f32 for each input, y.f32 out.

python3 tests/onnx_runtime.py FOLDER [THREADS]

Each model lies in a folder of its own. Files are checked against the standard first where the
package onnx is installed.
"""

import pathlib
import sys

import numpy as np
import onnxruntime

try:
    import onnx
except ImportError:
    onnx = None

for path in sorted(pathlib.Path(sys.argv[1]).glob("*/model.onnx")):
    if onnx:
        onnx.checker.check_model(str(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = {
        read.name: np.fromfile(path.with_name(f"{read.name}.f32"), "<f4").reshape(read.shape)
        for read in session.get_inputs()
    }
    (y,) = session.run(["output"], inputs)
    y.astype("<f4").tofile(path.with_name("y.f32"))
