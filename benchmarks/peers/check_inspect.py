"""Compares `stackbench inspect --json` with SimpleITK (DICOM) and nibabel (NIfTI), voxel by voxel.

    python3 benchmarks/peers/check_inspect.py [--command "deno task --quiet stackbench inspect --json"] PATH...

PATH: DICOM folders and files, NIfTI files, or folders of such files. Of every scan that the peer
reads, the tool must give the same HU (SHA-256 of little-endian float32 in z, y, x order, in LPS
orientation), the same shape, spacing (1e-5 mm) and affine (1e-3 mm), or refuse it with a reason
that is printed here. Needs numpy, SimpleITK and nibabel. Exit status 1 on a difference.
"""
import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
import warnings

import nibabel
import numpy
import pydicom
import SimpleITK

warnings.simplefilter("ignore")
SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
NIFTI = (".nii", ".nii.gz", ".hdr", ".hdr.gz")
LPS_TO_RAS = numpy.diag([-1.0, -1.0, 1.0, 1.0])


def facts(array_zyx, affine_xyz):
    """What the tool must say of HU in z, y, x order and of an affine from (x, y, z) to RAS."""
    hu = numpy.ascontiguousarray(array_zyx, dtype="<f4")
    spacing = numpy.linalg.norm(affine_xyz[:3, :3], axis=0)[::-1]
    return {
        "shape": list(hu.shape),
        "sha256": hashlib.sha256(hu.tobytes()).hexdigest(),
        "spacing": spacing.tolist(),
        "affine": affine_xyz.tolist(),
    }


def from_simpleitk(path):
    if os.path.isdir(path):
        series = SimpleITK.ImageSeriesReader.GetGDCMSeriesIDs(path)
        if not series:
            raise RuntimeError("SimpleITK finds no series")
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames(SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(path, series[0]))
        image = reader.Execute()
    else:
        image = SimpleITK.ReadImage(path)
    if image.GetNumberOfComponentsPerPixel() != 1 or image.GetDimension() != 3:
        raise RuntimeError("no grey volume")
    image = SimpleITK.DICOMOrient(image, "LPS")
    affine = numpy.eye(4)
    affine[:3, :3] = numpy.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    return facts(SimpleITK.GetArrayFromImage(image), LPS_TO_RAS @ affine)


def from_pydicom(path):
    """What pydicom makes of one file, or of a folder of slices of one series."""
    files = [os.path.join(path, name) for name in sorted(os.listdir(path))] if os.path.isdir(
        path) else [path]
    slices = [piece for file in files for piece in pieces(pydicom.dcmread(file))]
    orientation = numpy.array(slices[0]["orientation"], float)
    row, column = orientation[:3], orientation[3:]
    normal = numpy.cross(row, column)
    slices.sort(key=lambda piece: piece["position"] @ normal)
    last, first = slices[-1]["position"], slices[0]["position"]
    step = (last - first) / (len(slices) - 1) if len(slices) > 1 else normal
    rows_apart, columns_apart = slices[0]["spacing"]
    affine = numpy.eye(4)
    affine[:3] = numpy.stack([row * columns_apart, column * rows_apart, step, first], axis=1)
    image = nibabel.Nifti1Image(numpy.stack([piece["hu"] for piece in slices]).T,
                                LPS_TO_RAS @ affine)
    return canonical(image, image.get_fdata(dtype=numpy.float64))


def pieces(dataset):
    """The frames of a data set: HU and place of each."""
    values = dataset.pixel_array
    groups = dataset.get("PerFrameFunctionalGroupsSequence")
    if groups is None:
        frames, values = [dataset], values[None]
    else:
        shared = dataset.SharedFunctionalGroupsSequence[0]
        frames = [merged(group, shared) for group in groups]
    for frame, stored in zip(frames, values):
        yield {
            "hu": stored * float(frame.get("RescaleSlope", 1)) + float(frame.get("RescaleIntercept", 0)),
            "position": numpy.array(frame.ImagePositionPatient, float),
            "orientation": frame.ImageOrientationPatient,
            "spacing": [float(value) for value in frame.PixelSpacing],
        }


