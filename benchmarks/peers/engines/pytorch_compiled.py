"""PyTorch, compiled: Inductor's code and its packed weights as a saved package (AOTInductor)."""
import torch

from .pytorch import exported, runner


def save(net, x, path, setting, precision):
    with torch.inference_mode():
        torch._inductor.aoti_compile_and_package(
            exported(net, x, setting, precision), package_path=str(path), inductor_configs={"freezing": True})


def load(path, setting, precision, threads):
    torch.set_num_threads(threads)
    return runner(torch._inductor.aoti_load_package(str(path)), setting, precision)
