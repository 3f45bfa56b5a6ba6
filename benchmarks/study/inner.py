"""Inner splits of the study on patients: manifests and thinned scans to choose settings with.

Nothing here touches a test scan of the outer fold 1 (coronacases_009, coronacases_010) or a scan of
the manifest's split `test`. `transfer` learns from one source and validates on both; `mixed` is the
split that fold 1 itself trains with. `thin` holds the validation scans of both with every k-th slice
only, so that 22 to 24 are left: fewer than a stack, far apart, as short scans are.

    python3 benchmarks/study/inner.py OUT        needs numpy and nibabel
"""

import json
import sys
from pathlib import Path

import nibabel
import numpy

HERE = Path(__file__).resolve().parent
MANIFEST = HERE.parent / "data" / "covid-ct-seg20.json"

SPLITS = {
    "transfer": {
        "train": ["001", "002", "005", "006", "007"],
        "validation": ["004", "radiopaedia_10_85902_3", "radiopaedia_14_85914_0"],
    },
    "mixed": {
        "train": ["001", "002", "004", "005", "007", "radiopaedia_14_85914_0"],
        "validation": ["006", "radiopaedia_10_85902_3"],
    },
}

# slices that thinned scans have at most
THIN = 24


def full_name(name: str) -> str:
    return name if name.startswith("radiopaedia") else f"coronacases_{name}"


def thinned(path: Path, out: Path) -> None:
    image = nibabel.load(path)
    voxels = numpy.asarray(image.dataobj)
    axis = nibabel.aff2axcodes(image.affine).index("S")
    step = -(-voxels.shape[axis] // THIN)
    kept = voxels[(slice(None),) * axis + (slice(None, None, step),)]
    affine = image.affine.copy()
    affine[:3, axis] *= step
    nibabel.Nifti1Image(kept, affine, dtype=voxels.dtype).to_filename(out)


def main() -> None:
    out = Path(sys.argv[1]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    manifest = json.loads(MANIFEST.read_text())
    by_id = {case["id"]: case for case in manifest["cases"]}
    for name, split in SPLITS.items():
        cases, thin = [], []
        for part, names in split.items():
            for one in map(full_name, names):
                case = dict(by_id[one], split=part)
                for key in ("image", "truth"):
                    case[key] = str((MANIFEST.parent / case[key]).resolve())
                cases.append(case)
                if part == "validation":
                    short = dict(case, id=f"{one}_thin")
                    for key in ("image", "truth"):
                        short[key] = str(out / f"{one}_{key}_thin.nii.gz")
                        thinned(Path(case[key]), Path(short[key]))
                    thin.append(short)
        whole = dict(manifest, name=f"inner split {name}", cases=cases)
        both = dict(manifest, name=f"inner split {name}, and thinned", cases=cases + thin)
        (out / f"{name}.json").write_text(json.dumps(whole, indent=1))
        (out / f"{name}-validation.json").write_text(json.dumps(both, indent=1))


main()
