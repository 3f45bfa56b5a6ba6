"""Tells scan by scan what `stackbench inspect --json` and its peers read, and why they differ.

    python3 benchmarks/peers/check_inspect.py [--table results/scans-beside-peers.md] NAME=PATH...
        [--command "deno task --quiet stackbench inspect --json"] [--reasons FILE.json]

PATH: a folder of scans (files, and folders of DICOM files), called NAME in the table. Peers are
pydicom (with pylibjpeg) and SimpleITK for DICOM, nibabel and SimpleITK for NIfTI. What a peer reads
must be read with the same HU (float32, bit for bit, or as near as peers are to one another), order,
spacing (1e-5 mm) and affine (1e-3 mm, or the tenth of a voxel that positions may be off), or the
difference must have a reason in the file of reasons. Exit status 1 where one has none.

Needs numpy, pydicom, pylibjpeg with its plugins, SimpleITK and nibabel.
"""
import argparse
import hashlib
import json
import multiprocessing
import os
import re
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
NO_SCAN = (".tsv", ".md", ".img.gz", ".img", ".json", ".txt")
LPS_TO_RAS = numpy.diag([-1.0, -1.0, 1.0, 1.0])
HERE = os.path.dirname(os.path.abspath(__file__))


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


class Read:
    """A volume that a peer read, in LPS order."""

    def __init__(self, array_zyx, affine_xyz):
        self.hu = numpy.ascontiguousarray(array_zyx, dtype="<f4")
        self.facts = facts(self.hu, affine_xyz)


def from_simpleitk(path):
    return simpleitk(path).facts


def from_pydicom(path):
    return by_pydicom(path).facts


def from_nibabel(path):
    return by_nibabel(path).facts


def simpleitk(path):
    if os.path.isdir(path):
        series = SimpleITK.ImageSeriesReader.GetGDCMSeriesIDs(path)
        if not series:
            raise RuntimeError("SimpleITK finds no series")
        # The one with the most files: scouts and reports lie beside scans.
        names = max((SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(path, one) for one in series), key=len)
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames(names)
        image = reader.Execute()
    else:
        image = SimpleITK.ReadImage(path)
    if image.GetNumberOfComponentsPerPixel() != 1 or image.GetDimension() != 3:
        raise RuntimeError("no grey volume")
    image = SimpleITK.DICOMOrient(image, "LPS")
    affine = numpy.eye(4)
    affine[:3, :3] = numpy.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    return Read(SimpleITK.GetArrayFromImage(image), LPS_TO_RAS @ affine)


def by_pydicom(path):
    """What pydicom makes of one file, or of the slices of a folder that have the usual size and plane."""
    files = [path]
    if os.path.isdir(path):
        files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
    slices = []
    for file in files:
        try:
            dataset = pydicom.dcmread(file, force=True)
        except Exception:  # what is no DICOM fails in many ways
            if len(files) > 1:
                continue
            raise
        if len(files) == 1 or ("PixelData" in dataset and dataset.get("Modality") == "CT"
                               and ("ImagePositionPatient" in dataset or "NumberOfFrames" in dataset)):
            slices += list(pieces(dataset))
    kinds = {}
    for piece in slices:
        plane = None if piece["orientation"] is None else tuple(numpy.round(piece["orientation"], 1))
        kinds.setdefault((piece["hu"].shape, plane), []).append(piece)
    slices = max(kinds.values(), key=len)
    if slices[0]["orientation"] is None:
        affine = numpy.eye(4)
        affine[0, 0], affine[1, 1] = slices[0]["spacing"][1], slices[0]["spacing"][0]
        return Read(numpy.stack([piece["hu"] for piece in slices]), LPS_TO_RAS @ affine)
    # Directions of few digits are taken at right angles, as the tool and SimpleITK take them.
    orientation = numpy.array(slices[0]["orientation"], float)
    row = orientation[:3] / numpy.linalg.norm(orientation[:3])
    column = orientation[3:] - row * (row @ orientation[3:])
    column /= numpy.linalg.norm(column)
    normal = numpy.cross(row, column)
    slices.sort(key=lambda piece: piece["position"] @ normal)
    last, first = slices[-1]["position"], slices[0]["position"]
    step = (last - first) / (len(slices) - 1) if len(slices) > 1 else normal * slices[0]["thickness"]
    rows_apart, columns_apart = slices[0]["spacing"]
    affine = numpy.eye(4)
    affine[:3] = numpy.stack([row * columns_apart, column * rows_apart, step, first], axis=1)
    hu = numpy.stack([piece["hu"] for piece in slices])
    image = nibabel.Nifti1Image(hu.T, LPS_TO_RAS @ affine)
    return canonical(image, image.get_fdata(dtype=numpy.float64))


