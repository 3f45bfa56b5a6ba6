"""Times how fast a compressed CT is read by Stackbench and by pydicom with pylibjpeg.

    python3 benchmarks/peers/compare_decoding.py SCAN [--rounds 5] [--out FILE.json]

SCAN: a folder with the DICOM slices of one scan, uncompressed. Its slices are encoded anew in each
lossless syntax, and read by both in turn (A B A B ...), each reading in a fresh process: whole
files to HU, each file read once before. Stackbench decodes in as many workers as the machine has
cores, at most `--cores`; pydicom reads in one process (`one`) and in a pool of as many (`pool`).
MB are those of the decoded pixels, 10^6. Both must give the same HU. `per_cpu_second` counts time of
processors instead of the clock's, which says more where others use the machine too.

Needs numpy, pydicom, pylibjpeg with its plugins, and imagecodecs.
"""
import argparse
import concurrent.futures
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import pydicom
from pydicom.encaps import encapsulate
from pydicom.uid import (UID, ExplicitVRLittleEndian, HTJ2KLossless, JPEG2000Lossless, JPEGLosslessSV1,
                         JPEGLSLossless, RLELossless)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = ["deno", "run", "--quiet", "--allow-read", "--allow-env", "--allow-sys", "benchmarks/peers/read_scan.ts"]


def encoders():
    """Transfer syntaxes, and what encodes a slice in each."""
    import imagecodecs
    import rle
    unsigned = lambda values: values.view("<u2")
    return {
        "uncompressed": (ExplicitVRLittleEndian, None),
        "RLE": (RLELossless, lambda v: bytes(rle.rle.encode_frame(v.tobytes(), *v.shape, 1, 16, "<"))),
        "JPEG lossless": (JPEGLosslessSV1, lambda v: imagecodecs.jpeg8_encode(
            unsigned(v), lossless=True, predictor=1, bitspersample=16)),
        "JPEG-LS": (JPEGLSLossless, lambda v: imagecodecs.jpegls_encode(unsigned(v))),
        "JPEG 2000": (JPEG2000Lossless, lambda v: imagecodecs.jpeg2k_encode(
            v, codecformat="j2k", bitspersample=16, reversible=True)),
        "HTJ2K": (HTJ2KLossless, lambda v: imagecodecs.htj2k_encode(v, reversible=True)),
    }


def encode(scan, folder, syntax, encoder):
    """Writes the slices of a scan in a transfer syntax; returns bytes of pixels, and of the files."""
    pixels = 0
    for name in sorted(os.listdir(scan)):
        try:
            dataset = pydicom.dcmread(os.path.join(scan, name))
            values = dataset.pixel_array
        except Exception:  # no slice
            continue
        pixels += values.nbytes
        if encoder is not None:
            dataset.PixelData = encapsulate([encoder(numpy.ascontiguousarray(values))], has_bot=False)
            dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
        dataset.file_meta.TransferSyntaxUID = UID(syntax)
        dataset.save_as(os.path.join(folder, name), enforce_file_format=True)
    return pixels, sum(entry.stat().st_size for entry in os.scandir(folder))


def hounsfield(path):
    """HU of one file."""
    dataset = pydicom.dcmread(path)
    values = dataset.pixel_array.astype(numpy.float32)
    return float(dataset.ImagePositionPatient[2]), (
        values * numpy.float32(dataset.RescaleSlope) + numpy.float32(dataset.RescaleIntercept))


def read(folder, cores):
    """What the peer does in its process: seconds, those of processors where known, and the sum of HU."""
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    hounsfield(paths[0])  # imports its plugins
    if cores == 1:
        start, used = time.perf_counter(), time.process_time()
        slices = [hounsfield(path) for path in paths]
        seconds, cpu = time.perf_counter() - start, time.process_time() - used
        return {"seconds": seconds, "cpu": cpu, "sum": total(slices)}
    with concurrent.futures.ProcessPoolExecutor(cores) as pool:
        list(pool.map(hounsfield, paths[:2 * cores]))
        start = time.perf_counter()
        slices = list(pool.map(hounsfield, paths))
        return {"seconds": time.perf_counter() - start, "sum": total(slices)}


def total(slices):
    return sum(float(hu.sum(dtype=numpy.float64)) for _, hu in slices)


def child(command):
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scan")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--out")
    parser.add_argument("--read", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        print(json.dumps(read(arguments.scan, arguments.read)))
        return
    result = {"machine": machine(), "cores": arguments.cores,
              "rounds": arguments.rounds, "versions": versions(), "unit": "MB of pixels", "syntaxes": {}}
    for name, (syntax, encoder) in encoders().items():
        with tempfile.TemporaryDirectory() as folder:
            pixels, stored = encode(arguments.scan, folder, syntax, encoder)
            themselves = [sys.executable, os.path.abspath(__file__), folder, "--read"]
            turns = {"stackbench": [*OURS, folder], "pydicom_one": [*themselves, "1"],
                     "pydicom_pool": [*themselves, str(arguments.cores)]}
            rounds = {who: [] for who in turns}
            cpu = {who: [] for who in turns}
            sums = set()
            for _ in range(arguments.rounds):
                for who, command in turns.items():
                    found = child(command)
                    rounds[who].append(pixels / 1e6 / found["seconds"])
                    if "cpu" in found:
                        cpu[who].append(pixels / 1e6 / found["cpu"])
                    sums.add(round(found["sum"]))
        assert len(sums) == 1, f"{name}: HU differ: {sums}"
        result["syntaxes"][name] = {
            "pixels_mb": round(pixels / 1e6, 1), "files_mb": round(stored / 1e6, 1),
            **{who: {"a_second": summary(rounds[who]),
                     **({"per_cpu_second": summary(cpu[who])} if cpu[who] else {})} for who in turns}}
        print(name, json.dumps(result["syntaxes"][name]), flush=True)
    if arguments.out:
        with open(arguments.out, "w") as file:
            json.dump(result, file, indent=1)
            file.write("\n")


def summary(speeds):
    return {"median": round(statistics.median(speeds), 1), "rounds": [round(speed, 1) for speed in speeds]}


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    return {"processor": model, "threads": os.cpu_count()}


def versions():
    from importlib.metadata import version
    names = ("pydicom", "pylibjpeg", "pylibjpeg-libjpeg", "pylibjpeg-openjpeg", "pylibjpeg-rle", "numpy")
    deno = subprocess.run(["deno", "--version"], capture_output=True, text=True).stdout.split()[1]
    return {"deno": deno, "python": platform.python_version(), **{name: version(name) for name in names}}


if __name__ == "__main__":
    main()
