"""The metrics of src/metrics, from independent implementations.

scipy: Dice, IoU, Pearson, cross-correlation. Ratios, Lin's concordance, DTW and
continuity: written here from their definitions, on numpy. MONAI: HD95 over voxels, and Dice and
surface Dice a second time. surface-distance (DeepMind): HD95 and surface Dice.

Undefined values are None. Masks are boolean arrays in the order (z, y, x), spacing is (z, y, x).
"""

import functools
import warnings

import numpy as np
import scipy.ndimage
import scipy.signal
import scipy.spatial.distance
import scipy.stats
import surface_distance
import torch
from monai.metrics import compute_dice, compute_hausdorff_distance, compute_surface_dice

DTW_BAND = 2
LONGEST_HOLE = 3


def ratio(numerator, denominator):
    return None if denominator == 0 else float(numerator / denominator)


def overlap(prediction, truth):
    p, t = prediction.ravel(), truth.ravel()
    none = not (p.any() or t.any())
    return {
        "dice": None if none else float(1 - scipy.spatial.distance.dice(p, t)),
        "iou": None if none else float(1 - scipy.spatial.distance.jaccard(p, t)),
        "precision": ratio(np.count_nonzero(p & t), np.count_nonzero(p)),
        "recall": ratio(np.count_nonzero(p & t), np.count_nonzero(t)),
        "volume_error": ratio(int(p.sum()) - int(t.sum()), int(t.sum())),
    }


def surfaces(prediction, truth, spacing):
    names = ["hd95", "surface_dice_1mm", "surface_dice_2mm", "hd95_voxel"]
    if spacing is None or not (prediction.any() or truth.any()):
        return dict.fromkeys(names)
    if not (prediction.any() and truth.any()):
        # surface-distance reads numpy's Inf here, which numpy 2 no longer has; MONAI says 0 too.
        return {"hd95": None, "surface_dice_1mm": 0.0, "surface_dice_2mm": 0.0, "hd95_voxel": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        distances = surface_distance.compute_surface_distances(truth, prediction, spacing)
    return {
        "hd95": float(surface_distance.compute_robust_hausdorff(distances, 95)),
        "surface_dice_1mm": float(surface_distance.compute_surface_dice_at_tolerance(distances, 1)),
        "surface_dice_2mm": float(surface_distance.compute_surface_dice_at_tolerance(distances, 2)),
        "hd95_voxel": monai_of(compute_hausdorff_distance, prediction, truth, spacing, percentile=95),
    }


def monai_of(function, prediction, truth, spacing, **options):
    """A MONAI metric of one pair; MONAI computes in single precision."""
    p, t = (torch.from_numpy(np.ascontiguousarray(mask))[None, None] for mask in (prediction, truth))
    if spacing is not None:
        options["spacing"] = [float(mm) for mm in spacing]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(function(p, t, include_background=True, **options))


def monai_second_opinion(prediction, truth, spacing):
    """What MONAI says of measures that others have been asked for already.

    Where both masks are empty it calls Dice 1 or leaves it out, as told; here it is undefined.
    """
    if not (prediction.any() or truth.any()):
        return {}
    out = {"dice": monai_of(compute_dice, prediction, truth, None, ignore_empty=False)}
    if spacing is not None:
        for mm in (1, 2):
            out[f"surface_dice_{mm}mm"] = monai_of(
                compute_surface_dice, prediction, truth, spacing,
                class_thresholds=[float(mm)], use_subvoxels=True,
            )
    return out


def curves(prediction, truth):
    """Similarities of two area curves."""
    p, t = np.asarray(prediction, float), np.asarray(truth, float)
    pn, tn = (c / c.max() if c.max() > 0 else c for c in (p, t))
    constant = np.ptp(p) == 0 or np.ptp(t) == 0
    correlation = scipy.signal.correlate(pn - pn.mean(), tn - tn.mean(), method="direct")
    lags = scipy.signal.correlation_lags(len(p), len(t))
    # Of lags with equal correlation (but for rounding) the smallest, then the positive one.
    rounding = 1e-12 * len(p) * pn.std() * tn.std()
    best = lags[correlation >= correlation.max() - rounding]
    (spp, spt), (_, stt) = np.cov(p, t, bias=True)
    return {
        "area_overlap": ratio(np.minimum(p, t).sum(), np.maximum(p, t).sum()),
        "area_rmse": float(np.sqrt(np.mean(np.square(pn - tn)))),
        "area_mae": float(np.mean(np.abs(pn - tn))),
        "area_pearson": None if constant else float(scipy.stats.pearsonr(pn, tn).statistic),
        "area_concordance": ratio(2 * spt, spp + stt + (p.mean() - t.mean()) ** 2),
        "area_dtw": dtw(pn, tn),
        "area_lag": None if constant else int(min(best, key=lambda lag: (abs(lag), -lag))),
    }


def dtw(a, b):
    """Least cost of a warping path within the band, by recursion from its end."""

    @functools.cache
    def cost(i, j):
        if min(i, j) < 0 or abs(i - j) > DTW_BAND:
            return np.inf
        before = 0 if i == j == 0 else min(cost(i - 1, j), cost(i, j - 1), cost(i - 1, j - 1))
        return abs(a[i] - b[j]) + before

    return float(cost(len(a) - 1, len(b) - 1))


def continuity(mask, borders):
    """Continuity along z of one mask."""
    areas = mask.mean(axis=(1, 2))
    n = areas / areas.max() if areas.max() > 0 else areas
    steps = np.abs(np.diff(n))
    present = areas > 0
    pairs = [
        1 - scipy.spatial.distance.dice(a.ravel(), b.ravel())
        for a, b in zip(mask, mask[1:]) if a.any() or b.any()
    ]
    runs = scipy.ndimage.find_objects(scipy.ndimage.label(~present)[0])
    holes = [s for (s,) in runs if s.start > 0 and s.stop < len(n) and s.stop - s.start <= LONGEST_HOLE]
    out = {
        "total_variation": float(steps.sum()) if len(n) > 1 else None,
        "roughness": float(np.mean(np.diff(n, 2) ** 2)) if len(n) > 2 else None,
        "flip_rate": 100 * np.count_nonzero(present[1:] != present[:-1]) / len(n) if len(n) > 1 else None,
        "holes": len(holes),
        "adjacent_dice": float(np.mean(pairs)) if pairs else None,
        "seam_index": None,
    }
    if borders is not None and len(n) > 1:
        at = np.isin(np.arange(1, len(n)), borders)
        if at.any() and not at.all():
            out["seam_index"] = ratio(steps[at].mean(), steps[~at].mean())
    return out


def continuities(prediction, truth, borders):
    """Continuity of a pair; None of presence where every slice of the truth has lesion."""
    p, t = continuity(prediction, borders), continuity(truth, borders)
    if truth.any(axis=(1, 2)).all():
        for name in ("flip_rate", "holes"):
            p[name] = t[name] = None
    out = {}
    for name in p:
        out[f"{name}_prediction"], out[f"{name}_truth"] = p[name], t[name]
        none = p[name] is None or t[name] is None
        out[f"{name}_excess"] = None if none else p[name] - t[name]
    return out


def every_metric(prediction, truth, spacing, borders=None):
    """Every metric of a pair, by the names of src/metrics/mod.ts."""
    return {
        **overlap(prediction, truth),
        **surfaces(prediction, truth, spacing),
        **curves(prediction.mean(axis=(1, 2)), truth.mean(axis=(1, 2))),
        **continuities(prediction, truth, borders),
    }
