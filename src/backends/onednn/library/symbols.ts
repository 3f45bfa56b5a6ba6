/**
 * Functions of oneDNN's C interface, version 3, each with its declaration from
 * `oneapi/dnnl/dnnl.h`. Handles and pointers are 64-bit integers.
 *
 * @module
 */

/** Functions that this backend calls. */
export const SYMBOLS = {
  // dnnl_status_t dnnl_engine_create(dnnl_engine_t *engine, dnnl_engine_kind_t kind, size_t index)
  dnnl_engine_create: { parameters: ["buffer", "i32", "usize"], result: "i32" },
  // dnnl_status_t dnnl_engine_destroy(dnnl_engine_t engine)
  dnnl_engine_destroy: { parameters: ["u64"], result: "i32" },
  // dnnl_status_t dnnl_stream_create(dnnl_stream_t *stream, dnnl_engine_t engine, unsigned flags)
  dnnl_stream_create: { parameters: ["buffer", "u64", "u32"], result: "i32" },
  // dnnl_status_t dnnl_stream_wait(dnnl_stream_t stream)
  dnnl_stream_wait: { parameters: ["u64"], result: "i32" },
  // dnnl_status_t dnnl_stream_destroy(dnnl_stream_t stream)
  dnnl_stream_destroy: { parameters: ["u64"], result: "i32" },

  // dnnl_status_t dnnl_memory_desc_create_with_strides(dnnl_memory_desc_t *memory_desc, int ndims,
  //   const dnnl_dims_t dims, dnnl_data_type_t data_type, const dnnl_dims_t strides)
  dnnl_memory_desc_create_with_strides: {
    parameters: ["buffer", "i32", "buffer", "i32", "buffer"],
    result: "i32",
  },
  // dnnl_status_t dnnl_memory_desc_create_with_tag(dnnl_memory_desc_t *memory_desc, int ndims,
  //   const dnnl_dims_t dims, dnnl_data_type_t data_type, dnnl_format_tag_t tag)
  dnnl_memory_desc_create_with_tag: {
    parameters: ["buffer", "i32", "buffer", "i32", "i32"],
    result: "i32",
  },
  // dnnl_status_t dnnl_memory_desc_destroy(dnnl_memory_desc_t memory_desc)
  dnnl_memory_desc_destroy: { parameters: ["u64"], result: "i32" },
  // size_t dnnl_memory_desc_get_size(const_dnnl_memory_desc_t memory_desc)
  dnnl_memory_desc_get_size: { parameters: ["u64"], result: "usize" },

  // int dnnl_memory_desc_equal(const_dnnl_memory_desc_t lhs, const_dnnl_memory_desc_t rhs)
  dnnl_memory_desc_equal: { parameters: ["u64", "u64"], result: "i32" },

  // dnnl_status_t dnnl_memory_create(dnnl_memory_t *memory, const_dnnl_memory_desc_t memory_desc,
  //   dnnl_engine_t engine, void *handle)
  dnnl_memory_create: { parameters: ["buffer", "u64", "u64", "u64"], result: "i32" },
  // dnnl_status_t dnnl_memory_get_memory_desc(const_dnnl_memory_t memory,
  //   const_dnnl_memory_desc_t *memory_desc)
  dnnl_memory_get_memory_desc: { parameters: ["u64", "buffer"], result: "i32" },
  // dnnl_status_t dnnl_memory_set_data_handle(dnnl_memory_t memory, void *handle)
  dnnl_memory_set_data_handle: { parameters: ["u64", "u64"], result: "i32" },
  // dnnl_status_t dnnl_memory_destroy(dnnl_memory_t memory)
  dnnl_memory_destroy: { parameters: ["u64"], result: "i32" },

  // dnnl_status_t dnnl_primitive_attr_create(dnnl_primitive_attr_t *attr)
  dnnl_primitive_attr_create: { parameters: ["buffer"], result: "i32" },
  // dnnl_status_t dnnl_primitive_attr_destroy(dnnl_primitive_attr_t attr)
  dnnl_primitive_attr_destroy: { parameters: ["u64"], result: "i32" },
  // dnnl_status_t dnnl_primitive_attr_set_scratchpad_mode(dnnl_primitive_attr_t attr,
  //   dnnl_scratchpad_mode_t mode)
  dnnl_primitive_attr_set_scratchpad_mode: { parameters: ["u64", "i32"], result: "i32" },
  // dnnl_status_t dnnl_primitive_attr_set_post_ops(dnnl_primitive_attr_t attr,
  //   const_dnnl_post_ops_t post_ops)
  dnnl_primitive_attr_set_post_ops: { parameters: ["u64", "u64"], result: "i32" },
  // dnnl_status_t dnnl_post_ops_create(dnnl_post_ops_t *post_ops)
  dnnl_post_ops_create: { parameters: ["buffer"], result: "i32" },
  // dnnl_status_t dnnl_post_ops_destroy(dnnl_post_ops_t post_ops)
  dnnl_post_ops_destroy: { parameters: ["u64"], result: "i32" },
  // dnnl_status_t dnnl_post_ops_append_eltwise(dnnl_post_ops_t post_ops,
  //   dnnl_alg_kind_t alg_kind, float alpha, float beta)
  dnnl_post_ops_append_eltwise: { parameters: ["u64", "i32", "f32", "f32"], result: "i32" },
  // dnnl_status_t dnnl_post_ops_append_binary(dnnl_post_ops_t post_ops,
  //   dnnl_alg_kind_t alg_kind, const_dnnl_memory_desc_t src1_desc)
  dnnl_post_ops_append_binary: { parameters: ["u64", "i32", "u64"], result: "i32" },
  // dnnl_status_t dnnl_post_ops_append_prelu(dnnl_post_ops_t post_ops, int mask)
  dnnl_post_ops_append_prelu: { parameters: ["u64", "i32"], result: "i32" },

  // dnnl_status_t dnnl_primitive_desc_destroy(dnnl_primitive_desc_t primitive_desc)
  dnnl_primitive_desc_destroy: { parameters: ["u64"], result: "i32" },
  // dnnl_status_t dnnl_primitive_desc_next_impl(dnnl_primitive_desc_t primitive_desc)
  dnnl_primitive_desc_next_impl: { parameters: ["u64"], result: "i32" },
  // dnnl_status_t dnnl_primitive_desc_query(const_dnnl_primitive_desc_t primitive_desc,
  //   dnnl_query_t what, int index, void *result)
  dnnl_primitive_desc_query: { parameters: ["u64", "i32", "i32", "buffer"], result: "i32" },
  // const_dnnl_memory_desc_t dnnl_primitive_desc_query_md(
  //   const_dnnl_primitive_desc_t primitive_desc, dnnl_query_t what, int index)
  dnnl_primitive_desc_query_md: { parameters: ["u64", "i32", "i32"], result: "u64" },
  // dnnl_status_t dnnl_primitive_create(dnnl_primitive_t *primitive,
  //   const_dnnl_primitive_desc_t primitive_desc)
  dnnl_primitive_create: { parameters: ["buffer", "u64"], result: "i32" },
  // dnnl_status_t dnnl_primitive_destroy(dnnl_primitive_t primitive)
  dnnl_primitive_destroy: { parameters: ["u64"], result: "i32" },
  // dnnl_status_t dnnl_primitive_execute(const_dnnl_primitive_t primitive, dnnl_stream_t stream,
  //   int nargs, const dnnl_exec_arg_t *args)
  dnnl_primitive_execute: { parameters: ["u64", "u64", "i32", "buffer"], result: "i32" },
  // the same, with the arguments at an address
  dnnl_primitive_execute_at: {
    name: "dnnl_primitive_execute",
    parameters: ["u64", "u64", "i32", "u64"],
    result: "i32",
  },

  // dnnl_status_t dnnl_reorder_primitive_desc_create(dnnl_primitive_desc_t *primitive_desc,
  //   const_dnnl_memory_desc_t src_desc, dnnl_engine_t src_engine,
  //   const_dnnl_memory_desc_t dst_desc, dnnl_engine_t dst_engine,
  //   const_dnnl_primitive_attr_t attr)
  dnnl_reorder_primitive_desc_create: {
    parameters: ["buffer", "u64", "u64", "u64", "u64", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_binary_primitive_desc_create(dnnl_primitive_desc_t *primitive_desc,
  //   dnnl_engine_t engine, dnnl_alg_kind_t alg_kind, const_dnnl_memory_desc_t src0_desc,
  //   const_dnnl_memory_desc_t src1_desc, const_dnnl_memory_desc_t dst_desc,
  //   const_dnnl_primitive_attr_t attr)
  dnnl_binary_primitive_desc_create: {
    parameters: ["buffer", "u64", "i32", "u64", "u64", "u64", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_convolution_forward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_prop_kind_t prop_kind,
  //   dnnl_alg_kind_t alg_kind, const_dnnl_memory_desc_t src_desc,
  //   const_dnnl_memory_desc_t weights_desc, const_dnnl_memory_desc_t bias_desc,
  //   const_dnnl_memory_desc_t dst_desc, const dnnl_dims_t strides, const dnnl_dims_t dilates,
  //   const dnnl_dims_t padding_l, const dnnl_dims_t padding_r, const_dnnl_primitive_attr_t attr)
  dnnl_convolution_forward_primitive_desc_create: {
    parameters: [
      "buffer",
      "u64",
      "i32",
      "i32",
      "u64",
      "u64",
      "u64",
      "u64",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "u64",
    ],
    result: "i32",
  },
  // dnnl_status_t dnnl_convolution_backward_data_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_alg_kind_t alg_kind,
  //   const_dnnl_memory_desc_t diff_src_desc, const_dnnl_memory_desc_t weights_desc,
  //   const_dnnl_memory_desc_t diff_dst_desc, const dnnl_dims_t strides,
  //   const dnnl_dims_t dilates, const dnnl_dims_t padding_l, const dnnl_dims_t padding_r,
  //   const_dnnl_primitive_desc_t hint_fwd_pd, const_dnnl_primitive_attr_t attr)
  dnnl_convolution_backward_data_primitive_desc_create: {
    parameters: [
      "buffer",
      "u64",
      "i32",
      "u64",
      "u64",
      "u64",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "u64",
      "u64",
    ],
    result: "i32",
  },
  // dnnl_status_t dnnl_convolution_backward_weights_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_alg_kind_t alg_kind,
  //   const_dnnl_memory_desc_t src_desc, const_dnnl_memory_desc_t diff_weights_desc,
  //   const_dnnl_memory_desc_t diff_bias_desc, const_dnnl_memory_desc_t diff_dst_desc,
  //   const dnnl_dims_t strides, const dnnl_dims_t dilates, const dnnl_dims_t padding_l,
  //   const dnnl_dims_t padding_r, const_dnnl_primitive_desc_t hint_fwd_pd,
  //   const_dnnl_primitive_attr_t attr)
  dnnl_convolution_backward_weights_primitive_desc_create: {
    parameters: [
      "buffer",
      "u64",
      "i32",
      "u64",
      "u64",
      "u64",
      "u64",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "u64",
      "u64",
    ],
    result: "i32",
  },
  // dnnl_status_t dnnl_deconvolution_forward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_prop_kind_t prop_kind,
  //   dnnl_alg_kind_t alg_kind, const_dnnl_memory_desc_t src_desc,
  //   const_dnnl_memory_desc_t weights_desc, const_dnnl_memory_desc_t bias_desc,
  //   const_dnnl_memory_desc_t dst_desc, const dnnl_dims_t strides, const dnnl_dims_t dilates,
  //   const dnnl_dims_t padding_l, const dnnl_dims_t padding_r, const_dnnl_primitive_attr_t attr)
  dnnl_deconvolution_forward_primitive_desc_create: {
    parameters: [
      "buffer",
      "u64",
      "i32",
      "i32",
      "u64",
      "u64",
      "u64",
      "u64",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "u64",
    ],
    result: "i32",
  },
  // dnnl_status_t dnnl_eltwise_forward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_prop_kind_t prop_kind,
  //   dnnl_alg_kind_t alg_kind, const_dnnl_memory_desc_t src_desc,
  //   const_dnnl_memory_desc_t dst_desc, float alpha, float beta,
  //   const_dnnl_primitive_attr_t attr)
  dnnl_eltwise_forward_primitive_desc_create: {
    parameters: ["buffer", "u64", "i32", "i32", "u64", "u64", "f32", "f32", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_eltwise_backward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_alg_kind_t alg_kind,
  //   const_dnnl_memory_desc_t diff_src_desc, const_dnnl_memory_desc_t diff_dst_desc,
  //   const_dnnl_memory_desc_t data_desc, float alpha, float beta,
  //   const_dnnl_primitive_desc_t hint_fwd_pd, const_dnnl_primitive_attr_t attr)
  dnnl_eltwise_backward_primitive_desc_create: {
    parameters: ["buffer", "u64", "i32", "u64", "u64", "u64", "f32", "f32", "u64", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_softmax_forward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_prop_kind_t prop_kind,
  //   dnnl_alg_kind_t alg_kind, const_dnnl_memory_desc_t src_desc,
  //   const_dnnl_memory_desc_t dst_desc, int softmax_axis, const_dnnl_primitive_attr_t attr)
  dnnl_softmax_forward_primitive_desc_create: {
    parameters: ["buffer", "u64", "i32", "i32", "u64", "u64", "i32", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_pooling_forward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_prop_kind_t prop_kind,
  //   dnnl_alg_kind_t alg_kind, const_dnnl_memory_desc_t src_desc,
  //   const_dnnl_memory_desc_t dst_desc, const dnnl_dims_t strides, const dnnl_dims_t kernel,
  //   const dnnl_dims_t dilation, const dnnl_dims_t padding_l, const dnnl_dims_t padding_r,
  //   const_dnnl_primitive_attr_t attr)
  dnnl_pooling_forward_primitive_desc_create: {
    parameters: [
      "buffer",
      "u64",
      "i32",
      "i32",
      "u64",
      "u64",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "u64",
    ],
    result: "i32",
  },
  // dnnl_status_t dnnl_pooling_backward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_alg_kind_t alg_kind,
  //   const_dnnl_memory_desc_t diff_src_desc, const_dnnl_memory_desc_t diff_dst_desc,
  //   const dnnl_dims_t strides, const dnnl_dims_t kernel, const dnnl_dims_t dilation,
  //   const dnnl_dims_t padding_l, const dnnl_dims_t padding_r,
  //   const_dnnl_primitive_desc_t hint_fwd_pd, const_dnnl_primitive_attr_t attr)
  dnnl_pooling_backward_primitive_desc_create: {
    parameters: [
      "buffer",
      "u64",
      "i32",
      "u64",
      "u64",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "u64",
      "u64",
    ],
    result: "i32",
  },
  // dnnl_status_t dnnl_prelu_forward_primitive_desc_create(dnnl_primitive_desc_t *primitive_desc,
  //   dnnl_engine_t engine, dnnl_prop_kind_t prop_kind, const_dnnl_memory_desc_t src_desc,
  //   const_dnnl_memory_desc_t weights_desc, const_dnnl_memory_desc_t dst_desc,
  //   const_dnnl_primitive_attr_t attr)
  dnnl_prelu_forward_primitive_desc_create: {
    parameters: ["buffer", "u64", "i32", "u64", "u64", "u64", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_prelu_backward_primitive_desc_create(dnnl_primitive_desc_t *primitive_desc,
  //   dnnl_engine_t engine, const_dnnl_memory_desc_t src_desc,
  //   const_dnnl_memory_desc_t weights_desc, const_dnnl_memory_desc_t diff_src_desc,
  //   const_dnnl_memory_desc_t diff_weights_desc, const_dnnl_memory_desc_t diff_dst_desc,
  //   const_dnnl_primitive_desc_t hint_fwd_pd, const_dnnl_primitive_attr_t attr)
  dnnl_prelu_backward_primitive_desc_create: {
    parameters: ["buffer", "u64", "u64", "u64", "u64", "u64", "u64", "u64", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_batch_normalization_forward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_prop_kind_t prop_kind,
  //   const_dnnl_memory_desc_t src_desc, const_dnnl_memory_desc_t dst_desc, float epsilon,
  //   unsigned flags, const_dnnl_primitive_attr_t attr)
  dnnl_batch_normalization_forward_primitive_desc_create: {
    parameters: ["buffer", "u64", "i32", "u64", "u64", "f32", "u32", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_batch_normalization_backward_primitive_desc_create(
  //   dnnl_primitive_desc_t *primitive_desc, dnnl_engine_t engine, dnnl_prop_kind_t prop_kind,
  //   const_dnnl_memory_desc_t diff_src_desc, const_dnnl_memory_desc_t diff_dst_desc,
  //   const_dnnl_memory_desc_t src_desc, float epsilon, unsigned flags,
  //   const_dnnl_primitive_desc_t hint_fwd_pd, const_dnnl_primitive_attr_t attr)
  dnnl_batch_normalization_backward_primitive_desc_create: {
    parameters: ["buffer", "u64", "i32", "u64", "u64", "u64", "f32", "u32", "u64", "u64"],
    result: "i32",
  },
  // dnnl_status_t dnnl_matmul_primitive_desc_create(dnnl_primitive_desc_t *primitive_desc,
  //   dnnl_engine_t engine, const_dnnl_memory_desc_t src_desc,
  //   const_dnnl_memory_desc_t weights_desc, const_dnnl_memory_desc_t bias_desc,
  //   const_dnnl_memory_desc_t dst_desc, const_dnnl_primitive_attr_t attr)
  dnnl_matmul_primitive_desc_create: {
    parameters: ["buffer", "u64", "u64", "u64", "u64", "u64", "u64"],
    result: "i32",
  },

  // const dnnl_version_t *dnnl_version(void)
  dnnl_version: { parameters: [], result: "u64" },
  // dnnl_cpu_isa_t dnnl_get_effective_cpu_isa(void)
  dnnl_get_effective_cpu_isa: { parameters: [], result: "i32" },
  // int omp_get_max_threads(void), of the OpenMP run time that the library stands on
  omp_get_max_threads: { parameters: [], result: "i32", optional: true },
  // void omp_set_num_threads(int num_threads), for what the calling thread runs from then on
  omp_set_num_threads: { parameters: ["i32"], result: "void", optional: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** Functions of an open library. */
export type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
