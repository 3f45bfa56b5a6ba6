/**
 * The table of machine code.
 *
 * @module
 */

import { Nvrtc } from "../../src/backends/cudnn/cuda/nvrtc.ts";
import { buildModel } from "../../src/models/mod.ts";
import { type MachineCode, readMachineCode, type Tools } from "./machine_code.ts";
import { fixedPrograms, generatedPrograms, type TypedProgram } from "./programs.ts";

/** Ampere and Hopper. */
export const CAPABILITIES = [80, 90] as const;

/** A kernel of a program on a GPU. */
export interface SassRow extends MachineCode {
  readonly program: string;
  readonly type: string;
  readonly capability: number;
}

/** All programs whose machine code is told: those of both models at full size, and all files. */
export function toldPrograms(): TypedProgram[] {
  const [volumes, slices] = ["vnet:paper206", "unet:full"].map((name) => buildModel(name).graph);
  return [
    ...fixedPrograms(["f32", "bf16"]),
    ...generatedPrograms([volumes], ["fp32", "bf16"]),
    // a U-Net has few convolutions of few channels, and as many chains; it joins as no V-Net does
    ...generatedPrograms([slices], ["fp32"])
      .filter(({ name }) => /^chain|beside|two tensors/.test(name)),
  ];
}

/** Machine code of some programs on some GPUs, a row a kernel. */
export function sassRows(
  tools: Tools,
  nvrtc: Nvrtc,
  programs: readonly TypedProgram[],
  capabilities: readonly number[],
): SassRow[] {
  return programs.flatMap(({ name: program, type, source }) =>
    capabilities.flatMap((capability) =>
      readMachineCode(tools, nvrtc.compile(source, program, capability))
        .sort((a, b) => a.kernel < b.kernel ? -1 : 1)
        .map((code) => ({ program, type, capability, ...code }))
    )
  );
}

/** A row as cells of the table. */
export function cellsOf(row: SassRow): string {
  const { innerLoop } = row;
  const cells = [
    row.program.endsWith(".cu") ? `${row.program}: ${row.kernel}` : row.program,
    row.type,
    `sm_${row.capability}`,
    row.registers,
    row.spilled,
    row.shared,
    row.widestLoad === 0 ? "none" : row.widestLoad / 8,
    innerLoop ? `${innerLoop.multiplyAdds} of ${innerLoop.instructions}` : "none",
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The first line, which names the compiler that the table holds for. */
export function headOf(nvrtc: Nvrtc): string {
  return `# Machine code of the cuDNN backend's kernels by NVRTC ${nvrtc.versionText}`;
}

/** The whole table. */
export function sassTable(tools: Tools, library: string): string {
  using nvrtc = new Nvrtc(library);
  const rows = sassRows(tools, nvrtc, toldPrograms(), CAPABILITIES);
  const heads = ["kernel", "type", "GPU", "registers", "spilled bytes", "shared bytes"];
  heads.push("widest load, bytes", "multiply-adds of the inner loop");
  return [
    headOf(nvrtc),
    "",
    "Made by `benchmarks/sass.ts`, without a GPU: every file of `native/`, and what is written for",
    "`vnet:paper206` in fp32 and bf16 and for the chains of `unet:full` in fp32 and its convolutions of",
    "two tensors, at full size.",
    "Multiply-adds are FFMA, DFMA, HFMA2 and HMMA of the innermost loop that has the most.",
    "",
    `| ${heads.join(" | ")} |`,
    `| ${heads.map(() => "---").join(" | ")} |`,
    ...rows.map(cellsOf),
    "",
  ].join("\n");
}