def merged(group, shared):
    """The attributes of a frame, whichever functional group they are in."""
    flat = pydicom.Dataset()
    for source in (shared, group):
        for element in source:
            if element.VR == "SQ" and len(element.value) > 0:
                flat.update(element.value[0])
    return flat


def from_nibabel(path):
    image = nibabel.load(path)
    if not isinstance(image, nibabel.Nifti1Pair):
        raise RuntimeError("not NIfTI")
    shape = image.shape
    data = image.get_fdata(dtype=numpy.float64)
    if any(size != 1 for size in shape[3:]):
        raise RuntimeError("several volumes")
    return canonical(image, data.reshape((tuple(shape) + (1, 1))[:3]))


def canonical(image, data):
    """The facts of an image of nibabel, turned to LPS."""
    codes = nibabel.orientations.io_orientation(image.affine)
    target = nibabel.orientations.axcodes2ornt(("L", "P", "S"))
    move = nibabel.orientations.ornt_transform(codes, target)
    affine = image.affine @ nibabel.orientations.inv_ornt_aff(move, data.shape)
    return facts(nibabel.orientations.apply_orientation(data, move).T, affine)


def cases(paths):
    for path in paths:
        names = sorted(os.listdir(path)) if os.path.isdir(path) else []
        if not os.path.isdir(path) or holds_one_series(path, names):
            yield path
        else:
            yield from cases(os.path.join(path, name) for name in names)


def holds_one_series(path, names):
    if any(os.path.isdir(os.path.join(path, name)) for name in names):
        return False
    return len(SimpleITK.ImageSeriesReader.GetGDCMSeriesIDs(path)) == 1


def check(command, path):
    """One line: the verdict, and whether it is a difference."""
    is_nifti = path.lower().endswith(NIFTI)
    try:
        expected = from_nibabel(path) if is_nifti else from_simpleitk(path)
    except Exception as error:  # whatever a peer throws, it does not read the file
        expected, why = None, str(error).strip().splitlines()[-1][:80]
    run = subprocess.run([*command, path], capture_output=True, text=True)
    if run.returncode == 2:
        reason = run.stderr.strip().splitlines() or run.stdout.strip().splitlines()
        peer = "reads it" if expected else f"does not read it ({why})"
        return f"refused, peer {peer}: {reason[0] if reason else ''}", False
    if run.returncode != 0:
        return f"CRASHED with {run.returncode}: {run.stderr.strip()[-200:]}", True
    found = json.loads(run.stdout)
    if expected is None:
        return f"read, peer does not ({why})", False
    wrong = []
    if found["shape"] != expected["shape"]:
        wrong.append(f"shape {found['shape']} != {expected['shape']}")
    if found["voxels"]["sha256"] != expected["sha256"]:
        wrong.append("HU")
    spacing = found["spacing"]
    if spacing is not None and not numpy.allclose(spacing, expected["spacing"], atol=1e-5, rtol=0):
        wrong.append(f"spacing {spacing} != {expected['spacing']}")
    if spacing is not None and not numpy.allclose(found["affine"], expected["affine"], atol=1e-3, rtol=0):
        wrong.append(f"affine {found['affine']} != {expected['affine']}")
    if wrong:
        return "DIFFERS: " + "; ".join(wrong), True
    return f"same HU, order, spacing: {'x'.join(map(str, found['shape']))}", False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", default="deno task --quiet stackbench inspect --json")
    parser.add_argument("paths", nargs="+")
    arguments = parser.parse_args()
    command = shlex.split(arguments.command)
    counts = {"same": 0, "refused": 0, "read alone": 0, "different": 0}
    for path in cases(arguments.paths):
        if path.endswith((".tsv", ".md", ".img.gz", ".img")) or "LICENSE" in path:
            continue
        verdict, different = check(command, path)
        kind = "different" if different else next(
            (name for name, start in (("same", "same"), ("refused", "refused"))
             if verdict.startswith(start)), "read alone")
        counts[kind] += 1
        print(f"{path}: {verdict}")
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
