/**
 * Machine code of every kernel of the cuDNN backend, as a table; no GPU is needed:
 *
 * ```sh
 * pip install nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm
 * deno run -A benchmarks/sass.ts > results/sass.md
 * ```
 *
 * NVRTC compiles the files of `native/` and what is written for V-Net and U-Net at full size; NVIDIA's
 * tools tell registers, spills, the widest load, and how many of the innermost loop's instructions
 * are multiply-adds. `tests/sass_test.ts` compares. `STACKBENCH_CUDA_BIN` names the tools' folder.
 *
 * @module
 */

import { requireLibrary } from "../src/platform/mod.ts";
import { findTools } from "./sass/machine_code.ts";
import { sassTable } from "./sass/table.ts";

const tools = findTools();
if (!tools) throw new Error("pip install nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm, in python3");
Deno.stdout.writeSync(new TextEncoder().encode(sassTable(tools, requireLibrary("nvrtc").path)));
