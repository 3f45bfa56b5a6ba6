/**
 * A prediction and a truth on one grid, with the intermediate results that metrics share.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { elements, formatShape } from "../base/shapes.ts";
import type { Triple } from "./distances.ts";

/** What a metric needs to know of a grid. */
export interface MetricGrid {
  /** Voxels along z, y, x. */
  readonly shape: Triple;
  /** Millimetres between voxel centres along z, y, x; null where they are not known. */
  readonly spacing: Triple | null;
}

/** What else may be known of a pair. */
export interface PairFacts {
  /** Slices at which the prediction passes from one stack to another, see `stackBorders`. */
  readonly stackBorders?: readonly number[];
}

/**
 * Two binary masks of one grid, checked once.
 *
 * The masks must not be changed afterwards: what `shared` computed is kept.
 *
 * @example
 * ```ts
 * import { MaskPair } from "./mask_pair.ts";
 * import assert from "node:assert/strict";
 * const grid = { shape: [1, 1, 2], spacing: null } as const;
 * const pair = new MaskPair(Uint8Array.of(1, 0), Uint8Array.of(1, 1), grid);
 * assert.equal(pair.shared((p) => p.truth.length), 2);
 * ```
 */
export class MaskPair {
  /** 0 or 1 a voxel, order (z, y, x). */
  readonly prediction: Uint8Array;
  /** 0 or 1 a voxel, order (z, y, x). */
  readonly truth: Uint8Array;
  /** Shape and spacing of both. */
  readonly grid: MetricGrid;
  /** Where the prediction passes from one stack to another; null where it is not known. */
  readonly stackBorders: readonly number[] | null;
  readonly #results = new Map<(pair: MaskPair) => unknown, unknown>();

  /**
   * Checks and keeps the masks; it does not copy them.
   *
   * @throws InputError where a mask does not fit the grid or holds other values than 0 and 1
   */
  constructor(
    prediction: Uint8Array,
    truth: Uint8Array,
    grid: MetricGrid,
    facts: PairFacts = {},
  ) {
    checkMask("prediction", prediction, grid);
    checkMask("truth", truth, grid);
    if (grid.spacing !== null && !grid.spacing.every((mm) => mm > 0 && Number.isFinite(mm))) {
      throw new InputError(`The spacing ${grid.spacing.join(" x ")} mm is not positive.`, {
        advice: "Correct the spacing in the file's header, or pass null where it is not known.",
      });
    }
    this.prediction = prediction;
    this.truth = truth;
    this.grid = grid;
    this.stackBorders = facts.stackBorders ?? null;
  }

  /**
   * The result of a function of this pair, computed when it is first asked for. The function
   * itself is the key, so a metric family shares its work without a word to this class.
   */
  shared<T>(compute: (pair: MaskPair) => T): T {
    if (!this.#results.has(compute)) this.#results.set(compute, compute(this));
    return this.#results.get(compute) as T;
  }
}

function checkMask(name: string, mask: Uint8Array, grid: MetricGrid): void {
  if (mask.length !== elements(grid.shape)) {
    throw new InputError(
      `The ${name} has ${mask.length} voxels, its grid ${formatShape(grid.shape)} has ` +
        `${elements(grid.shape)}.`,
      { advice: "Compare masks of one grid; resample one of them first if they differ." },
    );
  }
  const wrong = mask.findIndex((value) => value > 1);
  if (wrong >= 0) {
    throw new InputError(`The ${name} holds ${mask[wrong]} at voxel ${wrong}; a mask is 0 or 1.`, {
      advice: "Threshold it first, or choose one label.",
    });
  }
}
