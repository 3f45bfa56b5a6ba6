"""Greys of healthy lung, lesion and soft tissue under normalisations of a scan, as a table.

Of the eight scans that settings were chosen on: raw in [0, 1], standardised by the mean and standard
deviation of the whole scan, and equalised by its whole histogram.

    python3 benchmarks/study/greys.py        needs numpy and nibabel
"""

import json
from pathlib import Path

import nibabel
import numpy

MANIFEST = Path(__file__).resolve().parent.parent / "data" / "covid-ct-seg20.json"
UNSEEN = ("coronacases_009", "coronacases_010")
# greys above this, outside the lungs, are soft tissue
TISSUE = 100


def voxels(path: Path) -> numpy.ndarray:
    return numpy.asarray(nibabel.load(path).dataobj)


def main() -> None:
    print("| scan | lung, lesion, tissue: raw | standardised | equalised |")
    print("|---|---|---|---|")
    for case in json.loads(MANIFEST.read_text())["cases"]:
        if case["split"] != "train" or case["id"] in UNSEEN:
            continue
        image = MANIFEST.parent / case["image"]
        greys = voxels(image)
        lesion = voxels(MANIFEST.parent / case["truth"]) > 0
        lung = voxels(image.with_name(image.name.replace("_ct8", "_lung"))) > 0
        counts = numpy.bincount(greys.ravel(), minlength=256)
        ranks = (numpy.cumsum(counts) - counts / 2) / counts.sum()
        parts = (lung & ~lesion, lesion, ~lung & (greys > TISSUE))
        scales = (greys / 255, (greys - greys.mean()) / greys.std(), ranks[greys])
        cells = (", ".join(f"{scale[part].mean():.2f}" for part in parts) for scale in scales)
        print(f"| {case['id']} | {' | '.join(cells)} |")


main()
