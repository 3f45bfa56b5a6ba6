/**
 * Fetching what an NVIDIA GPU needs besides its driver: cuDNN 9, cuBLASLt (which
 * cuDNN asks for when it looks for engines) and NVRTC.
 *
 * @module
 */

import { MissingError } from "../base/errors.ts";
import { fetchLibrary, type PinnedWheel } from "./fetch.ts";
import { findLibrary, LIBRARIES, type LibraryKey } from "./libraries.ts";

/** Major version of CUDA that the wheels are built for. */
export type CudaMajor = 12 | 13;

/** Key of a library that `setup --gpu` fetches. */
export type GpuLibraryKey = Extract<LibraryKey, "cublaslt" | "cudnn" | "nvrtc">;

/** What `libcudnn.so.9` loads when it is needed, from the folder where it lies itself. */
const CUDNN_PARTS = [
  "adv",
  "cnn",
  "engines_precompiled",
  "engines_runtime_compiled",
  "engines_tensor_ir",
  "ext",
  "graph",
  "heuristic",
  "ops",
].map((part) => `libcudnn_${part}.so.9`);

const OTHERWISE =
  "set STACKBENCH_CUDNN, STACKBENCH_CUBLASLT and STACKBENCH_NVRTC to the libraries " +
  "that PyTorch's packages brought along";

const WHEELS: Readonly<Record<GpuLibraryKey, Readonly<Record<CudaMajor, PinnedWheel>>>> = {
  nvrtc: {
    12: {
      requirement: "nvidia-cuda-nvrtc-cu12==12.9.86",
      size: "90 MB",
      sha256: "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
      entry: "libnvrtc.so.12",
      saveAs: "libnvrtc.so.12",
      companions: ["libnvrtc-builtins.so.12.9"],
      otherwise: OTHERWISE,
    },
    13: {
      requirement: "nvidia-cuda-nvrtc==13.0.88",
      size: "90 MB",
      sha256: "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
      entry: "libnvrtc.so.13",
      saveAs: "libnvrtc.so.13",
      companions: ["libnvrtc-builtins.so.13.0"],
      otherwise: OTHERWISE,
    },
  },
  cublaslt: {
    12: {
      requirement: "nvidia-cublas-cu12==12.9.1.4",
      size: "581 MB",
      sha256: "453611eb21a7c1f2c2156ed9f3a45b691deda0440ec550860290dc901af5b4c2",
      entry: "libcublasLt.so.12",
      saveAs: "libcublasLt.so.12",
      otherwise: OTHERWISE,
    },
    13: {
      requirement: "nvidia-cublas==13.0.2.14",
      size: "421 MB",
      sha256: "0cf238ffdbe46c00cb9aa98e7bca745c223a5ca5a53e686ac8b3e5a08fe80d6c",
      entry: "libcublasLt.so.13",
      saveAs: "libcublasLt.so.13",
      otherwise: OTHERWISE,
    },
  },
  cudnn: {
    12: {
      requirement: "nvidia-cudnn-cu12==9.24.0.43",
      size: "799 MB",
      sha256: "f424192dd85e7d29f44be18df2dae4c80d32c67a29c0d42f5c283c40cfdf871c",
      entry: "libcudnn.so.9",
      saveAs: "libcudnn.so.9",
      companions: CUDNN_PARTS,
      otherwise: OTHERWISE,
    },
    13: {
      requirement: "nvidia-cudnn-cu13==9.24.0.43",
      size: "553 MB",
      sha256: "71f181cd810e90f9b6023b01186fe82d13d65f0ec098581ee201d39fad769e4b",
      entry: "libcudnn.so.9",
      saveAs: "libcudnn.so.9",
      companions: CUDNN_PARTS,
      otherwise: OTHERWISE,
    },
  },
};

/** Libraries that `setup --gpu` fetches, in its order. */
export const GPU_WHEELS = Object.keys(WHEELS) as readonly GpuLibraryKey[];

/**
 * The CUDA version to fetch for: the newest that the driver takes, 13 where there is no driver.
 *
 * @throws MissingError when the driver is older than CUDA 12
 */
export function wantedCuda(): CudaMajor {
  const version = driverCuda();
  if (version === null || version >= 13000) return 13;
  if (version >= 12000) return 12;
  throw new MissingError(
    `the driver takes CUDA ${Math.floor(version / 1000)}.${version % 1000 / 10} only`,
    { advice: "install a driver for CUDA 12 or 13 (525 or newer)" },
  );
}

/** `cuDriverGetVersion`: 1000 times the major and 10 times the minor; null without a driver. */
export function driverCuda(): number | null {
  const found = findLibrary("cuda");
  if (!found) return null;
  try {
    // CUresult cuDriverGetVersion(int *driverVersion)
    const library = Deno.dlopen(found.path, {
      cuDriverGetVersion: { parameters: ["buffer"], result: "i32" },
    });
    try {
      const version = new Int32Array(1);
      return library.symbols.cuDriverGetVersion(version) === 0 ? version[0] : null;
    } finally {
      library.close();
    }
  } catch {
    // a file that cannot be loaded here, or no permission: as if there were none
    return null;
  }
}

/**
 * Fetches one library into the folder of `setup`.
 *
 * @param say told of every step before it is taken
 * @returns the path of the library
 * @throws MissingError, InterruptedError as `fetchLibrary`
 */
export async function fetchGpuLibrary(
  key: GpuLibraryKey,
  cuda: CudaMajor,
  say: (message: string) => void,
): Promise<string> {
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") {
    throw new MissingError(`there is no pinned ${LIBRARIES[key].name} for ${os} ${arch}`, {
      advice: OTHERWISE,
    });
  }
  return await fetchLibrary(WHEELS[key][cuda], { say });
}
