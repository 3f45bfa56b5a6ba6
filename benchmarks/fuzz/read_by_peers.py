"""Reads scans with pydicom or nibabel and tells in what another reading differs, for differences.ts.

A request a line on standard input: {"path", "original", "format", "hu", "shape", "affine", "spacing", "source": {"shape",
"affine", "axes"}, "notes"}: `original` is the file before it was damaged, or null, `hu` a file of float32 in the order
of the canonical shape (z, y, x), `notes` what our report says. An answer a line: {"verdict": "same" | "unread" |
"differs", "why": [...], "reason"}. What is compared, in the file's own order of axes: shape, HU (float32, bit for bit
but for lossy codecs), affine and spacing.

Needs numpy, nibabel, pydicom, pylibjpeg with its plugins and pyjpegls.
"""
import json
import logging
import os
import sys
import warnings
from importlib.metadata import version

import nibabel
import numpy
import pydicom
from pydicom.pixels import apply_modality_lut

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
nibabel.imageglobals.log_level = 100
LPS_TO_RAS = numpy.diag([-1.0, -1.0, 1.0, 1.0])
PACKAGES = ("nibabel", "numpy", "pydicom", "pylibjpeg", "pylibjpeg-libjpeg", "pylibjpeg-openjpeg", "pylibjpeg-rle",
            "pyjpegls")
# Lossless JPEG 2000 and JPEG have transforms that are exact; lossy ones round in as many ways as there are decoders.
LOSSY = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.91",
         "1.2.840.10008.1.2.4.203")


class Unread(Exception):
    """What a peer says where it reads no scan."""


class Reading:
    """A scan as a peer reads it: HU (i, j, k), affine to RAS+ (None where unknown), columns of it that are known, and
    what it was made of."""

    def __init__(self, hu, affine, known=(0, 1, 2), **made_of):
        self.hu, self.affine, self.known = hu, affine, known
        self.__dict__.update(made_of)


def by_nibabel(path):
    image = nibabel.load(path)
    if not isinstance(image, nibabel.Nifti1Pair):
        raise Unread("it takes it for another format")
    shape = tuple(image.shape)
    if any(size != 1 for size in shape[3:]):
        raise Unread("it reads several volumes")
    data = numpy.asanyarray(image.dataobj)
    if data.dtype.kind not in "iuf":
        raise Unread("it reads no numbers of one part")
    return Reading(data.reshape((shape + (1, 1))[:3]), image.affine, image=image)


def by_pydicom(path):
    dataset = pydicom.dcmread(path, force=True)
    values = dataset.pixel_array
    if dataset.get("SamplesPerPixel", 1) != 1 or values.ndim > 3:
        raise Unread("it reads colours")
    return placed(dataset, values[None] if values.ndim == 2 else values)


def placed(dataset, values, to_hu=apply_modality_lut):
    """A data set's frames (k, row, column) in HU and in their places, as the standard says."""
    frames, groups = [dataset] * len(values), dataset.get("PerFrameFunctionalGroupsSequence")
    if groups:
        shared = (dataset.get("SharedFunctionalGroupsSequence") or [pydicom.Dataset()])[0]
        frames = [merged(dataset, shared, group) for group in groups]
    slices = [(frame, to_hu(stored, frame)) for frame, stored in zip(frames, values)]
    made_of = {"dataset": dataset, "values": values}
    first = slices[0][0]
    directions, spacing = first.get("ImageOrientationPatient"), [float(one) for one in first.get("PixelSpacing") or ()]
    if not directions or len(spacing) != 2 or min(spacing) <= 0 or first.get("ImagePositionPatient") is None:
        return Reading(numpy.stack([hu.T for _, hu in slices], axis=-1), None, **made_of)
    row, column = numpy.array(directions, float).reshape(2, 3)
    normal = numpy.cross(row, column)
    normal /= numpy.linalg.norm(normal)
    slices.sort(key=lambda one: numpy.array(one[0].ImagePositionPatient, float) @ normal)
    positions = [numpy.array(frame.ImagePositionPatient, float) for frame, _ in slices]
    step = (positions[-1] - positions[0]) / (len(slices) - 1) if len(slices) > 1 else normal
    affine = numpy.eye(4)
    affine[:3] = numpy.stack([row * spacing[1], column * spacing[0], step, positions[0]], axis=1)
    hu = numpy.stack([hu.T for _, hu in slices], axis=-1)
    return Reading(hu, LPS_TO_RAS @ affine, known=(0, 1) if len(slices) == 1 else (0, 1, 2), **made_of)


