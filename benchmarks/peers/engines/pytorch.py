"""PyTorch, eager: a saved torch.export program, op by op."""
import torch

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def laid_out(thing, setting, axes):
    """A model or tensor in the memory layout of a setting.

    Of a model only what has as many axes as an input: a slope per element of a 3-D net has four, which Module.to
    takes for an image and refuses.
    """
    if setting != "channels_last":
        return thing
    layout = {2: torch.channels_last, 3: torch.channels_last_3d}[axes]
    if isinstance(thing, torch.Tensor):
        return thing.to(memory_format=layout)
    for tensor in (*thing.parameters(), *thing.buffers()):
        if tensor.dim() == axes + 2:
            tensor.data = tensor.data.to(memory_format=layout)
    return thing


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
