/**
 * Numbers of oneDNN's enumerations, as its headers `oneapi/dnnl/dnnl_types.h` and
 * `oneapi/dnnl/dnnl_common_types.h` (version 3) have them.
 *
 * @module
 */

/** `dnnl_status_t` (dnnl_common_types.h), names by number. */
export const STATUS_NAMES: readonly string[] = [
  "success",
  "out of memory",
  "invalid arguments",
  "unimplemented",
  "last implementation reached",
  "runtime error",
  "not required",
  "invalid graph",
  "invalid graph op",
  "invalid shape",
  "invalid data type",
];

/** `dnnl_status_t`: the ones that are acted on. */
export const STATUS = { success: 0, unimplemented: 3 } as const;

/** `dnnl_engine_kind_t` (dnnl_common_types.h). */
export const ENGINE_CPU = 1;

/** `dnnl_stream_flags_t` (dnnl_common_types.h): in order. */
export const STREAM_DEFAULT = 1;

/** `dnnl_data_type_t` (dnnl_common_types.h). */
export const DATA_TYPE = { bf16: 2, f32: 3 } as const;

/** Name of an element type that this backend uses. */
export type DataType = keyof typeof DATA_TYPE;

/** `dnnl_prop_kind_t` (dnnl_types.h): gives its statistics too, and what gradients need. */
export const FORWARD_TRAINING = 64;

/** `dnnl_prop_kind_t` (dnnl_types.h). */
export const FORWARD_INFERENCE = 96;

/** `dnnl_prop_kind_t` (dnnl_types.h): the gradients of data and of parameters. */
export const BACKWARD = 128;

/** `dnnl_alg_kind_t` (dnnl_types.h). */
export const ALGORITHM = {
  convolution_direct: 0x1,
  deconvolution_direct: 0xa,
  eltwise_relu: 0x20,
  eltwise_elu: 0x22,
  eltwise_linear: 0x26,
  eltwise_soft_relu: 0x27,
  eltwise_logistic: 0x29,
  eltwise_pow: 0x30,
  pooling_max: 0x1ff,
  pooling_avg_exclude_padding: 0x3ff,
  binary_add: 0x1fff0,
  binary_mul: 0x1fff1,
  binary_gt: 0x1fff7,
  softmax_accurate: 0x30000,
} as const;

/** `dnnl_normalization_flags_t` (dnnl_types.h). */
export const NORMALIZATION = { useGlobalStatistics: 0x1, useScale: 0x2, useShift: 0x4 } as const;

/** `dnnl_format_tag_t` (dnnl_types.h): the library chooses the layout. */
export const FORMAT_ANY = 1;

/** `dnnl_query_t` (dnnl_types.h). */
export const QUERY = {
  implementation: 8,
  weights: 131,
  diffWeights: 132,
  workspace: 135,
  scratchpad: 136,
} as const;

/** `dnnl_scratchpad_mode_t` (dnnl_types.h): the caller gives the scratchpad. */
export const SCRATCHPAD_USER = 1;

/** `DNNL_ARG_*` (dnnl_types.h). */
export const ARGUMENT = {
  source: 1,
  source1: 2,
  destination: 17,
  weights: 33,
  bias: 41,
  mean: 49,
  variance: 50,
  scale: 51,
  shift: 52,
  workspace: 64,
  scratchpad: 80,
  diffSource: 129,
  diffDestination: 145,
  diffWeights: 161,
  diffScale: 255,
  diffShift: 256,
} as const;

/** `DNNL_ARG_ATTR_MULTIPLE_POST_OP(index)` (dnnl_types.h). */
export function postOpArgument(index: number): number {
  return 32768 * (index + 1);
}

/** `dnnl_cpu_isa_t` (dnnl_types.h), names by number. */
export const ISA_NAMES: Readonly<Record<number, string>> = {
  0x0: "default",
  0x1: "sse41",
  0x3: "avx",
  0x7: "avx2",
  0xf: "avx2_vnni",
  0x1f: "avx2_vnni_2",
  0x27: "avx512_core",
  0x67: "avx512_core_vnni",
  0xe7: "avx512_core_bf16",
  0x1ef: "avx512_core_fp16",
  0xfef: "avx512_core_amx",
  0x1fef: "avx512_core_amx_fp16",
};

/** `dnnl_cpu_isa_avx512_core_bf16` (dnnl_types.h): instructions of every ISA that has them. */
export const ISA_AVX512_BF16 = 0xe7;