def pieces(dataset):
    """The frames of a data set: HU and place of each."""
    values = dataset.pixel_array
    if values.ndim > 3 or dataset.get("SamplesPerPixel", 1) != 1:
        raise RuntimeError("no grey image")
    groups = dataset.get("PerFrameFunctionalGroupsSequence")
    if groups is None:
        frames, values = [dataset], values[None] if values.ndim == 2 else values
        frames = frames * len(values)
    else:
        shared = dataset.SharedFunctionalGroupsSequence[0]
        frames = [merged(group, shared) for group in groups]
        values = values[None] if values.ndim == 2 else values
    for frame, stored in zip(frames, values):
        position = frame.get("ImagePositionPatient")
        yield {
            "hu": stored * float(frame.get("RescaleSlope", 1)) + float(frame.get("RescaleIntercept", 0)),
            "position": None if position is None else numpy.array(position, float),
            "orientation": frame.get("ImageOrientationPatient"),
            "spacing": [float(value) for value in frame.get("PixelSpacing", (1, 1))],
            "thickness": float(frame.get("SpacingBetweenSlices") or frame.get("SliceThickness") or 1),
        }


def merged(group, shared):
    """The attributes of a frame, whichever functional group they are in."""
    flat = pydicom.Dataset()
    for source in (shared, group):
        for element in source:
            if element.VR == "SQ" and len(element.value) > 0:
                flat.update(element.value[0])
    return flat


def by_nibabel(path):
    image = nibabel.load(path)
    if not isinstance(image, nibabel.Nifti1Pair):
        raise RuntimeError("not NIfTI")
    shape = image.shape
    data = image.get_fdata(dtype=numpy.float64)
    if any(size != 1 for size in shape[3:]):
        raise RuntimeError("several volumes")
    return canonical(image, data.reshape((tuple(shape) + (1, 1))[:3]))


def canonical(image, data):
    """An image of nibabel, turned to LPS."""
    codes = nibabel.orientations.io_orientation(image.affine)
    target = nibabel.orientations.axcodes2ornt(("L", "P", "S"))
    move = nibabel.orientations.ornt_transform(codes, target)
    affine = image.affine @ nibabel.orientations.inv_ornt_aff(move, data.shape)
    return Read(nibabel.orientations.apply_orientation(data, move).T, affine)


def scans(path):
    """Files, and folders with DICOM files in them or below."""
    names = sorted(os.listdir(path))
    for name in names:
        inner = os.path.join(path, name)
        if os.path.isdir(inner):
            if is_scan_folder(inner):
                yield inner
            else:
                yield from scans(inner)
        elif not name.endswith(NO_SCAN) and "LICENSE" not in name and not name.startswith("."):
            yield inner


def is_scan_folder(path):
    """Whether files of a folder are DICOM, or those of folders that only divide a study."""
    files = [name for name in os.listdir(path) if os.path.isfile(os.path.join(path, name))]
    if any(name.endswith(NIFTI) or name in ("expected.json", "FACTS.tsv") for name in files):
        return False
    inside = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    return len(inside) > 1 and sum(is_dicom(file) for file in inside) > len(inside) / 2


def is_dicom(path):
    with open(path, "rb") as file:
        start = file.read(132)
    return start[128:] == b"DICM" or start[:1] in (b"\x02", b"\x08")


def ours(command, path):
    """What the tool says: its facts, or why it refuses."""
    run = subprocess.run([*command, path], capture_output=True, text=True)
    if run.returncode == 0:
        return json.loads(run.stdout), None
    if run.returncode == 2:
        lines = run.stderr.strip().splitlines()
        return None, re.sub(r"^error: ", "", lines[0] if lines else "").replace(path, os.path.basename(path))
    return None, f"CRASHED with {run.returncode}: {run.stderr[-300:]}"


