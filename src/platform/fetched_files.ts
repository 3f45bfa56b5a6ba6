/**
 * What the files are that `setup` fetches: their SHA-256, as the pinned wheels list them.
 *
 * @module
 */

import { BUILD } from "../base/installation.ts";

/** SHA-256 of files by their name; several where the wheels for CUDA 12 and 13 have it. */
export type FetchedFiles = Readonly<Record<string, readonly string[]>>;

/** What a binary that brings oneDNN along has unpacked. */
const PACKED = BUILD.onednn === null ? [] : [BUILD.onednn.sha256];

/**
 * The files of each library that `setup` fetches for Linux on x86-64, with those that it loads
 * itself, by the library's key.
 */
export const FETCHED_FILES: Readonly<Record<string, FetchedFiles | undefined>> = {
  onednn: {
    "libdnnl.so.3": ["e6376208cf6bacb041c346b504207e3aa1189a13f941c92a4383a55ac27058ae", ...PACKED],
  },
  nvrtc: {
    "libnvrtc.so.12": [
      "7c67c6b51ea0e0279634cebd676ff7efda1674806444520c84430ad5c35fe625",
    ],
    "libnvrtc-builtins.so.12.9": [
      "6507cf33450cfb22970c2c1e7aa8e7c0a33e39d864720277b05f61a92791e2e8",
    ],
    "libnvrtc.so.13": [
      "a49e67e8e74590f1e98de55c39c6287efd3f59e3c3797464d7bbe0fe01349b11",
    ],
    "libnvrtc-builtins.so.13.0": [
      "91dcd944d01da9c0f08fff5d779db136a47f6d62bdb63bae900d2f481e92c3a2",
    ],
  },
  cublaslt: {
    "libcublasLt.so.12": [
      "96ddf4891ca4f4ed1475966783a9185df2abd64a81c3cc713b96d036696fc541",
    ],
    "libcublasLt.so.13": [
      "4c15f403ac2a8040a3291d07f6c351b5c1f730b45f2ea41f302e415e9600655b",
    ],
  },
  cudnn: {
    "libcudnn.so.9": [
      "0f43113ec6b171f93236560541f3b95104fed2516b19000a0e7047a5cc12f8ee",
    ],
    "libcudnn_adv.so.9": [
      "6007f67989b1ac8d5bbd7129fa6200ba4ae4b5c0558a4dfe4d50c19ee59569cb",
      "f45caabe6c4a85ddb10b0a3c37080a935a1cfdd4339db46374673d90d683621c",
    ],
    "libcudnn_cnn.so.9": [
      "2b78023b42c8c82018f01dc9f94fe29ec9ba350580dd53b1750501dcb2a34ecf",
      "bd9d3afb466114f49cc3febacd72e791148a657e3b74369042b1dc9b7c9591fa",
    ],
    "libcudnn_engines_precompiled.so.9": [
      "c70e63247cdc14311b8b2efad0eb79674dd7297c27f9f23466ae4214cd415145",
      "0723ff6f2e611c73b62035b0f9e798f42c91bd3a671bc494139344b605097cf1",
    ],
    "libcudnn_engines_runtime_compiled.so.9": [
      "35ec33cfd4f42c6240d18d141d52af4cf9cafdae2bc9ba292390bbbfded7a172",
      "53e1b583bdfecf8714240f993ea2b524ecca8476e0d5111cde0aa5e06f274f59",
    ],
    "libcudnn_engines_tensor_ir.so.9": [
      "cca873cbd32645e7011a5272d9032827ebdb632166a063a1a1a96ea6831fbeb0",
      "3d33ea0436c23dffbc00e6ee5f106d667342d2fb90bf3e46ebcdf38dca45d0e5",
    ],
    "libcudnn_ext.so.9": [
      "920c0fe6b74fe6a8eed85faa446230e1a555b8afc02e03638a0dfa264b4ae7be",
      "8cbeb50ea0b9c80849afa0816174d3d49af4e1401dac6d7ffe2eba926e008b69",
    ],
    "libcudnn_graph.so.9": [
      "dac0584e8f279e910bff4241e28b56efd399898038a5c94a0b6338bc9bc41d13",
      "2e8a0e4e66c0c8f9dc273c486698614c0561832626fadf76a8a37b94d0e2f895",
    ],
    "libcudnn_heuristic.so.9": [
      "b4e69e7b97da5bd825f169f6d108fe71dc0352e99e9a0ffc7200401830c297cf",
      "6239e5cdef8ba0d9613bff776d1487b8a59a101c4cdf4b4e59a61fa340eb2539",
    ],
    "libcudnn_ops.so.9": [
      "8b51427d9807335c5873e74a40425989a20dd74af0332c90449cf19853cf8013",
      "267d032a500ca4f77328477087ace53be2e69588dcf81a402ff12feba6904412",
    ],
  },
};
