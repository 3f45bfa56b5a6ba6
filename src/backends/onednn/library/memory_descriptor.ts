/**
 * Layouts as the library's memory descriptors.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import { DATA_TYPE, type DataType, FORMAT_ANY } from "./constants.ts";
import { Handle } from "./handles.ts";
import type { Layout } from "./layout.ts";
import type { Library } from "./library.ts";

/** The descriptor of a layout. */
export function describeLayout(library: Library, { type, dims, strides }: Layout): Handle {
  return Handle.create(
    library,
    "dnnl_memory_desc_destroy",
    dims.join("x"),
    (out) =>
      library.symbols.dnnl_memory_desc_create_with_strides(
        out,
        dims.length,
        dimensions(dims),
        DATA_TYPE[type],
        dimensions(strides),
      ),
  );
}

/** A descriptor whose layout the library may choose. */
export function describeAny(library: Library, type: DataType, dims: Shape): Handle {
  return Handle.create(
    library,
    "dnnl_memory_desc_destroy",
    dims.join("x"),
    (out) =>
      library.symbols.dnnl_memory_desc_create_with_tag(
        out,
        dims.length,
        dimensions(dims),
        DATA_TYPE[type],
        FORMAT_ANY,
      ),
  );
}

/** `dnnl_dims_t`: 12 integers of 64 bits. */
export function dimensions(sizes: readonly number[]): BigInt64Array<ArrayBuffer> {
  const dims = new BigInt64Array(12);
  sizes.forEach((size, axis) => dims[axis] = BigInt(size));
  return dims;
}