def apart(how, path):
    """What a peer reads, or why it does not, in a process of its own: some crash."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=tell, args=(how, path, theirs))
    process.start()
    theirs.close()
    try:
        volume, why = ours.recv()
    except EOFError:
        volume, why = None, "crashes"
    process.join()
    return volume, why


def tell(how, path, pipe):
    try:
        pipe.send((how(path), None))
    except Exception as error:  # whatever a peer throws, it does not read the scan
        lines = str(error).strip().splitlines() or [repr(error)]
        pipe.send((None, lines[-1].split("): ")[-1].replace(os.path.dirname(path) + "/", "")[:70]))


def compare(found, peer):
    """In what the tool differs from a peer: nothing, or words."""
    wrong = []
    if found["shape"] != peer.facts["shape"]:
        return [f"shape {'x'.join(map(str, peer.facts['shape']))}"]
    if found["voxels"]["sha256"] != peer.facts["sha256"]:
        wrong.append("HU")
    if found["spacing"] is not None:
        if not numpy.allclose(found["spacing"], peer.facts["spacing"], atol=1e-5, rtol=0):
            wrong.append("spacing " + " x ".join(f"{value:.4g}" for value in peer.facts["spacing"]))
        elif not numpy.allclose(found["affine"], peer.facts["affine"], atol=tolerance(found), rtol=0):
            wrong.append("place")
    return wrong


def tolerance(found):
    """Positions and directions are written with few digits, and peers start from other slices."""
    return max(1e-3, 0.1 * min(found["spacing"])) if found["format"] == "dicom" else 1e-3


def row(name, path, command, reasons):
    """A line of the table, and whether a difference lacks a reason."""
    found, refusal = ours(command, path)
    peers = {"nibabel": by_nibabel, "SimpleITK": simpleitk} if path.lower().endswith(NIFTI) else {
        "pydicom": by_pydicom, "SimpleITK": simpleitk}
    read, words = {}, {}
    for peer, how in peers.items():
        volume, why = apart(how, path)
        if volume is not None:
            read[peer] = volume
        else:
            words[peer] = f"does not read it ({why})"
    differs = False
    for peer, volume in read.items():
        wrong = compare(found, volume) if found else []
        if found and wrong == ["HU"]:
            near = nearness(found, volume, read)
            if near is not None:
                words[peer] = near
                continue
        words[peer] = ("the same" if found else "reads it") if not wrong else "other " + ", ".join(wrong)
        differs |= bool(wrong) or found is None
    lonely = found is not None and not read
    told = f"{'x'.join(map(str, found['shape']))}" if found else f"refused: {refusal}"
    if found:
        warned = [note["rule"] for note in found["report"] if note["kind"] in ("warning", "repaired")]
        told += f" ({', '.join(dict.fromkeys(warned))})" if warned else ""
    reason = next((why for pattern, why in reasons.items() if re.search(pattern, name)), "")
    crashed = refusal is not None and refusal.startswith("CRASHED")
    lacks = crashed or (differs or lonely) and not reason
    cells = [name, told, words.get("pydicom", words.get("nibabel", "")), words["SimpleITK"],
             reason if differs or lonely else ""]
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |", lacks


def nearness(found, volume, read):
    """For HU that are not bit for bit the same: how near, by a peer whose HU are ours; None if far."""
    for other in read.values():
        if other is not volume and other.facts["sha256"] == found["voxels"]["sha256"]:
            most = float(numpy.nanmax(numpy.abs(other.hu.astype(float) - volume.hu)))
            if most <= 1e-3:
                return f"the same but for rounding ({most:.1g} HU)"
            scale = max(rescale["slope"] for rescale in found["rescale"])
            if most <= 2.5 * abs(scale):
                return f"within {most / abs(scale):.0f} grey levels of a lossy codec"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", default="deno task --quiet stackbench inspect --json")
    parser.add_argument("--table")
    parser.add_argument("--reasons", default=os.path.join(HERE, "check_inspect_reasons.json"))
    parser.add_argument("roots", nargs="+", metavar="NAME=PATH")
    arguments = parser.parse_args()
    command = shlex.split(arguments.command)
    with open(arguments.reasons) as file:
        reasons = json.load(file)
    lines = ["# Scans beside peers", "",
             "Made by `benchmarks/peers/check_inspect.py`, whose head says what is compared. `odd` is what",
             "`benchmarks/peers/odd_scans.py` writes.", "",
             "| scan | Stackbench | pydicom or nibabel | SimpleITK | why they differ |",
             "| --- | --- | --- | --- | --- |"]
    count = unexplained = 0
    for root in arguments.roots:
        name, path = root.split("=", 1)
        for scan in scans(path):
            line, lacks = row(f"{name}/{os.path.relpath(scan, path)}", scan, command, reasons)
            count, unexplained = count + 1, unexplained + lacks
            lines.append(line)
            if lacks or not arguments.table:
                print(("NO REASON " if lacks else "") + line, flush=True)
    lines += ["", f"{count} scans, {unexplained} differences without a reason."]
    print(lines[-1])
    if arguments.table:
        with open(arguments.table, "w") as file:
            file.write("\n".join(lines) + "\n")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
