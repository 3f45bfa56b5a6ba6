"""Writes scans that are odd in one way each, for check_inspect.py; everything is invented.

    python3 benchmarks/peers/odd_scans.py FOLDER [dicom codecs nifti]

Of all kinds, or those that are named. Each sub-folder or file of FOLDER is one scan. Needs numpy, pydicom 3, nibabel, imagecodecs and
pylibjpeg with its plugins.
"""
import gzip
import os
import shutil
import struct
import sys
import warnings

import imagecodecs
import nibabel
import numpy
import pydicom
import rle
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage, DeflatedExplicitVRLittleEndian, EnhancedCTImageStorage, ExplicitVRBigEndian,
    ExplicitVRLittleEndian, HTJ2K, HTJ2KLossless, ImplicitVRLittleEndian, JPEG2000, JPEG2000Lossless,
    JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1, JPEGLSLossless,
    JPEGLSNearLossless, RLELossless,
)

warnings.simplefilter("ignore")
OUT = sys.argv[1] if len(sys.argv) > 1 else "."
UID = "1.2.826.0.1.3680043.8.498.77."
SLICES, ROWS, COLUMNS = 9, 26, 33
random = numpy.random.default_rng(77)
z, y, x = numpy.mgrid[0:SLICES, 0:ROWS, 0:COLUMNS]
BODY = ((y - 13) / 11) ** 2 + ((x - 16) / 14) ** 2 < 1
HU = numpy.where(BODY, 40, -1000) + 9 * z + 2 * y + x + random.integers(-20, 20, BODY.shape)
HU[:, 5:8, 6:9] = 1200 + 30 * z[:, 5:8, 6:9]
HU = numpy.maximum(HU, -1024).astype(numpy.int32)


