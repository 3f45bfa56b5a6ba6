/**
 * Numbers that loops in this language and primitives of the library both work on.
 *
 * @module
 */

import { viewOf } from "../../../base/dtypes.ts";
import { elements, type Shape } from "../../../base/shapes.ts";
import { allocateBuffer } from "../../buffers.ts";
import { byteSize, rowMajor, type View } from "../library/layout.ts";

/** A tensor of single precision, seen from both sides. */
export interface Numbers {
  readonly data: Float32Array;
  /** Its place; good while the elements are kept. */
  readonly view: View;
}

/** Zeros of a shape, the last axis fastest. */
export function allocateNumbers(dims: Shape): Numbers {
  const layout = rowMajor("f32", dims);
  const { bytes, address } = allocateBuffer(byteSize(layout));
  const data = viewOf("f32", bytes.buffer, bytes.byteOffset, elements(dims));
  return { data, view: { ...layout, address } };
}
