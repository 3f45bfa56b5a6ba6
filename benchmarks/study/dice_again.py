"""Dice of every mask of a run again, by nibabel and numpy alone.

    python3 benchmarks/study/dice_again.py RUN MANIFEST        needs numpy and nibabel

RUN is the folder that `stackbench run --out` filled, MANIFEST that of its scans. Exits with 1 where a
value is not the same to the last bit, or nothing was compared.
"""

import json
import sys
from pathlib import Path

import nibabel
import numpy


def foreground(path: Path) -> numpy.ndarray:
    return numpy.asarray(nibabel.load(path).dataobj) > 0


def main(run: Path, manifest: Path) -> int:
    result = json.loads((run / "result.json").read_text())
    truths = {
        case["id"]: foreground(manifest.parent / case["truth"])
        for case in json.loads(manifest.read_text())["cases"]
    }
    ids = {case["index"]: case["id"] for case in result["dataset"]["cases"]}
    same = 0
    for prediction in result["predictions"]:
        scan, model = ids[prediction["case"]], prediction["model"]
        folder = model.translate(str.maketrans(":#@", "---"))
        mask, truth = foreground(run / "masks" / folder / f"{scan}.nii.gz"), truths[scan]
        dice = 2 * int((mask & truth).sum()) / int(mask.sum() + truth.sum())
        found = prediction["metrics"]["dice"]["value"]
        if dice == found:
            same += 1
        else:
            print(f"{model}, {scan}: {found} is {dice}")
    print(f"{same} of {len(result['predictions'])} the same")
    return 0 if 0 < same == len(result["predictions"]) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
