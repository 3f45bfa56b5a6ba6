/**
 * The oneDNN backend: version 3 of the library through FFI, on the CPU.
 *
 * @module
 */

import { MissingError } from "../../base/errors.ts";
import type { WeightSource } from "../../graph/weights.ts";
import type { Plan } from "../../plan/plan.ts";
import { LIBRARIES, requireLibrary } from "../../platform/libraries.ts";
import type {
  Backend,
  BackendFactory,
  DeviceFacts,
  Executable,
  Precision,
  Probe,
} from "../backend.ts";
import { unavailable } from "../unavailable.ts";
import { computesBf16 } from "./bf16_check.ts";
import type { DataType } from "./library/constants.ts";
import { deviceFacts } from "./library/device.ts";
import { lower } from "./executable.ts";
import { Library } from "./library/library.ts";
import { PLANNING } from "./planning.ts";
import { Team } from "./threads/team.ts";
import { Session } from "./library/session.ts";

/** The oneDNN backend. */
export const onednn: BackendFactory = { name: "onednn", probe, open };

function probe(): Probe {
  try {
    const found = requireLibrary("onednn");
    using library = new Library(found.path);
    const { major, minor, patch } = library.version;
    return { available: true, detail: `oneDNN ${major}.${minor}.${patch} from ${found.where}` };
  } catch (thrown) {
    return unavailable(thrown, LIBRARIES.onednn.advice);
  }
}

function open(): Backend {
  return new OnednnBackend(new Session(new Library(requireLibrary("onednn").path)));
}

/** Element type of each precision that this backend may compute in. */
const TYPES: Partial<Readonly<Record<Precision, DataType>>> = { fp32: "f32", bf16: "bf16" };

class OnednnBackend implements Backend {
  readonly name = "onednn";
  readonly planning = PLANNING;
  readonly device: DeviceFacts;
  readonly precisions: readonly Precision[];
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    this.device = deviceFacts(session.library);
    this.precisions = computesBf16(session) ? ["fp32", "bf16"] : ["fp32"];
  }

  lower(plan: Plan, weights: WeightSource, precision: Precision): Executable {
    const type = this.precisions.includes(precision) ? TYPES[precision] : undefined;
    if (!type) {
      throw new MissingError(`oneDNN does not compute in ${precision} here`, {
        advice:
          `choose one of ${this.precisions.join(", ")}; --backend reference has fp64, and cudnn ` +
          "tf32, fp16 and bf16",
        details: { precision, isa: this.device.isa },
      });
    }
    return lower(this.#session, plan, weights, type, Team.of(this.#session.library));
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}
