/**
 * What a suite and its models say of themselves, and moments in their order.
 *
 * @module
 */

import { canonicalJson, sha256 } from "../../base/hashing.ts";
import { overlapOf, stackWindows } from "../../imaging/stacks.ts";
import type { ModelRecord, RunResult } from "../records.ts";

/** Contradictions of the suite, the models and the moments of a run. */
export function* contradictionsOfSettings(result: RunResult): Generator<string> {
  const { suite, models, volatile } = result;
  if (suite.threshold < 0 || suite.threshold > 1) {
    yield `suite.threshold: ${suite.threshold} is not in 0 to 1`;
  }
  if (suite.settings !== undefined) {
    if (suite.sha256 !== sha256(canonicalJson(suite.settings))) {
      yield "suite.sha256: it is not that of suite.settings";
    }
    for (const key of ["name", "seed", "threshold", "precision"] as const) {
      const stated = suite.settings[key];
      if (stated !== undefined && stated !== suite[key]) {
        yield `suite.${key}: ${JSON.stringify(suite[key])} is not ${
          JSON.stringify(stated)
        }, which ` +
          "its settings say";
      }
    }
  }
  for (const [i, model] of models.entries()) yield* ofModel(model, `models.${i}`);
  yield* ofOverlaps(result);
  const began = Date.parse(volatile.startedAt);
  if (began > Date.parse(volatile.writtenAt)) yield "volatile.writtenAt: it is before startedAt";
}

function* ofModel({ dimensions, input, stack }: ModelRecord, path: string): Generator<string> {
  if (input.length !== dimensions + 2 || input.includes(0)) {
    yield `${path}.input: ${input.join("x")} is no input of a ${dimensions}-D model`;
  } else if ((stack !== null) !== (dimensions === 3)) {
    yield `${path}.stack: 3-D models have one, 2-D models none`;
  } else if (stack && stack.size !== input[2]) {
    yield `${path}.stack.size: ${stack.size} is not ${input[2]}, which its input says`;
  } else if (stack && stack.overlap >= stack.size) {
    yield `${path}.stack.overlap: ${stack.overlap} of ${stack.size} slices`;
  }
}

/** What the key of a model of the `overlap` experiment says of it. */
const KEY = /@trained-([\d.]+)(?:#\d+)?-inference-([\d.]+)$/;

function* ofOverlaps({ models, experiments: { overlap } }: RunResult): Generator<string> {
  if (overlap?.status !== "done") return;
  for (const [i, one] of overlap.combinations.entries()) {
    const at = `experiments.overlap.combinations.${i}`;
    const { stack, id } = models.find(({ id }) => id === one.model)!;
    const { trainedOverlap: trained, inferenceOverlap: inference } = one;
    const isShare = (share: number) => share >= 0 && share < 1;
    if (!isShare(trained)) yield `${at}.trainedOverlap: ${trained} is not in 0 to 1`;
    if (!isShare(inference) || stack?.overlap !== overlapOf(inference, stack?.size ?? 0)) {
      yield `${at}.inferenceOverlap: ${inference} is not ${stack?.overlap} of ${stack?.size} slices`;
    }
    const [, ...told] = KEY.exec(id)?.map(Number) ?? [];
    if (told.length > 0 && told[0] !== trained) {
      yield `${at}.trainedOverlap: ${trained} is not ${told[0]}, which its model's key says`;
    }
  }
}

/** How often a model is executed over a scan of so many slices. */
export function executionsOf({ input, stack }: ModelRecord, slices: number): number {
  return stack
    ? stackWindows(slices, stack.size, stack.overlap).length
    : Math.ceil(slices / input[0]);
}
