"""Saves a drawn model for a peer: `save_model.py MODEL SIZES FOLDER PEER SETTING PRECISION FILE`."""
import sys
from pathlib import Path

from drawn_model import drawn
from engines import ENGINES


def main(model, sizes, folder, peer, setting, precision, file):
    net, x = drawn(model, sizes, Path(folder))
    ENGINES[peer].load_module().save(net, x, file, setting, precision)


if __name__ == "__main__":
    main(*sys.argv[1:])
