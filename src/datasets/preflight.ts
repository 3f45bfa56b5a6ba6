/**
 * Looking at every case of a data set before the first is computed: hours into a run is no time to
 * learn that the tenth scan has a slice missing.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import type { IngestReport, Volume } from "../imaging/volume.ts";
import { planWindow, windowSlice } from "../imaging/windowing.ts";
import type { LoadedCase } from "./manifest_file.ts";
import { readCaseScan, readCaseTruth } from "./reading.ts";

/** What keeps a case from being computed. */
export interface CaseFault {
  /** Place in the manifest, from 0. */
  readonly index: number;
  /** Its id. */
  readonly id: string;
  /** What of it is at fault. */
  readonly part: "image" | "truth" | "window";
  /** The file or folder. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it; undefined where nothing is known to help. */
  readonly advice?: string;
  /** The key of the manifest that mends it, such as `$.cases[2].series`. */
  readonly mendedBy: string;
}

/** What one should know of a case though it can be computed. */
export interface CaseWarning {
  /** Place in the manifest, from 0. */
  readonly index: number;
  /** Its id. */
  readonly id: string;
  /** What is the matter. */
  readonly message: string;
}

/** What was found. */
export interface Preflight {
  /** All faults, in the order of the cases. */
  readonly faults: readonly CaseFault[];
  /** What else should be known. */
  readonly warnings: readonly CaseWarning[];
}

/** How to look. */
export interface PreflightOptions {
  /** Whether a case without truth is at fault. */
  readonly needsTruth: boolean;
  /** Called before each case; throwing ends the look. */
  readonly onCase?: (index: number) => void | Promise<void>;
}

/**
 * Reads every scan and truth once, each for itself, and tells all that is wrong.
 *
 * @example
 * ```ts
 * import { checkCases } from "./preflight.ts";
 * import assert from "node:assert/strict";
 * const one = { index: 0, id: "a", image: "/absent.nii", truth: null, window: "lung", patient: 0,
 *   split: "test", site: null, caveats: [] } as const;
 * const { faults } = await checkCases([one], { needsTruth: false });
 * assert.equal(faults[0].mendedBy, "$.cases[0].image");
 * ```
 */
export async function checkCases(
  cases: readonly LoadedCase[],
  { needsTruth, onCase }: PreflightOptions,
): Promise<Preflight> {
  const faults: CaseFault[] = [];
  const warnings: CaseWarning[] = [];
  for (const one of cases) {
    await onCase?.(one.index);
    const { index, id } = one;
    const at = (part: CaseFault["part"], path: string, work: () => void) => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const { message, advice, details } = error;
        // contours lie on slices: without them there is nothing to say
        if (details.rule === "needs-scan") return;
        const key = MENDED[String(details.rule)] ?? part;
        faults.push({
          index,
          id,
          part,
          path,
          message,
          advice,
          mendedBy: `$.cases[${index}].${key}`,
        });
      }
    };
    const warnOf = (report: IngestReport, of = "") => {
      for (const { kind, rule, message } of report) {
        if (kind === "warning" && TOLD.has(rule)) {
          warnings.push({ index, id, message: `${of}${message}` });
        }
      }
    };
    let scan: Volume | null = null;
    at("image", one.image, () => {
      scan = readCaseScan(one);
      warnOf(scan.report);
    });
    if (scan !== null) {
      const volume: Volume = scan;
      at("window", one.image, () => tryWindow(volume, one.window));
    }
    at("truth", one.truth ?? one.image, () => {
      if (one.truth === null && needsTruth) throw noTruth();
      const mask = readCaseTruth(one, scan);
      warnOf(mask?.report ?? [], "truth: ");
    });
  }
  return { faults, warnings };
}

/** The key of a case that mends what breaks a rule; the file itself where none is named. */
const MENDED: Readonly<Record<string, string>> = {
  "several-series": "series",
  "no-such-series": "series",
  "uneven-spacing": "resample",
  "gantry-tilt": "resample",
  "shifted-slice": "resample",
  "missing-slice": "resample",
  "no-window": "window",
  "bad-window": "window",
  "not-windowed": "window",
  "other-grid": "geometry",
  "no-such-label": "labels",
  "ambiguous-label": "labels",
  "several-structures": "labels",
  "not-a-mask": "truth",
  "no-truth": "truth",
};

/** Warnings that are told before a run: what is measured may mean something else than is thought. */
const TOLD = new Set([
  "several-labels",
  "absent-label",
  "other-frame",
  "forms-disagree",
  "orientation-unknown",
  "no-rescale",
  "not-hu",
  "surplus-bits",
  "interleaved-passes",
  "resampled",
]);

/** Windows every slice where values are taken as they are, since any may be no grey level. */
function tryWindow(scan: Volume, choice: LoadedCase["window"]): void {
  const plan = planWindow(scan, choice);
  if (plan.windows.length > 0) return;
  const slice = new Float32Array(scan.shape[1] * scan.shape[2]);
  for (let z = 0; z < scan.shape[0]; z++) windowSlice(scan, z, plan, slice);
}

function noTruth(): InputError {
  return new InputError("it has no truth, without which nothing can be learned from it", {
    advice: "add a truth to the manifest, or leave the case out",
    details: { rule: "no-truth" },
  });
}

/** Faults that an error tells in full; the rest is counted. */
const LISTED = 40;

/** All faults of a data set as one error. */
export function faultsError(faults: readonly CaseFault[], cases: number): Error {
  const lines = faults.slice(0, LISTED).map(inWords);
  const more = faults.length > LISTED ? [`  and ${faults.length - LISTED} more`] : [];
  const faulty = new Set(faults.map(({ index }) => index)).size;
  return new InputError(
    `${faulty} of ${cases} cases cannot be used:\n${[...lines, ...more].join("\n")}`,
    {
      advice: "mend the manifest or the files, or add --skip-faulty to go on without these cases",
      details: { faults },
    },
  );
}

/** A fault in two lines. */
export function inWords({ index, id, part, path, message, advice, mendedBy }: CaseFault): string {
  const told = advice === undefined ? "" : ` ${advice}`;
  return `  case ${index} (${id}), ${part} ${path}: ${message}\n    ${mendedBy}:${
    told || " correct it."
  }`;
}
