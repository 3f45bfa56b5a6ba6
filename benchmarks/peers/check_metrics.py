"""Compares `stackbench evaluate` of two NIfTI masks with scipy, MONAI and surface-distance.

    python benchmarks/peers/check_metrics.py TRUTH.nii.gz PREDICTION.nii.gz

Any voxel that is not 0 counts as foreground. Exits with 1 where a value is further from its peer
than 1e-6 (`hd95*`: 1e-4 mm).
"""

import json
import pathlib
import subprocess
import sys

import nibabel
import numpy as np

from peer_metrics import every_metric

ROOT = pathlib.Path(__file__).parents[2]


def read(path):
    """Mask and spacing in the project's order: z to superior, y to posterior, x to the left."""
    image = nibabel.as_closest_canonical(nibabel.load(path))
    mask = np.asanyarray(image.dataobj)[::-1, ::-1].T != 0
    return mask, tuple(float(mm) for mm in image.header.get_zooms()[:3])[::-1]


def main(truth_path, prediction_path):
    (truth, spacing), (prediction, _) = read(truth_path), read(prediction_path)
    peers = every_metric(prediction, truth, spacing)
    files = [str(pathlib.Path(path).resolve()) for path in (truth_path, prediction_path)]
    command = ["deno", "task", "--quiet", "stackbench", "evaluate", "--json"]
    command += ["--truth", files[0], "--prediction", files[1]]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    ours = json.loads(printed)["metrics"]
    failed = 0
    for name, peer in peers.items():
        value = ours[name]["value"]
        same = value is None and peer is None
        if value is not None and peer is not None:
            same = abs(value - peer) <= (1e-4 if name.startswith("hd95") else 1e-6)
        failed += not same
        print(f"{'ok  ' if same else 'FAIL'} {name:28} {value} {peer}")
    print(f"{len(peers) - failed} of {len(peers)} agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
