/**
 * The numbers of the paper that Stackbench follows: Shivdeo et al. 2021, "Comparative Evaluation of
 * 3D and 2D Deep Learning Techniques for Semantic Segmentation in CT Scans".
 *
 * @module
 */

import type { PaperRecord } from "./records.ts";

/** What the paper reports; seconds for 709 slices of 512x512. */
export const PAPER = {
  name: "Shivdeo et al. 2021",
  splits: {
    train: { scans: 126, slices: 56387 },
    validation: { scans: 20, slices: 9992 },
    test: { scans: 36, slices: 14727 },
  },
  prevalence: 0.2,
  dice: { 2: 0.73, 3: 0.79 },
  presence: { 2: "0100", 3: "1111" },
  seconds: { cpu: { 2: 1145, 3: 229 }, gpu: { 2: 70, 3: 17 } },
} as const;

/** Table 1, by split. */
export function paperOfSplit(split: keyof typeof PAPER.splits): PaperRecord {
  return {
    place: "Table 1",
    numbers: { ...PAPER.splits[split], prevalence: PAPER.prevalence },
    words: {},
  };
}

/** Table 2, by the dimensions of a model. */
export function paperOfDice(dimensions: 2 | 3): PaperRecord {
  return {
    place: "Table 2",
    numbers: { dice: PAPER.dice[dimensions], scans: 32 },
    words: { aggregate: "mean over scans" },
  };
}

/** Fig. 9, by the dimensions of a model: presence in four consecutive positive slices. */
export function paperOfPresence(dimensions: 2 | 3): PaperRecord {
  return { place: "Fig. 9", numbers: {}, words: { pattern: PAPER.presence[dimensions] } };
}

/** Fig. 6-8. */
export const PAPER_AREA_PLOTS: PaperRecord = {
  place: "§5.3, Fig. 6-8",
  numbers: {},
  words: { claim: "area-plots of 3D match the truth's closely, those of 2D change abruptly" },
};

/** §5.5. */
export const PAPER_OVERLAP: PaperRecord = {
  place: "§5.5, Fig. 10-14",
  numbers: { inferenceOverlap: 0 },
  words: { claim: "more overlap in training brings area-plots closer to the truth" },
};

/** Table 3. */
export const PAPER_TIMES: PaperRecord = {
  place: "Table 3",
  numbers: {
    slices: 709,
    cpuSeconds2d: PAPER.seconds.cpu[2],
    cpuSeconds3d: PAPER.seconds.cpu[3],
    gpuSeconds2d: PAPER.seconds.gpu[2],
    gpuSeconds3d: PAPER.seconds.gpu[3],
  },
  words: { gpu: "Tesla T4", claim: "3D is 5 times as fast" },
};

/**
 * Where the paper contradicts itself or stays silent, and what is done here instead; by the
 * experiment that it is about.
 */
export const PAPER_CAVEATS = {
  general: [
    "The paper's 182 CT scans are private. Its numbers stand here as what its protocol gave on its " +
    "data; on other data other numbers are to be expected.",
    'The paper evaluates by "5 criteria" in one place and by "three major grounds" in another.',
  ],
  dataset: [
    "The paper's Table 1 has 36 test scans, its section 5.1 has 32.",
  ],
  dice: [
    '"The dice score for the whole dataset" stands next to "the average of the dice scores of ' +
    'these 32 scans" in the paper: both figures are given here, pooled over voxels and as a mean ' +
    "over scans.",
  ],
  overlap: [
    'A stack "12 to 44 both inclusive" would hold 33 slices; ranges here are half open: [12, 44).',
    "Section 5.5 of the paper finds the area-plot of overlap 0.625 in Fig. 14, which shows masks; " +
    "it is Fig. 13.",
  ],
  inference_time: [
    "The paper's fivefold speed of 3D holds on the CPU only: 1145 / 229 = 5.0, on the GPU 70 / 17 " +
    "= 4.1.",
    'That "V-Net had 206 million" parameters suggests PReLU slopes per element (vnet:paper206, ' +
    "206,185,805 parameters). This is inferred, not known; other V-Nets reach the same number with " +
    "4 or 11 times the work, and whether 3D is faster hangs on which it was.",
    "The paper does not say what it timed: the network, voxels to mask, or files to mask.",
  ],
} as const;
