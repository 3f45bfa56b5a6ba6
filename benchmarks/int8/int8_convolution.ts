/**
 * A convolution of oneDNN on int8, alone: uint8 times int8, sums in 32 bits, a scale for each output
 * channel, a rectifier, and uint8 again. Tensors are channels-last, as the backend has them.
 *
 * @module
 */

import { elements, type Shape } from "../../src/base/shapes.ts";
import { allocateBuffer, type Buffer } from "../../src/backends/buffers.ts";
import {
  ALGORITHM,
  ARGUMENT,
  FORMAT_ANY,
  FORWARD_INFERENCE,
} from "../../src/backends/onednn/library/constants.ts";
import { argumentList, execute } from "../../src/backends/onednn/library/execution.ts";
import { Handle } from "../../src/backends/onednn/library/handles.ts";
import { channelsLast, rowMajor } from "../../src/backends/onednn/library/layout.ts";
import { check } from "../../src/backends/onednn/library/library.ts";
import { dimensions } from "../../src/backends/onednn/library/memory_descriptor.ts";
import { createAttributes } from "../../src/backends/onednn/library/post_ops.ts";
import { PrimitiveDescriptor } from "../../src/backends/onednn/library/primitive_descriptor.ts";
import type { Session } from "../../src/backends/onednn/library/session.ts";
import type { WindowAttributes } from "../../src/graph/windowed.ts";

/** A convolution, as the library is asked for it. */
export interface Shapes {
  readonly op: "conv" | "deconv";
  /** (N, C, (D,) H, W). */
  readonly source: Shape;
  /** (N, O, (D,) H, W). */
  readonly destination: Shape;
  readonly window: WindowAttributes;
  readonly groups: number;
}

/** `dnnl_data_type_t` (dnnl_common_types.h): what the backend has no use for. */
const TYPE = { f32: 3, s8: 5, u8: 6 } as const;

/** `DNNL_ARG_ATTR_SCALES` (dnnl_types.h). */
const SCALES = 4096;

