/**
 * Which phantoms a data set consists of: patients, their scans, splits, who is healthy, grids.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { formatShape } from "../base/shapes.ts";
import { type Random, random } from "../base/random.ts";
import { shuffled } from "../base/shuffled.ts";
import type { Split } from "./manifest.ts";
import { type PhantomParameters, phantomParameters } from "./phantom/mod.ts";

/** What a caller says of a set of phantoms. */
export interface PhantomSetRequest {
  /** Seed of the set. */
  readonly seed: number;
  /** Scans to make. */
  readonly scans: number;
  /** Voxels along z, y, x; the default is 64x128x128. */
  readonly shape?: readonly [z: number, y: number, x: number];
  /** Whether slices and spacing differ from scan to scan (default: true). */
  readonly vary?: boolean;
  /** Share of scans without a lesion (default: 0.2). At least one of four scans, if above 0. */
  readonly healthy?: number;
  /** The part that all scans belong to (default: patients are divided into all three). */
  readonly split?: Split;
  /** Share of patients who are scanned twice (default: 0.25). */
  readonly followUp?: number;
}

/** One scan of a set. */
export interface PhantomCase {
  /** Id, such as `p003-2`: patient and visit. */
  readonly id: string;
  /** Patient, such as `p003`. */
  readonly patient: string;
  /** The part of the set that its patient belongs to. */
  readonly split: Split;
  /** What the scan is made from. */
  readonly parameters: PhantomParameters;
}

/** Shares of patients kept for testing and for validation; at least one each where possible. */
const TEST_SHARE = 0.2;
const VALIDATION_SHARE = 0.2;

/** More scans are a typing mistake. */
const MOST_SCANS = 100_000;

/** Heights and widths in mm that scans of a varied set cover. */
const COVERAGE = { z: [290, 334], xy: [335, 385] } as const;

/**
 * The scans of a set; a pure function of the request.
 *
 * Anatomy, lesions and noise depend on the seed and on patient and visit only. How many scans are
 * asked for decides splits and who is healthy, so a larger set has other splits.
 *
 * @throws {InputError} Where a number is outside its range.
 *
 * @example
 * ```ts
 * import { planPhantoms } from "./phantom_plan.ts";
 * import assert from "node:assert/strict";
 * const splits = planPhantoms({ seed: 1, scans: 10 }).map(({ split }) => split);
 * assert.equal(new Set(splits).size, 3);
 * ```
 */
export function planPhantoms(request: PhantomSetRequest): readonly PhantomCase[] {
  check(request);
  const { seed, shape = [64, 128, 128], vary = true } = request;
  const visits = visitsOf(request);
  const patients = visits[visits.length - 1].index + 1;
  const splits = request.split === undefined
    ? splitsOf(seed, patients)
    : new Array<Split>(patients).fill(request.split);
  const healthy = healthyOf(request, visits.map(({ index }) => splits[index]));
  return visits.map(({ index, visit }, scan) => {
    const patient = `p${String(index + 1).padStart(3, "0")}`;
    const grid = vary ? variedGrid(random(seed, "grid", index, visit), shape) : { shape };
    return {
      id: `${patient}-${visit + 1}`,
      patient,
      split: splits[index],
      parameters: phantomParameters({ seed, index, visit, ...grid, lesions: !healthy.has(scan) }),
    };
  });
}

function check({ seed, scans, shape, healthy = 0, followUp = 0 }: PhantomSetRequest): void {
  if (!Number.isSafeInteger(scans) || scans < 1 || scans > MOST_SCANS) {
    throw new InputError(`phantom: ${scans} scans is not a whole number from 1 to ${MOST_SCANS}`);
  }
  for (const [name, share] of Object.entries({ healthy, followUp })) {
    if (!(share >= 0 && share <= 1)) {
      throw new InputError(`phantom: ${name} is ${share}, not a share from 0 to 1`);
    }
  }
  try {
    phantomParameters({ seed, shape });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`phantom: shape ${formatShape(shape ?? [])} is none`, { cause: error });
  }
}

/** Patient and visit of each scan. */
function visitsOf({ seed, scans, followUp = 0.25 }: PhantomSetRequest): readonly {
  readonly index: number;
  readonly visit: number;
}[] {
  const visits: { index: number; visit: number }[] = [];
  for (let index = 0; visits.length < scans; index++) {
    visits.push({ index, visit: 0 });
    const again = random(seed, "follow-up", index).uniform() < followUp;
    if (again && visits.length < scans) visits.push({ index, visit: 1 });
  }
  return visits;
}

/** The split of each patient, with fixed sizes. */
function splitsOf(seed: number, patients: number): readonly Split[] {
  const order = shuffled(Array(patients).keys(), random(seed, "splits", patients));
  const test = Math.max(1, Math.round(patients * TEST_SHARE));
  const validation = patients < 3 ? 0 : Math.max(1, Math.round(patients * VALIDATION_SHARE));
  const splits: Split[] = new Array(patients);
  order.forEach((patient, place) => {
    splits[patient] = place < test ? "test" : place < test + validation ? "validation" : "train";
  });
  return splits;
}

/** The scans without a lesion; every split keeps at least one scan with lesions. */
function healthyOf(
  { seed, scans, healthy = 0.2 }: PhantomSetRequest,
  splits: readonly Split[],
): ReadonlySet<number> {
  const wanted = Math.max(healthy > 0 && scans >= 4 ? 1 : 0, Math.round(healthy * scans));
  const chosen = new Set<number>();
  for (const scan of shuffled(Array(scans).keys(), random(seed, "healthy", scans))) {
    if (chosen.size === wanted) break;
    const others = splits.filter((split, other) => split === splits[scan] && !chosen.has(other));
    if (others.length > 1 || healthy === 1) chosen.add(scan);
  }
  return chosen;
}

/** A grid near the shape: slices by 15 %, and spacings (in whole micrometres) of their own. */
function variedGrid(
  draw: Random,
  [z, y, x]: readonly [number, number, number],
): Pick<PhantomParameters, "shape" | "spacing"> {
  const within = ([low, high]: readonly [number, number]) => low + (high - low) * draw.uniform();
  const micrometres = (value: number) => Math.max(0.001, Math.round(value * 1000) / 1000);
  const slices = Math.max(1, Math.round(z * (0.85 + 0.3 * draw.uniform())));
  const height = within(COVERAGE.z);
  const width = within(COVERAGE.xy);
  return {
    shape: [slices, y, x],
    spacing: [micrometres(height / slices), micrometres(width / y), micrometres(width / x)],
  };
}
