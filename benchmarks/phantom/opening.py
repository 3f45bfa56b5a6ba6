"""What shape alone adds to a threshold on the phantom: vessels are thin, lesions are not.

    deno task stackbench data phantom --out phantoms --scans 12 --shape 80x128x128
    python benchmarks/phantom/opening.py phantoms

Needs nibabel, numpy, scipy. Inside the exact lung masks: the Dice of the best threshold for all
scans on plain HU, and after a 3x3x3 median and a 3x3x3 grey opening. Chosen with the truth in hand.
"""

import json
import pathlib
import sys

import nibabel
import numpy
from scipy import ndimage

folder = pathlib.Path(sys.argv[1])
thresholds = range(-800, -100, 10)
plain, opened = [], []
for case in json.loads((folder / "manifest.json").read_text())["cases"]:
    load = lambda path: numpy.asarray(nibabel.load(folder / path).dataobj)
    truth = load(case["truth"]) > 0
    if not truth.any():
        continue
    lung = load(f"lungs/{case['id']}.nii.gz") > 0
    filled = numpy.where(lung, load(case["image"]), -850)
    thick = ndimage.grey_opening(
        numpy.where(lung, ndimage.median_filter(filled, 3), -850), (3, 3, 3)
    )
    for found, hu in ((plain, filled), (opened, thick)):
        masks = [lung & (hu > threshold) for threshold in thresholds]
        found.append([2 * (mask & truth).sum() / (mask.sum() + truth.sum()) for mask in masks])
for name, found in (("plain HU", plain), ("after the opening", opened)):
    means = numpy.mean(found, axis=0)
    best = int(means.argmax())
    print(f"{name}: mean Dice {means[best]:.3f} of {len(found)} scans above {thresholds[best]} HU")