def merged(dataset, *groups):
    """The attributes of a frame, whichever functional group they are in."""
    flat = pydicom.Dataset()
    for keyword in ("ImageOrientationPatient", "ImagePositionPatient", "PixelSpacing", "RescaleSlope",
                    "RescaleIntercept", "PixelRepresentation", "BitsStored"):
        if keyword in dataset:
            flat[keyword] = dataset[keyword]
    for source in groups:
        for element in source:
            if element.VR == "SQ" and len(element.value) > 0:
                flat.update(element.value[0])
    return flat


def stored_order(request):
    """Our HU in the order of the file's axes, and the matrix from our voxels (x, y, z) to the file's (i, j, k)."""
    shape, axes = request["shape"], request["source"]["axes"]
    hu = numpy.fromfile(request["hu"], "<f4").reshape(shape).T
    turn = numpy.zeros((4, 4))
    turn[3, 3] = 1
    for ours, to in enumerate(axes):
        turn[to["axis"], ours] = -1 if to["reversed"] else 1
        if to["reversed"]:
            turn[to["axis"], 3] = hu.shape[ours] - 1
            hu = numpy.flip(hu, ours)
    return hu.transpose([[to["axis"] for to in axes].index(axis) for axis in range(3)]), turn


def near(ours, theirs, scale):
    return numpy.allclose(ours, theirs, rtol=1e-5, atol=1e-5 * scale)


def rounding(peer):
    """HU that decoders of a lossy codec may be apart."""
    dataset = getattr(peer, "dataset", None)
    if dataset is None or syntax(dataset) not in LOSSY:
        return 0
    return 2.5 * abs(float(dataset.get("RescaleSlope") or 1))


def syntax(dataset):
    return str(dataset.file_meta.get("TransferSyntaxUID", ""))


def differences(request, peer):
    """What differs: words."""
    hu, turn = stored_order(request)
    affine = numpy.array(request["source"]["affine"])
    wrong = []
    if not near(numpy.array(request["affine"]), affine @ turn, abs(affine).max()):
        wrong.append("our own affine does not follow from the file's")
    if list(hu.shape) != list(peer.hu.shape):
        return [*wrong, f"shape {'x'.join(map(str, hu.shape))}, not {'x'.join(map(str, peer.hu.shape))}"]
    with numpy.errstate(all="ignore"):
        theirs = peer.hu.astype("<f4")
        unlike = ~((hu == theirs) | (numpy.isnan(hu) & numpy.isnan(theirs)))
        apart = float(numpy.nanmax(abs(hu.astype(float) - peer.hu), initial=0, where=unlike))
    if unlike.any() and not apart <= rounding(peer):
        wrong.append(f"HU of {int(unlike.sum())} of {hu.size} voxels, by {apart:.6g}")
    if peer.affine is None:
        if request["spacing"] is not None:
            wrong.append("a place, where it knows none")
        return wrong
    if request["spacing"] is None and request["format"] == "nifti":
        return wrong
    columns = [*peer.known, 3]
    if not near(affine[:, columns], peer.affine[:, columns], abs(peer.affine[:3, :3]).max()):
        wrong.append(f"affine {affine[:3, columns].tolist()}, not {peer.affine[:3, columns].tolist()}")
    if request["spacing"] is not None:
        sizes = numpy.linalg.norm(affine[:3, :3] @ turn[:3, :3], axis=0)[::-1]
        if not near(numpy.array(request["spacing"]), sizes, sizes.max()):
            wrong.append("spacing, which does not follow from the affine")
    return wrong


