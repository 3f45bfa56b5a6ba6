/**
 * What runs the parts of the check, and what becomes of them.
 *
 * @module
 */

import type { PartResult } from "../../src/results/mod.ts";
import type { DeviceAnswer } from "./request.ts";
import type { Part } from "./settings.ts";

/** What became of a part. */
export type Outcome =
  | { readonly status: "done"; readonly result: PartResult }
  | { readonly status: "failed"; readonly reason: string }
  | { readonly status: "impossible"; readonly reason: string }
  /** It was stopped at its limit. */
  | { readonly status: "stopped" };

/** What runs parts. */
export interface Runner {
  /**
   * Looks at the machine.
   *
   * @throws Error that says why there is no GPU to check
   */
  device(): Promise<DeviceAnswer>;
  /**
   * Runs a part; never throws for what is wrong with it.
   *
   * @param limit seconds after which it is stopped
   */
  run(part: Part, limit: number): Promise<Outcome>;
}