const EXTRA = {
  // dnnl_status_t dnnl_primitive_attr_set_scales_mask(dnnl_primitive_attr_t attr, int arg, int mask)
  dnnl_primitive_attr_set_scales_mask: { parameters: ["u64", "i32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Scale of the output: sums of a few thousand products come back to a byte. */
const OUTPUT_SCALE = 64;

/** An int8 convolution that is ready to run. */
export interface Int8Convolution extends Disposable {
  /** What the library calls it. */
  readonly implementation: string;
  /** Runs it and waits. */
  run(): void;
  /** Elements of the destination that are not what they should be, of so many looked at. */
  wrong(looks: number): number;
}

/** Makes an int8 convolution of small whole numbers; undefined where the library has none. */
export function int8Convolution(session: Session, shapes: Shapes): Int8Convolution | undefined {
  const { op, source, destination, window, groups } = shapes;
  const { library, engine } = session;
  const { symbols } = library;
  const context = `int8 ${op} ${source.join("x")} to ${destination.join("x")}`;
  using setup = new DisposableStack();
  const kept = new DisposableStack();
  setup.defer(() => kept.dispose());
  const extra = setup.adopt(Deno.dlopen(library.path, EXTRA), (opened) => opened.close());

  const [inputs, outputs] = [source[1], destination[1]];
  // (groups,) O, C, ...kernel, whatever the direction
  const perGroup = [outputs / groups, inputs / groups, ...window.kernel];
  const weightDims = groups === 1 ? perGroup : [groups, ...perGroup];
  const described = (type: number, dims: Shape, strides: Shape) =>
    kept.use(
      Handle.create(library, "dnnl_memory_desc_destroy", context, (out) =>
        symbols.dnnl_memory_desc_create_with_strides(
          out,
          dims.length,
          dimensions(dims),
          type,
          dimensions(strides),
        )),
    );
  const any = kept.use(
    Handle.create(
      library,
      "dnnl_memory_desc_destroy",
      context,
      (out) =>
        symbols.dnnl_memory_desc_create_with_tag(
          out,
          weightDims.length,
          dimensions(weightDims),
          TYPE.s8,
          FORMAT_ANY,
        ),
    ),
  );
  const [sourceMd, destinationMd] = [source, destination].map((dims) =>
    described(TYPE.u8, dims, channelsLast("f32", dims).strides)
  );

  const attributes = setup.use(createAttributes(library, context, [
    { kind: "eltwise", algorithm: "eltwise_relu", alpha: 0 },
  ]));
  // one for each output channel: the first axis of weights, the first two where there are groups
  const masks = [[ARGUMENT.weights, groups === 1 ? 1 : 3], [ARGUMENT.destination, 0]];
  for (const [argument, mask] of masks) {
    check(
      extra.symbols.dnnl_primitive_attr_set_scales_mask(attributes.id, argument, mask),
      "dnnl_primitive_attr_set_scales_mask",
      context,
    );
  }
  const [create, algorithm] = op === "conv"
    ? [
      symbols.dnnl_convolution_forward_primitive_desc_create,
      ALGORITHM.convolution_direct,
    ] as const
    : [
      symbols.dnnl_deconvolution_forward_primitive_desc_create,
      ALGORITHM.deconvolution_direct,
    ] as const;
  const found = Handle.attempt(library, "dnnl_primitive_desc_destroy", context, (out) =>
    create(
      out,
      engine,
      FORWARD_INFERENCE,
      algorithm,
      sourceMd.id,
      any.id,
      0n,
      destinationMd.id,
      dimensions(window.stride),
      dimensions([]),
      dimensions(window.padBefore),
      dimensions(window.padAfter),
      attributes.id,
    ));
  if (!found) return undefined;
  const descriptor = kept.use(new PrimitiveDescriptor(library, found));
  if (descriptor.slow) return undefined;
  const primitive = kept.use(descriptor.create(context));

  const place = (md: bigint, buffer: Buffer) => kept.use(session.memory(md, buffer.address));
  const x = filled(elements(source), (i) => (i * 7919 + (i >> 9)) % 16);
  const y = allocateBuffer(elements(destination));
  const given = filled(elements(weightDims), (i) => (i * 104729 + (i >> 7)) % 15 - 7);
  const scales = floats(outputs, (o) => 1 + o % 3);
  const outputScale = floats(1, () => OUTPUT_SCALE);
  const packed = allocateBuffer(session.byteSize(descriptor.weights));
  const scratch = allocateBuffer(Math.max(64, session.byteSize(descriptor.scratchpad)));
  const weights = place(descriptor.weights, packed);
  pack(session, context, { from: { dims: weightDims, buffer: given }, to: weights, descriptor });
  const list = argumentList([
    [ARGUMENT.source, place(sourceMd.id, x)],
    [ARGUMENT.weights, weights],
    [ARGUMENT.destination, place(destinationMd.id, y)],
    [ARGUMENT.scratchpad, place(descriptor.scratchpad, scratch)],
    [SCALES | ARGUMENT.weights, place(described(TYPE.f32, [outputs], [1]).id, scales)],
    [SCALES | ARGUMENT.destination, place(described(TYPE.f32, [1], [1]).id, outputScale)],
  ]);
  const memory = [x, y, given, scales, outputScale, packed, scratch];
  const held = kept.move();
  return {
    implementation: descriptor.implementation,
    run: () => {
      execute(session, context, primitive, list);
      session.wait();
    },
    wrong: (looks) => wrongOf(shapes, x, given, y, looks),
    [Symbol.dispose]: () => {
      held.dispose();
      memory.length = 0;
    },
  };
}

/** Brings weights into the layout that a convolution wants. */
function pack(
  session: Session,
  context: string,
  { from, to, descriptor }: {
    readonly from: { readonly dims: Shape; readonly buffer: Buffer };
    readonly to: Handle;
    readonly descriptor: PrimitiveDescriptor;
  },
): void {
  const { library, engine } = session;
  const { symbols } = library;
  using stack = new DisposableStack();
  const { dims, strides } = rowMajor("f32", from.dims);
  const md = stack.use(
    Handle.create(
      library,
      "dnnl_memory_desc_destroy",
      context,
      (out) =>
        symbols.dnnl_memory_desc_create_with_strides(
          out,
          dims.length,
          dimensions(dims),
          TYPE.s8,
          dimensions(strides),
        ),
    ),
  );
  const attributes = stack.use(createAttributes(library, context, []));
  const reorder = stack.use(
    new PrimitiveDescriptor(
      library,
      Handle.create(
        library,
        "dnnl_primitive_desc_destroy",
        context,
        (out) =>
          symbols.dnnl_reorder_primitive_desc_create(
            out,
            md.id,
            engine,
            descriptor.weights,
            engine,
            attributes.id,
          ),
      ),
    ),
  );
  const primitive = stack.use(reorder.create(context));
  const scratch = allocateBuffer(Math.max(64, session.byteSize(reorder.scratchpad)));
  execute(
    session,
    context,
    primitive,
    argumentList([
      [ARGUMENT.source, stack.use(session.memory(md.id, from.buffer.address))],
      [ARGUMENT.destination, to],
      [ARGUMENT.scratchpad, stack.use(session.memory(reorder.scratchpad, scratch.address))],
    ]),
  );
  session.wait();
}

/** Bytes after which the numbers of a tensor come again; a prime, so that no axis repeats them. */
const PERIOD = 65_521;

function filled(size: number, value: (i: number) => number): Buffer {
  const buffer = allocateBuffer(size);
  const { bytes } = buffer;
  // as bytes, so that -1 is 255 and int8 -1
  for (let i = 0; i < Math.min(size, PERIOD); i++) bytes[i] = value(i);
  for (let done = PERIOD; done < size; done *= 2) bytes.copyWithin(done, 0, done);
  return buffer;
}

function floats(size: number, value: (i: number) => number): Buffer {
  const buffer = allocateBuffer(4 * size);
  const view = new Float32Array(buffer.bytes.buffer, buffer.bytes.byteOffset, size);
  for (let i = 0; i < size; i++) view[i] = value(i);
  return buffer;
}

/** Compares elements of the destination, spread evenly, with the definition; rounding may differ by 1. */
function wrongOf(
  { op, source, destination, window, groups }: Shapes,
  x: Buffer,
  weights: Buffer,
  y: Buffer,
  looks: number,
): number {
  const [signed, total] = [
    new Int8Array(weights.bytes.buffer, weights.bytes.byteOffset, weights.bytes.length),
    elements(destination),
  ];
  const [ci, co] = [source[1] / groups, destination[1] / groups];
  const spatial = destination.slice(2);
  const taps = elements(window.kernel);
  const strides = channelsLast("f32", source).strides;
  let wrong = 0;
  for (let look = 0; look < looks; look++) {
    const at = Math.floor((look + 0.5) * total / looks);
    // channels-last: channel, then the spatial axes from the last on
    const o = at % destination[1];
    let rest = Math.floor(at / destination[1]);
    const place = new Array<number>(spatial.length);
    for (let axis = spatial.length - 1; axis >= 0; axis--) {
      place[axis] = rest % spatial[axis];
      rest = Math.floor(rest / spatial[axis]);
    }
    const group = Math.floor(o / co);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      let from = rest * strides[0];
      let [inside, left] = [true, tap];
      for (let axis = spatial.length - 1; axis >= 0; axis--) {
        const t = left % window.kernel[axis];
        left = Math.floor(left / window.kernel[axis]);
        const [stride, pad] = [window.stride[axis], window.padBefore[axis]];
        const p = op === "conv" ? place[axis] * stride + t - pad : (place[axis] + pad - t) / stride;
        inside &&= Number.isInteger(p) && p >= 0 && p < source[axis + 2];
        from += p * strides[axis + 2];
      }
      if (!inside) continue;
      for (let c = 0; c < ci; c++) {
        sum += x.bytes[from + group * ci + c] * signed[(o * ci + c) * taps + tap];
      }
    }
    const exact = Math.min(255, Math.max(0, sum * (1 + o % 3) / OUTPUT_SCALE));
    if (Math.abs(y.bytes[at] - exact) > 0.5 + 1e-3) wrong++;
  }
  return wrong;
}
