/**
 * The models of a gate: those of a suite, each side with the weights of its own checkout.
 *
 * @module
 */

import { isAbsolute, join, relative } from "node:path";
import { InputError } from "../base/errors.ts";
import type { BackendName } from "../backends/backend.ts";
import { modelIds } from "../bench/records.ts";
import { type LoadedSuite, resolveIn } from "../bench/suite.ts";
import type { OpenRequest } from "../bench/timing_client.ts";
import { modelSource } from "../models/mod.ts";
import type { Side } from "./sides/sides.ts";

/** A model of a gate. */
export interface GateModel {
  /** Its key. */
  readonly key: string;
  /** What a side opens. */
  openOf(side: Side): OpenRequest;
}

/**
 * The models of a suite.
 *
 * @param only names or keys of those that are wanted; all unless given
 * @param newRoot checkout that the suite lies in: its weights are looked for in that of each side
 * @throws InputError for names that are none, or weights by fold
 */
export function gateModels(
  { suite, folder }: LoadedSuite,
  backend: BackendName,
  only: readonly string[] | undefined,
  newRoot: string | null,
): GateModel[] {
  const keys = modelIds(suite.models.map(({ model }) => model));
  const unknown = only?.filter((one) => !keys.includes(one)) ?? [];
  if (unknown.length > 0) {
    throw new InputError(`the suite ${suite.name} has no ${unknown.join(", ")}`, {
      advice: `it has ${keys.join(", ")}`,
    });
  }
  return suite.models.flatMap((listed, i): GateModel[] => {
    if (only && !only.includes(keys[i])) return [];
    if (listed.weights?.includes("{fold}")) {
      throw new InputError(`${keys[i]} has weights by fold, which a gate does not run`, {
        advice: "name a suite with one file of weights a model, such as quick",
      });
    }
    const weights = listed.weights && resolveIn(folder, listed.weights);
    return [{
      key: keys[i],
      openOf: ({ root }) => ({
        model: {
          ...listed,
          model: modelSource(listed.model),
          weights: weights && inCheckout(weights, newRoot, root),
        },
        backend,
        precision: suite.precision,
        seed: suite.seed,
        scan: null,
      }),
    }];
  });
}

/** A file of the checkout of what is new, in that of a side; any other file as it is. */
export function inCheckout(path: string, newRoot: string | null, root: string | null): string {
  if (newRoot === null || root === null) return path;
  const inside = relative(newRoot, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : join(root, inside);
}
