/**
 * Hounsfield units as bytes, fine where a reader's windows are, so that one byte a pixel serves all
 * of them.
 *
 * @module
 */

/** Pairs of HU and code; between them, codes are spread evenly. */
const KNOTS = [
  // air to lung: no window resolves what is below -1000
  [-1350, 0],
  [-1000, 10],
  // lung: 8 HU a code, where a lung window has 6 HU a grey level
  [-200, 110],
  // soft tissue: 4.5 HU a code
  [300, 221],
  // bone
  [1660, 255],
] as const;

/** HU of a code, or the code of HU, as the columns are chosen. */
function between(value: number, from: 0 | 1, to: 0 | 1): number {
  const last = KNOTS.length - 1;
  if (!(value > KNOTS[0][from])) return KNOTS[0][to];
  if (value >= KNOTS[last][from]) return KNOTS[last][to];
  const above = KNOTS.findIndex((knot) => value < knot[from]);
  const [low, high] = [KNOTS[above - 1], KNOTS[above]];
  const share = (value - low[from]) / (high[from] - low[from]);
  return low[to] + share * (high[to] - low[to]);
}

/**
 * The code of some HU, 0 to 255; NaN becomes 0.
 *
 * @example
 * ```ts
 * import { codeOfHu, huOfCode } from "./grey_codes.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([-5000, -1000, 40, 5000, NaN].map(codeOfHu), [0, 10, 163, 255, 0]);
 * assert.ok(Math.abs(huOfCode(codeOfHu(40)) - 40) < 2.3);
 * ```
 */
export function codeOfHu(hu: number): number {
  return Math.round(between(hu, 0, 1));
}

/** HU in the middle of those that have a code. */
export function huOfCode(code: number): number {
  return between(code, 1, 0);
}

const [LOWEST, HIGHEST] = [KNOTS[0][0], KNOTS[KNOTS.length - 1][0]];
/** Codes of whole HU from the lowest to the highest one. */
const CODES = Uint8Array.from({ length: HIGHEST - LOWEST + 1 }, (_, i) => codeOfHu(LOWEST + i));

/** Codes of many HU, each rounded to a whole one first; NaN becomes 0. */
export function codesOfHu(hu: Float32Array): Uint8Array {
  const codes = new Uint8Array(hu.length);
  for (let at = 0; at < hu.length; at++) {
    const value = hu[at];
    codes[at] = value > LOWEST
      ? CODES[value < HIGHEST ? Math.round(value) - LOWEST : HIGHEST - LOWEST]
      : 0;
  }
  return codes;
}
