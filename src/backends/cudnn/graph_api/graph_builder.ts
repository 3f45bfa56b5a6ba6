/**
 * From an operation graph as plain data to descriptors of the library.
 *
 * @module
 */

import { channelsLastStrides } from "../cuda/layout.ts";
import {
  ATTRIBUTE,
  CROSS_CORRELATION,
  type DescriptorKind,
  MAX_POOL,
  PAD_NEGATIVE_INFINITY,
  POINTWISE_MODE,
} from "./constants.ts";
import { Descriptor } from "./descriptors.ts";
import type { Cudnn } from "./library.ts";
import type { Operation, OperationGraph, TensorSpec } from "./operation_graph.ts";

/** Tensors start at multiples of this many bytes. */
const ALIGNMENT = 16;

/** How the parts of each kind of convolution are named. */
const CONVOLUTIONS = {
  forward: { kind: "convolutionForward", names: ATTRIBUTE.convolutionForward },
  backward_data: {
    kind: "convolutionBackwardData",
    names: { ...ATTRIBUTE.convolutionBackwardData, x: 710, y: 711 },
  },
  backward_weights: {
    kind: "convolutionBackwardWeights",
    names: { ...ATTRIBUTE.convolutionBackwardWeights, w: 715, x: 716, y: 717 },
  },
} as const;

/**
 * Builds a graph.
 *
 * @param owned takes over the descriptors
 * @param handle of the library; null where there is no device
 * @param context what it is for, to be named in an error
 * @throws NativeError when the library refuses it
 */
export function buildGraph(
  cudnn: Cudnn,
  owned: DisposableStack,
  graph: OperationGraph,
  handle: bigint | null,
  context: string,
): Descriptor {
  const make = (kind: DescriptorKind) => owned.use(new Descriptor(cudnn, kind, context));
  const tensors = new Map(
    graph.tensors.map((tensor) => [tensor.id, buildTensor(make("tensor"), tensor)]),
  );
  const builder = new OperationBuilder(make, tensors);
  const operations = graph.operations.map((operation) => builder.build(operation));
  const descriptor = make("operationGraph").descriptors(
    ATTRIBUTE.operationGraph.operations,
    operations,
  );
  if (handle !== null) descriptor.handle(ATTRIBUTE.operationGraph.handle, handle);
  return descriptor.finalize();
}

function buildTensor(
  descriptor: Descriptor,
  { id, dims, type, virtual }: TensorSpec,
): Descriptor {
  const names = ATTRIBUTE.tensor;
  descriptor.dataType(names.dataType, type)
    .integers(names.dimensions, dims)
    .integers(names.strides, channelsLastStrides(dims))
    .integers(names.id, [id])
    .integers(names.alignment, [ALIGNMENT]);
  if (virtual) descriptor.boolean(names.isVirtual, true);
  return descriptor.finalize();
}

class OperationBuilder {
  readonly #make: (kind: DescriptorKind) => Descriptor;
  readonly #tensors: ReadonlyMap<number, Descriptor>;

  constructor(
    make: (kind: DescriptorKind) => Descriptor,
    tensors: ReadonlyMap<number, Descriptor>,
  ) {
    this.#make = make;
    this.#tensors = tensors;
  }

  build(operation: Operation): Descriptor {
    switch (operation.kind) {
      case "pointwise":
        return this.#pointwise(operation);
      case "max_pool":
        return this.#maxPool(operation);
      default:
        return this.#convolution(operation);
    }
  }

  #tensor(id: number): Descriptor[] {
    return [this.#tensors.get(id)!];
  }

  #convolution(
    { kind, window, x, w, y }: Exclude<Operation, { kind: "pointwise" | "max_pool" }>,
  ): Descriptor {
    const { stride, padBefore, padAfter } = window;
    const names = ATTRIBUTE.convolution;
    const convolution = this.#make("convolution")
      .integers(names.spatialDimensions, [stride.length])
      .dataType(names.computeType, "f32")
      .choice(names.mode, "convolutionMode", CROSS_CORRELATION)
      .integers(names.prePaddings, padBefore)
      .integers(names.postPaddings, padAfter)
      .integers(names.dilations, stride.map(() => 1))
      .integers(names.strides, stride)
      .finalize();
    const { kind: descriptor, names: parts } = CONVOLUTIONS[kind];
    return this.#make(descriptor)
      .descriptors(parts.convolution, [convolution])
      .descriptors(parts.x, this.#tensor(x))
      .descriptors(parts.w, this.#tensor(w))
      .descriptors(parts.y, this.#tensor(y))
      .float(parts.alpha, 1)
      .float(parts.beta, 0)
      .finalize();
  }

  #pointwise({ mode, slope, x, b, y }: Extract<Operation, { kind: "pointwise" }>): Descriptor {
    const how = this.#make("pointwise")
      .choice(ATTRIBUTE.pointwise.mode, "pointwiseMode", POINTWISE_MODE[mode])
      .dataType(ATTRIBUTE.pointwise.mathPrecision, "f32");
    if (slope !== undefined) how.double(ATTRIBUTE.pointwise.reluLowerSlope, slope);
    how.finalize();
    const names = ATTRIBUTE.pointwiseOperation;
    const operation = this.#make("pointwiseOperation")
      .descriptors(names.pointwise, [how])
      .descriptors(names.x, this.#tensor(x))
      .descriptors(names.y, this.#tensor(y));
    if (b !== undefined) operation.descriptors(names.b, this.#tensor(b));
    return operation.finalize();
  }

  #maxPool({ window, x, y }: Extract<Operation, { kind: "max_pool" }>): Descriptor {
    const { kernel, stride, padBefore, padAfter } = window;
    const names = ATTRIBUTE.resample;
    const resample = this.#make("resample")
      .choice(names.mode, "resampleMode", MAX_POOL)
      .dataType(names.computeType, "f32")
      .integers(names.spatialDimensions, [kernel.length])
      .choice(names.paddingMode, "paddingMode", PAD_NEGATIVE_INFINITY)
      .integers(names.window, kernel)
      .integers(names.strides, stride)
      .integers(names.prePaddings, padBefore)
      .integers(names.postPaddings, padAfter)
      .finalize();
    return this.#make("resampleForward")
      .descriptors(ATTRIBUTE.resampleForward.resample, [resample])
      .descriptors(ATTRIBUTE.resampleForward.x, this.#tensor(x))
      .descriptors(ATTRIBUTE.resampleForward.y, this.#tensor(y))
      .finalize();
  }
}
