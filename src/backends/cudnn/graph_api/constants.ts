/**
 * Numbers of cuDNN's graph API (`cudnn_graph.h`, version 9), those that this backend uses.
 *
 * @module
 */

import type { DataType } from "../cuda/data_type.ts";

/** `cudnnStatus_t` of success. */
export const SUCCESS = 0;

/** `cudnnStatus_t` from here to 3999: nothing in the library does this. */
export const NOT_SUPPORTED = 3000;

/** `cudnnStatus_t` from here on: the library or the device failed. */
export const INTERNAL_ERROR = 4000;

/** `cudnnBackendAttributeType_t`: what an attribute is made of. */
export const TYPE = {
  handle: 0,
  dataType: 1,
  boolean: 2,
  int64: 3,
  float: 4,
  double: 5,
  pointer: 6,
  convolutionMode: 7,
  heuristicMode: 8,
  numericalNote: 11,
  pointwiseMode: 14,
  descriptor: 15,
  behaviorNote: 19,
  resampleMode: 21,
  paddingMode: 22,
  char: 24,
} as const;

/** `cudnnDataType_t`. */
export const DATA_TYPE: Readonly<Record<DataType, number>> = { f32: 0, f16: 2, bf16: 9 };

/** `cudnnBackendDescriptorType_t`. */
export const DESCRIPTOR = {
  pointwise: 0,
  convolution: 1,
  engine: 2,
  engineConfiguration: 3,
  heuristics: 4,
  executionPlan: 5,
  convolutionForward: 10,
  convolutionBackwardWeights: 11,
  convolutionBackwardData: 12,
  pointwiseOperation: 13,
  operationGraph: 15,
  variantPack: 16,
  tensor: 17,
  resample: 24,
  resampleForward: 25,
  deviceProperties: 38,
} as const;

export type DescriptorKind = keyof typeof DESCRIPTOR;

/** `cudnnBackendAttributeName_t`. */
export const ATTRIBUTE = {
  pointwise: { mode: 0, mathPrecision: 1, reluLowerSlope: 5, eluAlpha: 6 },
  convolution: {
    computeType: 100,
    mode: 101,
    dilations: 102,
    strides: 103,
    postPaddings: 104,
    prePaddings: 105,
    spatialDimensions: 106,
  },
  heuristics: { mode: 200, graph: 201, results: 202, deviceProperties: 204 },
  engineConfiguration: { engine: 300 },
  executionPlan: {
    handle: 400,
    configuration: 401,
    workspaceSize: 402,
    json: 405,
    deviceProperties: 407,
  },
  convolutionForward: { alpha: 700, beta: 701, convolution: 702, w: 703, x: 704, y: 705 },
  convolutionBackwardData: { alpha: 706, beta: 707, convolution: 708, w: 709, dx: 710, dy: 711 },
  convolutionBackwardWeights: { alpha: 712, beta: 713, convolution: 714, dw: 715, x: 716, dy: 717 },
  pointwiseOperation: { pointwise: 750, x: 751, b: 752, y: 753 },
  operationGraph: { handle: 800, operations: 801 },
  tensor: {
    alignment: 900,
    dataType: 901,
    dimensions: 902,
    strides: 903,
    id: 906,
    isVirtual: 907,
  },
  variantPack: { ids: 1000, pointers: 1001, workspace: 1003 },
  engine: { index: 1301, numericalNotes: 1303, behaviorNotes: 1305 },
  resample: {
    mode: 1700,
    computeType: 1701,
    spatialDimensions: 1702,
    postPaddings: 1703,
    prePaddings: 1704,
    strides: 1705,
    window: 1706,
    paddingMode: 1708,
  },
  resampleForward: { x: 1710, y: 1711, resample: 1716 },
  deviceProperties: { json: 2702 },
} as const;

/** `cudnnPointwiseMode_t`. */
export const POINTWISE_MODE = {
  add: 0,
  mul: 1,
  min: 2,
  max: 3,
  relu: 100,
  sigmoid: 102,
  elu: 103,
} as const;

export type PointwiseMode = keyof typeof POINTWISE_MODE;

/** `cudnnConvolutionMode_t`: what deep learning calls convolution. */
export const CROSS_CORRELATION = 1;

/** `cudnnResampleMode_t`. */
export const MAX_POOL = 3;

/** `cudnnPaddingMode_t`: what lies outside is smaller than anything. */
export const PAD_NEGATIVE_INFINITY = 1;

/** `cudnnBackendHeurMode_t`: the predicted best first; what works where nothing else does. */
export const HEURISTIC = { best: 3, fallback: 2 } as const;

/** `cudnnBackendNumericalNote_t`. */
export const NUMERICAL_NOTE = {
  tensorCore: 0,
  downConverts: 1,
  reducedPrecisionReduction: 2,
  fft: 3,
  nondeterministic: 4,
  winograd: 5,
  winograd4x4: 6,
  winograd6x6: 7,
  winograd13x13: 8,
} as const;

/** `cudnnBackendBehaviorNote_t`: the engine is compiled when a plan is made. */
export const COMPILES_AT_RUN_TIME = 0;

/** `cudnnBackendBehaviorNote_t`: the engine calls cuBLASLt. */
export const CALLS_CUBLAS = 4;
