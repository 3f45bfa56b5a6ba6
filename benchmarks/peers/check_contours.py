"""Compares a structure of an RTSTRUCT as Stackbench draws it with what matplotlib draws.

    python3 benchmarks/peers/check_contours.py SCAN RTSTRUCT ROI

SCAN: a folder with the DICOM slices that the contours were drawn on. Pixels whose centres lie in an
odd number of contours must be the same ones: Dice 1 of `stackbench evaluate`. Needs pydicom,
nibabel, matplotlib and numpy. Exit status 1 on a difference.
"""
import json
import os
import subprocess
import sys
import tempfile

import nibabel
import numpy
import pydicom
from matplotlib.path import Path

COMMAND = ["deno", "task", "--quiet", "stackbench", "evaluate", "--json"]


def slices_of(folder):
    """Headers of the CT slices of one orientation, along z."""
    headers = [pydicom.dcmread(os.path.join(folder, name), stop_before_pixels=True)
               for name in sorted(os.listdir(folder))]
    return sorted((header for header in headers if header.Modality == "CT"),
                  key=lambda header: float(header.ImagePositionPatient[2]))


def drawn(structures, name, slices):
    """The mask (z, y, x) of a structure, slice by slice, even-odd."""
    [number] = [int(roi.ROINumber) for roi in structures.StructureSetROISequence if roi.ROIName == name]
    [roi] = [roi for roi in structures.ROIContourSequence if int(roi.ReferencedROINumber) == number]
    rows, columns = slices[0].Rows, slices[0].Columns
    heights = numpy.array([float(header.ImagePositionPatient[2]) for header in slices])
    y, x = numpy.mgrid[0:rows, 0:columns]
    centres = numpy.stack([x.ravel(), y.ravel()], axis=-1)
    mask = numpy.zeros((len(slices), rows, columns), bool)
    for contour in roi.ContourSequence:
        points = numpy.array(contour.ContourData, float).reshape(-1, 3)
        k = int(numpy.argmin(abs(heights - points[0, 2])))
        down, right = (float(value) for value in slices[k].PixelSpacing)
        corner = numpy.array(slices[k].ImagePositionPatient, float)
        pixels = (points[:, :2] - corner[:2]) / (right, down)
        mask[k] ^= Path(pixels).contains_points(centres).reshape(rows, columns)
    return mask


def main():
    scan, path, name = sys.argv[1:4]
    slices = slices_of(scan)
    assert [float(value) for value in slices[0].ImageOrientationPatient] == [1, 0, 0, 0, 1, 0]
    mask = drawn(pydicom.dcmread(path), name, slices)
    down, right = (float(value) for value in slices[0].PixelSpacing)
    x, y, z = (float(value) for value in slices[0].ImagePositionPatient)
    step = (float(slices[-1].ImagePositionPatient[2]) - z) / (len(slices) - 1)
    affine = numpy.array([[-right, 0, 0, -x], [0, -down, 0, -y], [0, 0, step, z], [0, 0, 0, 1]])
    with tempfile.TemporaryDirectory() as folder:
        peer = os.path.join(folder, "peer.nii.gz")
        nibabel.save(nibabel.Nifti1Image(mask.T.astype(numpy.uint8), affine), peer)
        run = subprocess.run([*COMMAND, "--truth", path, "--labels", name, "--scan", scan, "--prediction", peer],
                             capture_output=True, text=True, check=True)
    dice = json.loads(run.stdout)["metrics"]["dice"]["value"]
    print(f"{name}: {int(mask.sum())} voxels, Dice {dice}")
    return 0 if dice == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
