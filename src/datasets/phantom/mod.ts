/**
 * The seeded phantom: a synthetic chest CT in HU with exact masks of its lesions.
 *
 * It exists so that every part of Stackbench can be run, and small models trained, by anyone and
 * without patient data. It replaces no patient: a model's Dice on it says that the machinery
 * works and how two models compare on this task, nothing about disease.
 *
 * ## How it is made
 * Anatomy is a set of shapes in millimetres (`patient.ts`, `lungs.ts`, `wall.ts`), sampled at the
 * voxel centres, so any shape and spacing cut the same body. Arteries, veins and airways grow into
 * the lungs as trees (`tree.ts`). Lesions are ellipsoids with surfaces displaced by noise
 * (`opacity.ts`). Then come the scanner's blur, the slice profile and correlated noise
 * (`scanner.ts`). One slice depends on the parameters and on its height only; a volume of any
 * number of slices is made with the memory of a few.
 *
 * ## What is realistic
 * - HU of lung, fat, muscle, blood, bone, ground glass (-700 to -450) and consolidation (-80 to 50),
 *   soft edges of 3 to 7 mm on ground glass, consolidated cores, crazy paving, air bronchograms
 *   (airways stay open in a consolidation), lesions that lie mostly below the pleura, at the back
 *   and at the base, of 1 to 8 % of the lungs (COVID-CT-Seg-20: 0.2 to 29 %, median 6 %).
 * - What a threshold mistakes for lesions: vessels, airway walls, scars and nodules, fissures,
 *   density that rises towards the back, atelectasis along the posterior pleura, patchy
 *   attenuation, voxels shared with chest wall and heart, a diaphragm smeared by breathing.
 * - Noise that is correlated in the slice, hardly from slice to slice, lower near the skin; blur;
 *   a third of the scans with contrast medium.
 *
 * ## What is not
 * - The outlines are smooth shapes of one family: no arms, breasts, shoulder blades, collarbones,
 *   effusions, masses, implants, streak or ring artefacts; belly and neck are mere sketches.
 * - Vessels are sparser and straighter than real ones; every lesion kind is of one construction.
 * - The truth is exact. A person's truth wavers by a voxel or two at a fuzzy edge, and from slice
 *   to slice where it was drawn slice by slice; models trained here see no such noise.
 * - Nothing moves between slices but the diaphragm's smear: no steps from heartbeat or breath.
 *
 * ## Neither 2D nor 3D is favoured by design
 * Shapes, noise and edges of lesions and of what looks like them are defined in millimetres, the
 * same in all directions: a test holds that lesions go on along z exactly as along x and y. A 3D
 * model may use that a vessel's cross section goes on as a tube, as it may in a patient. The exact
 * truth, smooth along z, is kinder to a 3D model than contours drawn slice by slice would be; the
 * noise, independent between slices, can be averaged along z by a 3D model only. Both hold of real
 * scans with volumetric truth too, but they are reasons not to read the phantom as a verdict.
 *
 * ## What grey values alone score
 * `benchmarks/phantom/threshold.ts` finds the best HU threshold inside the exact lung mask with
 * the truth in hand. Of 60 scans each (two seeds, 80x128x128 and 48x384x384), the mean of the best
 * threshold per scan is 0.26 to 0.29 (0.10 to 0.56), of the best window of HU 0.27 to 0.30, and of
 * one threshold for all scans 0.25 to 0.28. On the 17 scans of COVID-CT-Seg-20 (8 bits, contrast
 * equalised by slice) with their lung masks the best threshold per scan has a mean of 0.28 (0.01
 * to 0.50). Lesions can be found all the same: after a 3x3x3 median and grey opening, which erase
 * vessels, one threshold reaches 0.63, where it had 0.23 (`benchmarks/phantom/opening.py`).
 *
 * ## The same bytes
 * Equal parameters give equal bytes, whatever else was made before. Geometry uses `Math.exp`,
 * `log`, `pow`, `sin` and `cbrt`, whose last bit the language leaves to the engine; HU are rounded
 * to whole numbers in the end, so that another engine could differ in single voxels at most.
 *
 * @module
 */

export {
  type Interval,
  PHANTOM_DEFAULTS,
  type PhantomParameters,
  phantomParameters,
  type PhantomRequest,
} from "./parameters.ts";
export {
  type Phantom,
  phantom,
  type PhantomGrid,
  phantomGrid,
  type PhantomSlice,
  phantomSlices,
} from "./phantom.ts";
export {
  bestThreshold,
  type BestWindow,
  bestWindow,
  type HuAndMasks,
  type LungHistogram,
  lungHistogram,
  pooled,
} from "./threshold.ts";
