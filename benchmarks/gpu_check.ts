/**
 * Checks a machine with an NVIDIA GPU, and how fast Stackbench is on it beside PyTorch:
 *
 * ```sh
 * deno run -A benchmarks/gpu_check.ts --out results/gpu-check.json
 * ```
 *
 * Both models at full size in every precision, a scan of 709 slices, the backend suite, the golden
 * numbers, NVIDIA's compute-sanitizer over our kernels: part after part while there is time (default:
 * 8 minutes). `--resume FILE` goes on with an earlier check of such a GPU, `--only TEXT,...` runs
 * the parts whose names hold one of some texts. What was not run is told, with
 * the reason. PyTorch's own packages carry the libraries that are needed; `--python` names another
 * Python than python3, and STACKBENCH_CUDA, _CUDNN, _NVRTC, _CUBLASLT and _NVML other files.
 *
 * Where nothing can be downloaded, `benchmarks/gpu/pack.sh` packs Deno and its packages beforehand.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { InputError, messageOf, StackbenchError } from "../src/base/errors.ts";
import { check } from "./gpu/check.ts";
import { askPython } from "./gpu/libraries.ts";
import { Subprocesses } from "./gpu/subprocesses.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    out: { type: "string", default: "gpu-check.json" },
    resume: { type: "string" },
    only: { type: "string" },
    minutes: { type: "string", default: "8" },
    python: { type: "string", default: "python3" },
    tiny: { type: "boolean", default: false },
  },
});

const say = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

try {
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new InputError(`--minutes must be above 0, not ${values.minutes}`);
  const { variables, origins, python } = askPython(values.python);
  for (const [name, path] of Object.entries(variables)) say(`${name}=${path}`);
  if (python === null) say(`${values.python} has no PyTorch: there is nothing to compare with`);
  const { status, parts, emulated } = await check({
    settings: values.tiny ? "tiny" : "full",
    seconds: 60 * minutes,
    out: values.out,
    resume: values.resume ?? null,
    ...(values.only === undefined ? {} : { only: values.only.split(",") }),
    origins,
    python,
    runner: new Subprocesses(variables),
    say,
  });
  const failed = parts.filter((part) => part.status === "failed").length;
  if (emulated) say("this GPU is the double of the tests: no time in the results means anything");
  const rest = status === "partial" ? `; go on with --resume ${values.out}` : "";
  say(`${values.out}: ${status}, ${failed} of ${parts.length} parts failed${rest}`);
  Deno.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  say(`error: ${messageOf(error)}`);
  if (error instanceof StackbenchError && error.advice) say(`  ${error.advice}`);
  Deno.exitCode = 1;
}
