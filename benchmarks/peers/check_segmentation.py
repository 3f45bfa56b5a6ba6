"""Compares a mask that `stackbench predict` wrote as DICOM SEG with the same one as NIfTI.

    python3 benchmarks/peers/check_segmentation.py MASK.dcm MASK.nii.gz

highdicom and SimpleITK must open the SEG and give the voxels, spacing and place that nibabel gives
for the NIfTI file. Needs highdicom, SimpleITK, nibabel and numpy. Exit status 1 on a difference.
"""
import sys
import warnings

import highdicom
import nibabel
import numpy
import SimpleITK

warnings.simplefilter("ignore")
SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)


def by_nibabel(path):
    image = nibabel.as_closest_canonical(nibabel.load(path))
    return numpy.asanyarray(image.dataobj) > 0, image.affine


def canonical(voxels, affine):
    image = nibabel.Nifti1Image(voxels.astype(numpy.uint8), affine)
    image = nibabel.as_closest_canonical(image)
    return numpy.asanyarray(image.dataobj) > 0, image.affine


def by_highdicom(path):
    volume = highdicom.seg.segread(path).get_volume(segment_numbers=[1], combine_segments=True)
    return canonical(volume.array, numpy.diag([-1.0, -1, 1, 1]) @ volume.affine)


def by_simpleitk(path):
    image = SimpleITK.ReadImage(path)
    affine = numpy.eye(4)
    affine[:3, :3] = numpy.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    voxels = SimpleITK.GetArrayFromImage(image).T
    return canonical(voxels > 0, numpy.diag([-1.0, -1, 1, 1]) @ affine)


def main():
    seg, nifti = sys.argv[1:3]
    voxels, affine = by_nibabel(nifti)
    wrong = 0
    for read in (by_highdicom, by_simpleitk):
        found, place = read(seg)
        same = found.shape == voxels.shape and (found == voxels).all()
        near = numpy.allclose(place, affine, atol=1e-3, rtol=0)
        wrong += not (same and near)
        print(f"{read.__name__[3:]}: {'the same voxels' if same else 'OTHER VOXELS'}, "
              f"{'the same place' if near else 'ANOTHER PLACE'}, {int(found.sum())} foreground")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