# Why a peer may read another scan. Each makes the reading that the peer's would be without that, or None where it does
# not apply; a difference is explained where that reading is ours, all of it.

def units(peer, _):
    """NIfTI: the header gives metres or micrometres; ours are made millimetres, nibabel leaves them."""
    factor = {1: 1000.0, 3: 0.001}.get(int(peer.image.header["xyzt_units"]) & 7)
    return factor and Reading(peer.hu, numpy.diag([factor, factor, factor, 1]) @ peer.affine, image=peer.image)


def begin(peer, _):
    """NIfTI: the header lets voxels begin at byte 0, in itself; ours begin behind it."""
    image = peer.image
    if int(image.header["vox_offset"]) != 0 or image.header["magic"].item()[:2] != b"n+":
        return None
    with image.file_map["image"].get_prepare_fileobj() as file:
        content = file.read()
    begins = 352 if int(image.header["sizeof_hdr"]) == 348 else 544
    stored = numpy.frombuffer(content, image.dataobj.dtype, peer.hu.size, begins).reshape(peer.hu.shape, order="F")
    slope, intercept = image.dataobj.slope, image.dataobj.inter
    return Reading(stored if slope == 1 and intercept == 0 else stored * slope + intercept, peer.affine, image=image)


def jpeg_ls_sign(peer, _):
    """DICOM: JPEG-LS has no sign; pydicom does not extend that of values of fewer bits than their container."""
    dataset = peer.dataset
    if not syntax(dataset).startswith("1.2.840.10008.1.2.4.8") or dataset.PixelRepresentation != 1:
        return None
    return placed(dataset, extended(peer.values.astype("u2"), dataset.BitsStored))


def high_bit(peer, _):
    """DICOM: values lie below HighBit, where it is not the highest of those that are stored (PS3.5 8.1.1); pydicom takes
    the lowest bits."""
    dataset = peer.dataset
    written = dataset.file_meta.TransferSyntaxUID
    if dataset.BitsAllocated not in (8, 16) or dataset.HighBit == dataset.BitsStored - 1:
        return None
    kind = ("<" if written.is_little_endian else ">") + f"u{dataset.BitsAllocated // 8}"
    raw = uncorrected(peer).astype(kind) if written.is_compressed else (
        numpy.frombuffer(dataset.PixelData, kind, peer.values.size).reshape(peer.values.shape))
    values = (raw >> (dataset.HighBit + 1 - dataset.BitsStored)) & (2**dataset.BitsStored - 1)
    return placed(dataset, extended(values, dataset.BitsStored) if dataset.PixelRepresentation == 1 else values)


def uncorrected(peer):
    """Values as a codec decodes them, before pydicom drops what lies above BitsStored."""
    decoded = pydicom.pixels.pixel_array(peer.dataset, correct_unused_bits=False, apply_j2k_sign_correction=False,
                                         apply_jls_sign_correction=False)
    return decoded.reshape(peer.values.shape)


def surplus_bits(peer, request):
    """DICOM: bits above BitsStored do not count (PS3.5 8.1.1); ours leave them out with a warning, pydicom keeps those of
    compressed frames."""
    if "surplus-bits" not in request["notes"]:
        return None
    bits = peer.dataset.BitsStored
    values = peer.values.astype(numpy.int32) & (2**bits - 1)
    return placed(peer.dataset, extended(values, bits) if peer.dataset.PixelRepresentation == 1 else values)


def extended(values, bits):
    """Values of so many bits with their sign."""
    values = values.astype(numpy.int32) & (2**bits - 1)
    return values - ((values >> (bits - 1)) << bits)


def surplus(peer, _):
    """DICOM: bytes behind the last pixel (PS3.5 8.1.1) are no pixels; pydicom makes frames of them."""
    frames = int(peer.dataset.get("NumberOfFrames") or 1)
    return placed(peer.dataset, peer.values[:frames]) if len(peer.values) > frames else None