def slice_of(hu, k, at, **changes):
    """A slice at the height `at`, unsigned in 16 bits."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, f"{UID}1.{k + 1}"
    ds.ImageType, ds.Modality = ["ORIGINAL", "PRIMARY", "AXIAL"], "CT"
    ds.PatientName, ds.PatientID = "Odd^Invented", "odd"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = UID + "2", UID + "3", UID + "4"
    ds.SeriesNumber, ds.InstanceNumber, ds.AcquisitionNumber = 3, k + 1, 1
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [-8.25, -9.75, at], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [0.75, 0.5], 4
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = hu.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, -1024, "HU"
    ds.WindowCenter, ds.WindowWidth = -600, 1500
    ds.PixelData = (hu + 1024).astype("<u2").tobytes()
    ds["PixelData"].VR = "OW"
    for name, value in changes.items():
        if value is None:
            delattr(ds, name)
        else:
            setattr(ds, name, value)
    return ds


def save(ds, path, syntax=ExplicitVRLittleEndian):
    path = os.path.join(OUT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    ds.file_meta = meta
    pydicom.dcmwrite(path, ds, enforce_file_format=True)
    return path


def series(name, heights=None, change=None, syntax=ExplicitVRLittleEndian, raw=None, hu=HU):
    """A folder of slices; `change(ds, k)` alters each, `raw(bytes)` the bytes of its file."""
    heights = heights if heights is not None else [10 + 2.5 * k for k in range(len(hu))]
    for k, at in enumerate(heights):
        ds = slice_of(hu[k], k, float(at))
        if change is not None:
            change(ds, k)
        path = save(ds, f"dicom/{name}/{k:02}", syntax)
        if raw is not None:
            with open(path, "rb") as file:
                data = file.read()
            with open(path, "wb") as file:
                file.write(raw(data, k))


def setting(**values):
    def change(ds, k):
        for name, value in values.items():
            setattr(ds, name, value(k) if callable(value) else value)
    return change


def replaced(tag, text):
    """Puts a text in place of the value of an element of short explicit VR."""
    def raw(data, k):
        at = data.index(struct.pack("<HH", *tag), 132)
        length = struct.unpack("<H", data[at + 6:at + 8])[0]
        value = (text(k) if callable(text) else text).encode()
        value += b" " * (len(value) % 2)
        return data[:at + 6] + struct.pack("<H", len(value)) + value + data[at + 8 + length:]
    return raw


def before_pixels(element):
    def raw(data, k):
        at = data.index(struct.pack("<HH", 0x7FE0, 0x0010), 132)
        return data[:at] + element + data[at:]
    return raw


def assembly():
    series("plain")
    series("downwards", [40 - 2.5 * k for k in range(SLICES)])
    for step, digits in ((0.625, 1), (1.25, 1), (0.8, 1), (2.5 / 3, 2), (0.33, 1)):
        series(f"rounded_{step:.3f}_{digits}", [round(10 + step * k, digits) for k in range(SLICES)])
    jitter = random.uniform(-0.04, 0.04, SLICES)
    series("jitter_of_heights", [10 + 2.5 * k + jitter[k] for k in range(SLICES)])
    turns = random.uniform(-4e-4, 4e-4, (SLICES, 6)).round(4)
    base = numpy.array([1, 0, 0, 0, 1, 0])
    series("jitter_of_directions", change=setting(ImageOrientationPatient=lambda k: list(base + turns[k])))
    aside = random.uniform(-0.05, 0.05, (SLICES, 2)).round(2)
    series("jitter_aside", change=setting(ImagePositionPatient=lambda k: [
        -8.25 + aside[k][0], -9.75 + aside[k][1], 10 + 2.5 * k]))
    c, s = numpy.cos(0.3), numpy.sin(0.3)
    row, column = numpy.array([c, 0, -s]), numpy.array([0, 1.0, 0])
    normal = numpy.cross(row, column)
    series("oblique_rounded", change=setting(
        ImageOrientationPatient=[float(f"{value:.4f}") for value in (*row, *column)],
        ImagePositionPatient=lambda k: [float(f"{value:.2f}") for value in 2.5 * k * normal]))
    series("missing", [10 + 2.5 * k + (2.5 if k > 4 else 0) for k in range(SLICES)])
    series("uneven", [10 + 2.5 * k + (1.1 if k > 4 else 0) for k in range(SLICES)])
    series("drifting", [10 + 2.5 * k + 0.05 * k * k for k in range(SLICES)])
    series("tilted", change=setting(
        ImageOrientationPatient=[1, 0, 0, 0, float(f"{numpy.cos(0.2):.6f}"), float(f"{-numpy.sin(0.2):.6f}")]))
    series("acquisition_a_slice", change=setting(AcquisitionNumber=lambda k: k + 1))
    series("interleaved", [10 + 5 * k if k < 5 else 12.5 + 5 * (k - 5) for k in range(SLICES)],
           setting(AcquisitionNumber=lambda k: 1 if k < 5 else 2))
    series("passes_over_another", [10 + 2.5 * (k % 4) for k in range(8)],
           setting(AcquisitionNumber=lambda k: 1 + k // 4), hu=HU[:8])
    series("passes_overlapping", [10 + 2.5 * k if k < 5 else 16 + 2.5 * (k - 5) for k in range(SLICES)],
           setting(AcquisitionNumber=lambda k: 1 if k < 5 else 2))
    series("doubled", [10 + 2.5 * (k // 2) for k in range(8)], hu=HU[[0, 0, 1, 1, 2, 2, 3, 3]])
    series("sizes_differ", change=lambda ds, k: k == 4 and cropped(ds, k))
    series("capture_inside", change=lambda ds, k: k == 0 and captured(ds))
    series("orientation_lost_in_one", change=lambda ds, k: k == 4 and delattr(ds, "ImagePositionPatient"))
    series("frames_of_reference", change=setting(FrameOfReferenceUID=lambda k: UID + str(4 + (k > 5))))
    three = [10 + 2.5 * (k % 3) for k in range(SLICES)]
    series("phases", three, setting(TemporalPositionIdentifier=lambda k: 1 + k // 3))
    series("energies", three, setting(KVP=lambda k: (80, 120, 140)[k // 3]))
    series("kinds_of_image", [10 + 2.5 * (k // 2) for k in range(8)],
           setting(ImageType=lambda k: ["ORIGINAL", "PRIMARY", "AXIAL", "AB"[k % 2]]), hu=HU[:8])
    series("series_interleaved", change=setting(SeriesInstanceUID=lambda k: UID + str(30 + k % 2)))
    series("scout_of_the_same_plane", change=lambda ds, k: k == 8 and setting(
        ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], ImagePositionPatient=[-100, -100, 300])(ds, k))
    series("without_directions", change=lambda ds, k: delattr(ds, "ImageOrientationPatient"))
    series("slice_location_only", change=lambda ds, k: (
        delattr(ds, "ImagePositionPatient"), delattr(ds, "ImageOrientationPatient"),
        setattr(ds, "SliceLocation", 2.5 * k)))
    series("coronal", change=setting(ImageOrientationPatient=[1, 0, 0, 0, 0, -1],
                                     ImagePositionPatient=lambda k: [-8, 10 + 2.5 * k, 30]))
    series("sagittal", change=setting(ImageOrientationPatient=[0, -1, 0, 0, 0, -1],
                                      ImagePositionPatient=lambda k: [10 - 2.5 * k, 5, 30]))
    series("prone", change=setting(ImageOrientationPatient=[-1, 0, 0, 0, -1, 0]))
    series("feet_first", change=setting(ImageOrientationPatient=[-1, 0, 0, 0, 1, 0]))


def cropped(ds, k):
    ds.Rows = ROWS - 2
    ds.PixelData = (HU[k][:-2] + 1024).astype("<u2").tobytes()


def captured(ds):
    ds.SOPClassUID, ds.ImageType = "1.2.840.10008.5.1.4.1.1.7", ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    del ds.ImagePositionPatient, ds.ImageOrientationPatient


def grey_levels():
    def signed(ds, k):
        ds.PixelRepresentation, ds.RescaleIntercept = 1, 0
        ds.PixelData = HU[k].astype("<i2").tobytes()

    def eight(ds, k):
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
        ds.PixelData = numpy.clip((HU[k] + 1024) // 16, 0, 255).astype("u1").tobytes()
        ds["PixelData"].VR = "OB"
        ds.RescaleSlope = 16

    series("signed", change=signed)
    series("signed_every_other", change=lambda ds, k: k % 2 and signed(ds, k))
    series("bits_8", change=eight)
    series("bits_8_and_16", change=lambda ds, k: k % 3 == 0 and eight(ds, k))
    series("sign_missing", change=lambda ds, k: delattr(ds, "PixelRepresentation"))
    series("sign_2", change=setting(PixelRepresentation=2))
    series("sign_missing_matters", change=lambda ds, k: (signed(ds, k), delattr(ds, "PixelRepresentation")))
    series("slope_missing", change=lambda ds, k: delattr(ds, "RescaleSlope"))
    series("intercept_missing", change=lambda ds, k: delattr(ds, "RescaleIntercept"))
    series("rescale_missing", change=lambda ds, k: (delattr(ds, "RescaleSlope"), delattr(ds, "RescaleIntercept")))
    series("rescale_missing_in_one",
           change=lambda ds, k: k == 2 and (delattr(ds, "RescaleSlope"), delattr(ds, "RescaleIntercept")))
    series("rescale_empty", change=setting(RescaleSlope="", RescaleIntercept=""))
    series("intercept_empty", change=setting(RescaleIntercept=""))
    series("slope_of_0", change=setting(RescaleSlope=0))
    series("slope_negative", change=setting(RescaleSlope=-1, RescaleIntercept=1024))
    series("bits_32", change=lambda ds, k: (
        setting(BitsAllocated=32, BitsStored=32, HighBit=31, PixelRepresentation=1, RescaleIntercept=0)(ds, k),
        setattr(ds, "PixelData", HU[k].astype("<i4").tobytes())))
    series("signed_twelve_bits", change=lambda ds, k: (
        setting(BitsStored=12, HighBit=11, PixelRepresentation=1, RescaleIntercept=0)(ds, k),
        setattr(ds, "PixelData", (HU[k] & 0xFFF).astype("<u2").tobytes())))
    series("rescale_a_slice", change=setting(RescaleIntercept=lambda k: -1024 - k, RescaleSlope=lambda k: 1 + k % 2))
    series("rescale_fractional", change=setting(RescaleSlope="0.37", RescaleIntercept="-1000.25"))
    series("monochrome1", change=setting(PhotometricInterpretation="MONOCHROME1"))
    series("twelve_bits", change=setting(BitsStored=12, HighBit=11))
    series("twelve_bits_on_top", change=lambda ds, k: (
        setting(BitsStored=12, HighBit=15)(ds, k),
        setattr(ds, "PixelData", ((HU[k] + 1024).clip(0, 4095) << 4).astype("<u2").tobytes())))


def numbers():
    position, directions, spacing = (0x20, 0x32), (0x20, 0x37), (0x28, 0x30)
    series("comma_position", raw=replaced(position, lambda k: f"-8,25\\-9,75\\{10 + 2.5 * k}".replace(".", ",")))
    series("comma_directions", raw=replaced(directions, "1,0\\0,0\\0,0\\0,0\\1,0\\0,0"))
    series("comma_rescale", raw=replaced((0x28, 0x1052), "-1024,0"))
    series("commas_between", raw=replaced(position, lambda k: f"-8.25,-9.75,{10 + 2.5 * k}"))
    series("comma_thousands", raw=replaced((0x28, 0x1052), "-1,024"))
    series("spacing_of_three", raw=replaced(spacing, "0.75\\0.5\\0.5"))
    series("spacing_of_one", raw=replaced(spacing, "0.75"))
    series("spacing_words", raw=replaced(spacing, "0.75 mm\\0.5 mm"))
    series("spacing_zero", raw=replaced(spacing, "0\\0"))
    series("spacing_missing", change=lambda ds, k: delattr(ds, "PixelSpacing"))
    series("backslash_behind", raw=replaced(position, lambda k: f"-8.25\\-9.75\\{10 + 2.5 * k}\\"))
    series("exponents", raw=replaced(position, lambda k: f"-8.25e0\\-0.975E+1\\{10 + 2.5 * k:e}"))
    series("two_digits_of_direction", raw=replaced(directions, "0.995\\0.00\\0.00\\0.00\\0.997\\0.00"))


def data_sets():
    for name, syntax in (("implicit", ImplicitVRLittleEndian), ("deflated", DeflatedExplicitVRLittleEndian)):
        series(name, syntax=syntax)

    def swapped(ds, k):
        ds.PixelData = (HU[k] + 1024).astype(">u2").tobytes()

    series("big_endian", change=swapped, syntax=ExplicitVRBigEndian)
    for claim in (ImplicitVRLittleEndian, ExplicitVRBigEndian, JPEG2000Lossless):
        series(f"claims_{claim.name.split(' ')[0].lower()}_{claim.split('.')[-1]}", raw=claiming(claim))
    series("implicit_claims_explicit", syntax=ImplicitVRLittleEndian, raw=claiming(ExplicitVRLittleEndian))
    series("without_preamble", raw=lambda data, k: data[132:])
    series("without_meta", raw=lambda data, k: data[144 + struct.unpack("<I", data[140:144])[0]:])
    series("padding_behind", change=lambda ds, k: setattr(ds, "PixelData", ds.PixelData + bytes(4096)))
    series("noise_behind", change=lambda ds, k: setattr(ds, "PixelData", ds.PixelData + b"\7" * 62))
    series("frame_behind", change=lambda ds, k: setattr(ds, "PixelData", ds.PixelData * 2))
    series("cut", raw=lambda data, k: data[:-100] if k == 4 else data)
    series("cut_in_header", raw=lambda data, k: data[:600] if k == 4 else data)
    series("stripped", change=lambda ds, k: k == 4 and delattr(ds, "PixelData"))
    creator = struct.pack("<HH2sH", 0x23, 0x10, b"LO", 8) + b"INVENTED"
    inner = struct.pack("<HH2sH", 0x40, 0x255, b"LO", 2) + b"x "
    bare = struct.pack("<HHI", 0x40, 0x255, 2) + b"x "
    end, item_end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0), struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
    item = lambda content: struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content
    open_item = lambda content: struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + content + item_end
    header = lambda vr, length: struct.pack("<HH2sHI", 0x23, 0x1080, vr, 0, length)
    odd = {
        "un_explicit_open": header(b"UN", 0xFFFFFFFF) + open_item(inner) + end,
        "un_implicit_closed": header(b"UN", len(item(bare))) + item(bare),
        "sq_implicit_items": header(b"SQ", 0xFFFFFFFF) + open_item(bare) + end,
        "sq_empty": header(b"SQ", 0xFFFFFFFF) + end,
        "very_long_integers": header(b"OV", 16) + bytes(16),
    }
    for name, element in odd.items():
        series(name, raw=before_pixels(creator + element))
    enhanced("enhanced")
    enhanced("enhanced_implicit", ImplicitVRLittleEndian)
    enhanced("enhanced_groups_un", hide=True)


def mixtures():
    """Slices of one series in several syntaxes, and frames in another syntax or wrapping than stated."""
    j2k = lambda v, codec="j2k": imagecodecs.jpeg2k_encode(v, codecformat=codec, bitspersample=16, reversible=True)
    packed = {JPEG2000Lossless: j2k, JPEGLSLossless: imagecodecs.jpegls_encode}

    def put(name, k, syntax, encode, **how):
        ds = slice_of(HU[k], k, 10 + 2.5 * k)
        if encode is not None:
            frame = encode((HU[k] + 1024).astype("<u2"))
            ds.PixelData = encapsulate([frame], **how)
            ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
        save(ds, f"dicom/{name}/{k:02}", syntax)

    for k in range(SLICES):
        syntax = (ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless)[k % 3]
        put("syntaxes_mixed", k, syntax, packed.get(syntax))
        put("j2k_in_boxes", k, JPEG2000Lossless, lambda v: j2k(v, "jp2"))
        put("ls_in_fragments", k, JPEGLSLossless, imagecodecs.jpegls_encode, fragments_per_frame=3)
        put("j2k_called_ls", k, JPEGLSLossless, j2k)


def claiming(syntax):
    def raw(data, k):
        at = data.index(b"\x02\x00\x10\x00UI") + 6
        length = struct.unpack("<H", data[at:at + 2])[0]
        value = syntax.encode() + b"\0" * (len(syntax) % 2)
        data = data[:at] + struct.pack("<H", len(value)) + value + data[at + 2 + length:]
        group = struct.unpack("<I", data[140:144])[0] + len(value) - length
        return data[:140] + struct.pack("<I", group) + data[144:]
    return raw


def enhanced(name, syntax=ExplicitVRLittleEndian, hide=False):
    """Frames in one file, out of order; `hide` writes their groups as UN."""
    order = [3, 0, 8, 1, 2, 7, 4, 6, 5]
    ds = slice_of(HU[0], 0, 0.0)
    ds.SOPClassUID, ds.NumberOfFrames = EnhancedCTImageStorage, SLICES
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "RescaleSlope",
                    "RescaleIntercept", "RescaleType", "WindowCenter", "WindowWidth", "SliceThickness"):
        delattr(ds, keyword)

    def group(**sequences):
        outer = Dataset()
        for keyword, attributes in sequences.items():
            inner = Dataset()
            for key, value in attributes.items():
                setattr(inner, key, value)
            setattr(outer, keyword, Sequence([inner]))
        return outer

    ds.SharedFunctionalGroupsSequence = Sequence([group(
        PixelMeasuresSequence={"PixelSpacing": [0.75, 0.5], "SliceThickness": 4},
        PlaneOrientationSequence={"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]},
        PixelValueTransformationSequence={"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"})])
    ds.PerFrameFunctionalGroupsSequence = Sequence([
        group(PlanePositionSequence={"ImagePositionPatient": [-8.25, -9.75, 10 + 2.5 * k]}) for k in order])
    ds.PixelData = (HU[order] + 1024).astype("<u2").tobytes()
    path = save(ds, f"dicom/{name}.dcm", syntax)
    if hide:
        with open(path, "rb") as file:
            data = file.read()
        for tag in ((0x5200, 0x9229), (0x5200, 0x9230)):
            data = data.replace(struct.pack("<HH", *tag) + b"SQ", struct.pack("<HH", *tag) + b"UN")
        with open(path, "wb") as file:
            file.write(data)


def codecs():
    """Every depth and sign that each codec can have."""
    y, x = numpy.mgrid[0:64, 0:77]
    wave = 0.5 + 0.3 * numpy.sin(x / 9) * numpy.cos(y / 11) + random.uniform(-0.03, 0.03, x.shape)
    for depth in (8, 10, 12, 16):
        for signed in (False, True):
            values = (wave.clip(0, 1) * (2**depth - 1)).astype(numpy.int32) - (2 ** (depth - 1) if signed else 0)
            kind = ("i" if signed else "u") + ("1" if depth == 8 else "2")
            array = values.astype(kind)
            low = (values & (2**depth - 1)).astype("u" + kind[1])
            wide = (array.view("u" + kind[1]))
            put = lambda name, syntax, frame, **changes: compressed(
                f"{name}_{'signed' if signed else 'unsigned'}_{depth}", syntax, frame, array, depth, signed, **changes)
            put("rle", RLELossless, bytes(rle.rle.encode_frame(wide.tobytes(), 64, 77, 1, 8 * array.itemsize, "<")))
            for predictor in (1, 4, 6, 7):
                put(f"lossless_{predictor}", JPEGLosslessSV1 if predictor == 1 else JPEGLossless,
                    imagecodecs.jpeg8_encode(low, lossless=True, predictor=predictor, bitspersample=depth))
            put("ls", JPEGLSLossless, imagecodecs.jpegls_encode(low))
            put("ls_near", JPEGLSNearLossless, imagecodecs.jpegls_encode(low, level=1))
            j2k = lambda data, **how: imagecodecs.jpeg2k_encode(data, codecformat="j2k", bitspersample=depth, **how)
            put("j2k", JPEG2000Lossless, j2k(array, reversible=True))
            put("j2k_lossy", JPEG2000, j2k(array, reversible=False, level=60))
            if signed:
                put("j2k_sign_lost", JPEG2000Lossless, j2k(low, reversible=True))
            put("htj2k", HTJ2KLossless, imagecodecs.htj2k_encode(array, reversible=True))
            put("htj2k_lossy", HTJ2K, imagecodecs.htj2k_encode(array, reversible=False))
            if not signed and depth in (8, 12):
                put("jpeg", JPEGBaseline8Bit if depth == 8 else JPEGExtended12Bit,
                    imagecodecs.jpeg8_encode(low, level=90, bitspersample=depth))


def compressed(name, syntax, frame, array, depth, signed, **changes):
    ds = slice_of(numpy.zeros(array.shape, int), 0, 10.0, **changes)
    ds.BitsAllocated = 8 * array.itemsize
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = depth, depth - 1, int(signed)
    ds.PixelData = encapsulate([frame], has_bot=False)
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    save(ds, f"codecs/{name}.dcm", syntax)


def nifti():
    folder = os.path.join(OUT, "nifti")
    os.makedirs(folder, exist_ok=True)
    affine = numpy.array([[-0.5, 0, 0, 8.25], [0, -0.75, 0, 9.75], [0, 0, 2.5, 10], [0, 0, 0, 1.0]])
    voxels = HU.transpose(2, 1, 0).astype(numpy.int16)

    def put(name, matrix=affine, change=None, data=voxels, raw=None, kind=nibabel.Nifti1Image):
        image = kind(data, matrix)
        image.header.set_xyzt_units("mm")
        image.set_sform(matrix, 1)
        image.set_qform(matrix, 1)
        if change is not None:
            change(image)
        path = os.path.join(folder, name)
        nibabel.save(image, path)
        if raw is not None:
            with open(path, "rb") as file:
                content = file.read()
            with open(path, "wb") as file:
                file.write(raw(content))

    header = lambda at, form, *values: lambda data: (
        data[:at] + struct.pack("<" + form, *values) + data[at + struct.calcsize("<" + form):])
    put("plain.nii.gz")
    put("sform_code_6.nii", raw=header(254, "h", 6))
    put("sform_code_negative.nii", raw=header(254, "h", -1))
    put("both_codes_wrong.nii", raw=lambda data: header(252, "h", 300)(header(254, "h", 300)(data)))
    mirrored = numpy.diag([-1.0, 1, 1, 1]) @ affine
    put("forms_mirrored.nii", change=lambda image: image.set_sform(mirrored, 2))
    moved = affine.copy()
    moved[2, 3] += 12
    put("forms_moved.nii", change=lambda image: image.set_sform(moved, 1))
    put("forms_rounded.nii", change=lambda image: image.set_sform(affine + 1e-4, 1))
    put("sform_only.nii", change=lambda image: image.set_qform(None, 0))
    put("qform_only.nii", change=lambda image: image.set_sform(None, 0))
    put("no_form.nii", change=lambda image: (image.set_sform(None, 0), image.set_qform(None, 0)))
    put("slope_zero.nii", raw=header(112, "2f", 0.0, 5.0))
    put("slope_nan.nii", raw=header(112, "2f", float("nan"), float("nan")))
    put("slope_scaled.nii", raw=header(112, "2f", 0.37, -1000.25))
    put("voxels_behind.nii", raw=lambda data: data + bytes(1000))
    put("voxels_cut.nii", raw=lambda data: data[:-10])
    put("sheared.nii", numpy.array([[1, 0, 0.1, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]) @ affine,
        change=lambda image: image.set_qform(None, 0))
    put("microns.nii", numpy.diag([1000.0, 1000, 1000, 1]) @ affine,
        change=lambda image: image.header.set_xyzt_units("micron"))
    put("offset_0.nii", raw=header(108, "f", 0.0))
    put("magic_of_pair.nii", raw=lambda data: data[:344] + b"ni1\0" + data[348:])
    put("two.nii", kind=nibabel.Nifti2Image)
    put("floats.nii.gz", data=voxels.astype(numpy.float32))
    with open(os.path.join(folder, "plain.nii.gz"), "rb") as file:
        packed = file.read()
    for name, content in (("gz_called_nii.nii", packed), ("nii_called_gz.nii.gz", gzip.decompress(packed)),
                          ("gz_cut.nii.gz", packed[:-400]), ("gz_noise_behind.nii.gz", packed + b"noise"),
                          ("gz_zeros_behind.nii.gz", packed + bytes(512))):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


KINDS = {"dicom": (assembly, grey_levels, numbers, data_sets, mixtures), "codecs": (codecs,), "nifti": (nifti,)}

if __name__ == "__main__":
    for part in sys.argv[2:] or KINDS:
        shutil.rmtree(os.path.join(OUT, part), ignore_errors=True)
        for make in KINDS[part]:
            make()
