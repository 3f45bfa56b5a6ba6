"""The peers. A new one is a line in the table and a module here that has

- save(net, x, path, setting, precision): writes the model, in a process that ends then;
- load(path, setting, precision, threads): a function from input to output, both float32 arrays.

`load` imports no more than it needs, for what the process holds is measured.
"""
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Engine:
    module: str
    package: str  # whose version is told
    file: str  # what the saved model is called
    settings: tuple  # each is tried, and the fastest is timed
    precisions: tuple = ("fp32", "bf16")

    def load_module(self):
        return import_module(f"engines.{self.module}")


ENGINES = {
    "pytorch": Engine("pytorch", "torch", "model.pt2", ("channels_first", "channels_last")),
    "pytorch-compiled": Engine("pytorch_compiled", "torch", "model.pt2", ("frozen", "channels_last")),
    # its CPU convolutions know no bf16
    "onnxruntime": Engine("onnx_runtime", "onnxruntime", "model.onnx", ("all_optimisations",), ("fp32",)),
    "openvino": Engine("open_vino", "openvino", "model.xml", ("latency",)),
}