def no_slope(peer, _):
    """DICOM: an intercept without a slope counts; pydicom leaves it out."""
    if "RescaleIntercept" not in peer.dataset or peer.dataset.get("RescaleSlope") is not None:
        return None
    return placed(peer.dataset, peer.values, lambda stored, frame: stored + float(frame.RescaleIntercept))


def directions(peer, _):
    """DICOM: directions of few digits are made one long, and at right angles where they are off by more than 1e-3."""
    if peer.affine is None or not hasattr(peer, "dataset"):
        return None
    affine, sizes = peer.affine.copy(), numpy.linalg.norm(peer.affine[:3, :2], axis=0)
    row, column = (peer.affine[:3, :2] / sizes).T
    stated = numpy.array((peer.dataset.get("ImageOrientationPatient") or first_orientation(peer.dataset)), float)
    long = numpy.linalg.norm(stated.reshape(2, 3), axis=1)
    if max(abs(long - 1)) > 1e-3 or abs(stated[:3] @ stated[3:]) > 1e-3:
        column = column - row * (row @ column) / (row @ row)
        column /= numpy.linalg.norm(column)
    affine[:3, 0], affine[:3, 1] = row * sizes[0] / long[0], column * sizes[1] / long[1]
    return Reading(peer.hu, affine, peer.known, dataset=peer.dataset, values=peer.values)


def damaged_frame(peer, request):
    """DICOM: bytes of a compressed frame were changed so that it still decodes. No codec of DICOM has a checksum, and
    decoders make other pixels of it; all but the pixels must be the same."""
    dataset, original = peer.dataset, request["original"]
    if original is None or not dataset.file_meta.TransferSyntaxUID.is_compressed:
        return None
    if pydicom.dcmread(original, force=True).PixelData == dataset.PixelData:
        return None
    return Reading(stored_order(request)[0], peer.affine, peer.known, dataset=dataset, values=peer.values)


def first_orientation(dataset):
    shared = dataset.SharedFunctionalGroupsSequence[0]
    return merged(dataset, shared, dataset.PerFrameFunctionalGroupsSequence[0]).ImageOrientationPatient


REASONS = {"nifti": (units, begin), "dicom": (jpeg_ls_sign, high_bit, surplus_bits, surplus, no_slope, directions, damaged_frame)}


def reason(request, peer):
    """Name of what explains a difference, or of two that do together; None where nothing does."""
    first = []
    for one in REASONS[request["format"]]:
        other = tried(one, peer, request)
        if other is None:
            continue
        if not differences(request, other):
            return one.__name__
        first.append((one, other))
    for one, reading in first:
        for more in REASONS[request["format"]]:
            other = None if more is one else tried(more, reading, request)
            if other is not None and not differences(request, other):
                return f"{one.__name__}, {more.__name__}"
    return None


def tried(one, peer, request):
    try:
        return one(peer, request)
    except (AttributeError, KeyError, TypeError, ValueError):  # it does not apply to a header without these
        return None


def answer(request):
    try:
        peer = by_nibabel(request["path"]) if request["format"] == "nifti" else by_pydicom(request["path"])
    except Exception as error:  # whatever a peer throws, it does not read the file
        lines = str(error).strip().splitlines() or [""]
        return {"verdict": "unread", "why": [f"{type(error).__name__}: {lines[0]}".replace(request["path"], "FILE")]}
    wrong = differences(request, peer)
    if not wrong:
        return {"verdict": "same", "why": []}
    name = reason(request, peer)
    return {"verdict": "differs", "why": wrong, **({} if name is None else {"reason": name})}


def main():
    known = {one.__name__: " ".join(one.__doc__.split()) for group in REASONS.values() for one in group}
    print(json.dumps({"versions": {name: version(name) for name in PACKAGES}, "reasons": known}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    # what decoders print to standard output would be taken for an answer
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = answers
    main()
