/**
 * Scans that models of stacks saw with zeros behind them.
 *
 * @module
 */

import { costlyZeros } from "../imaging/stacks.ts";
import type { CaseRecord, ModelRecord } from "./records.ts";

/** Those of some scans that end in a stack of which zeros are so much that it can cost accuracy. */
export function endingInZeros(
  { stack }: Pick<ModelRecord, "stack">,
  cases: readonly CaseRecord[],
): CaseRecord[] {
  if (!stack) return [];
  const { size, overlap, filling } = stack;
  return cases.filter(({ shape: [slices] }) => costlyZeros(slices, size, overlap, filling) > 0);
}
