/**
 * Inputs and outputs by name, and moving them between logical order (N, C, ...) and channels-last
 * (N, ..., C).
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { elements, formatPlace, formatShape, type Shape } from "../base/shapes.ts";
import type { ValueId } from "../graph/graph.ts";
import type { Plan } from "../plan/plan.ts";

/** Elements of an input or output in logical order. */
export type Elements = Float32Array | Float64Array;

/** Inputs or outputs by name. */
export type Bindings = Readonly<Record<string, Elements>>;

/** An input or output of an executable. */
export interface Port {
  /** Name of the value. */
  readonly name: string;
  /** Shape in logical order, N, C, (D,) H, W. */
  readonly shape: Shape;
}

/** Anything that numbers can be read from and written to by index. */
export type Numbers = Float32Array | Float64Array | Uint16Array;

/** Ports of the given values. */
export function portsOf(plan: Plan, ids: readonly ValueId[]): Port[] {
  return ids.map((id) => ({ name: plan.values[id].name, shape: plan.values[id].shape }));
}

/**
 * The elements bound to a port.
 *
 * @throws InputError when they are missing or too few or too many
 */
export function bound(bindings: Bindings, port: Port): Elements {
  const found = bindings[port.name];
  if (!found) {
    throw new InputError(`nothing is bound to ${port.name} (${formatShape(port.shape)})`);
  }
  if (found.length !== elements(port.shape)) {
    throw new InputError(
      `${port.name} needs ${elements(port.shape)} elements (${formatShape(port.shape)}), not ` +
        `${found.length}`,
    );
  }
  return found;
}

/**
 * The elements bound to an input. Libraries may turn what is not a number into a plausible one (the
 * maximum of NaN and 0 is 0 on some processors), so that no backend computes with it.
 *
 * @throws InputError when they are missing, too few or too many, or one is not finite in single
 *   precision
 */
export function boundInput(bindings: Bindings, port: Port): Elements {
  const found = bound(bindings, port);
  for (let i = 0; i < found.length; i++) {
    const value = Math.fround(found[i]);
    if (value - value === 0) continue;
    throw new InputError(
      `${port.name} holds ${found[i]} at ${formatPlace(i, port.shape)}, which is not finite in ` +
        "single precision",
      {
        advice: "replace such voxels before the network sees them, as readScan does",
        details: { input: port.name, index: i },
      },
    );
  }
  return found;
}

/** Copies from logical order to channels-last. */
export function toChannelsLast(from: Elements, to: Numbers, shape: Shape): void {
  const { batch, channels, voxels } = extents(shape);
  if (channels === 1) return to.set(from);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const source = (n * channels + c) * voxels;
      const target = n * channels * voxels + c;
      for (let v = 0; v < voxels; v++) to[target + v * channels] = from[source + v];
    }
  }
}

/** Copies from channels-last to logical order. */
export function fromChannelsLast(from: Numbers, to: Elements, shape: Shape): void {
  const { batch, channels, voxels } = extents(shape);
  if (channels === 1) return to.set(from);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const target = (n * channels + c) * voxels;
      const source = n * channels * voxels + c;
      for (let v = 0; v < voxels; v++) to[target + v] = from[source + v * channels];
    }
  }
}

function extents([batch, channels, ...spatial]: Shape) {
  return { batch, channels, voxels: elements(spatial) };
}

/** The caller's own elements where native code can take them as they are. */
export function singleOf(given: Elements): Float32Array<ArrayBuffer> | undefined {
  const plain = given instanceof Float32Array && given.buffer instanceof ArrayBuffer;
  return plain ? given as Float32Array<ArrayBuffer> : undefined;
}
