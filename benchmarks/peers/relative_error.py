"""How far a peer's output is from ours: `relative_error.py OURS THEIRS` prints ||theirs - ours|| / ||ours||."""
import sys

import numpy
from safetensors.numpy import load_file

ours, theirs = (load_file(file)["output"].astype(numpy.float64) for file in sys.argv[1:3])
if ours.shape != theirs.shape:
    sys.exit(f"the outputs are of {ours.shape} and {theirs.shape}")
if not numpy.isfinite(theirs).all():
    sys.exit("the output is not finite")
print(numpy.linalg.norm(theirs - ours) / numpy.linalg.norm(ours))
