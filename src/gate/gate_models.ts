/**
 * The models of a gate: those of a suite, each side with the weights of its own checkout.
 *
 * @module
 */

import { isAbsolute, join, relative } from "node:path";
import { InputError } from "../base/errors.ts";
import type { BackendName } from "../backends/backend.ts";
import { modelIds } from "../bench/records.ts";
import { weightsByFold } from "../bench/fold_weights.ts";
import type { RunScan } from "../bench/run_scans.ts";
import type { LoadedSuite } from "../bench/suite.ts";
import type { OpenRequest } from "../bench/timing_client.ts";
import { modelSource } from "../models/mod.ts";
import type { Side } from "./sides/sides.ts";

/** A model of a gate. */
export interface GateModel {
  /** Its key. */
  readonly key: string;
  /** What a side opens for its time and its plan: in a cross-validation the first fold. */
  openOf(side: Side): OpenRequest;
  /** What it opens for each scan: of a cross-validation the weights that never saw it. */
  partsOf(side: Side, scans: readonly RunScan[]): readonly GatePart[];
}

/** Scans of a side that go through the same weights. */
export interface GatePart {
  /** What is opened. */
  readonly open: OpenRequest;
  /** The scans. */
  readonly scans: readonly RunScan[];
}

/**
 * The models of a suite.
 *
 * @param only names or keys of those that are wanted; all unless given
 * @param newRoot checkout that the suite lies in: its weights are looked for in that of each side
 * @throws InputError for names that are none
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
    const partsOf = ({ root }: Side, scans: readonly RunScan[]) =>
      weightsByFold(suite, folder, listed, scans).map(({ weights, scans }): GatePart => {
        const [first = null, ...ensemble] = weights.map((path) => inCheckout(path, newRoot, root));
        const model = {
          ...listed,
          model: modelSource(listed.model),
          weights: first,
          ensemble,
        };
        const { precision, seed } = suite;
        return { open: { model, backend, precision, seed, scan: null }, scans };
      });
    return [{ key: keys[i], openOf: (side) => partsOf(side, [])[0].open, partsOf }];
  });
}

/** A file of the checkout of what is new, in that of a side; any other file as it is. */
export function inCheckout(path: string, newRoot: string | null, root: string | null): string {
  if (newRoot === null || root === null) return path;
  const inside = relative(newRoot, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : join(root, inside);
}
