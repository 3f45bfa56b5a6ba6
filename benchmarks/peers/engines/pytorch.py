"""PyTorch, eager: a saved torch.export program, op by op."""
import torch

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def laid_out(thing, setting, axes):
    """A model or tensor in the memory layout of a setting."""
    if setting != "channels_last":
        return thing
    return thing.to(memory_format={2: torch.channels_last, 3: torch.channels_last_3d}[axes])


def exported(net, x, setting, precision):
    axes = x.dim() - 2
    net, x = (laid_out(thing.to(DTYPES[precision]), setting, axes) for thing in (net, x))
    return torch.export.export(net, (x,))


def runner(net, setting, precision):
    """From array to array, by anything that can be called with a tensor."""
    def run(array):
        with torch.inference_mode():
            x = torch.from_numpy(array).to(DTYPES[precision])
            return net(laid_out(x, setting, x.dim() - 2)).float().contiguous().numpy()
    return run


def save(net, x, path, setting, precision):
    torch.export.save(exported(net, x, setting, precision), path)


def load(path, setting, precision, threads):
    torch.set_num_threads(threads)
    return runner(torch.export.load(path).module(), setting, precision)
