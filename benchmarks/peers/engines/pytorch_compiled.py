"""PyTorch, compiled: Inductor's code as a saved package (AOTInductor).

"frozen": Inductor packs the weights beforehand, and chooses their layout itself.
"""
import torch

from .pytorch import exported, runner


def save(net, x, path, setting, precision):
    with torch.no_grad():
        torch._inductor.aoti_compile_and_package(
            exported(net, x, setting, precision), package_path=str(path),
            inductor_configs={"freezing": setting == "frozen"})


def load(path, setting, precision, threads):
    torch.set_num_threads(threads)
    return runner(torch._inductor.aoti_load_package(str(path)), setting, precision)
