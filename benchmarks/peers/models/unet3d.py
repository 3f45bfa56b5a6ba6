"""The network of examples/unet3d.ts in PyTorch: the same layers under the same names.

A small 3-D U-Net after Cicek et al. 2016: two convolutions a level with instance norm and ReLU, max pooling down,
transposed convolutions up, concatenation with the encoder's output of the same size.
"""
import torch.nn as nn
import ops as O


class Block(nn.Module):
    def __init__(s, ci, co):
        super().__init__()
        for i in range(2):
            s.add_module("conv%d" % i, nn.Conv3d(ci if i == 0 else co, co, 3, padding=1))
            s.add_module("norm%d" % i, nn.InstanceNorm3d(co, eps=1e-5, affine=True))
            s.add_module("act%d" % i, O.ReLU())

    def forward(s, x):
        for m in s.children(): x = m(x)
        return x


class UNet3d(nn.Module):
    def __init__(s, widths=(8, 16, 32), out_act=True):
        super().__init__()
        levels = len(widths)
        s.enc, s.pool, s.up, s.dec = nn.ModuleList(), nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for l, c in enumerate(widths): s.enc.append(Block(widths[l - 1] if l else 1, c))
        for l in range(levels - 1):
            s.pool.append(nn.MaxPool3d(2))
            s.up.append(nn.Sequential())
            s.up[l].add_module("deconv", nn.ConvTranspose3d(widths[l + 1], widths[l], 2, stride=2))
            s.dec.append(Block(2 * widths[l], widths[l]))
        s.merge = O.Cat()
        s.head = nn.Conv3d(widths[0], 1, 1)
        s.out = O.Sigmoid() if out_act else O.Ident()

    def forward(s, x):
        skips, h = [], x
        for l, e in enumerate(s.enc):
            h = e(h)
            if l < len(s.pool): skips.append(h); h = s.pool[l](h)
        for l in reversed(range(len(s.pool))): h = s.dec[l](s.merge(s.up[l](h), skips[l]))
        return s.out(s.head(h))


def build(variant="unet3d", **kw):
    return UNet3d(**kw)
