/**
 * Machine code of kernels, as NVIDIA's own tools tell of it.
 *
 * @module
 */

import { join } from "node:path";

/** The tools: `cuobjdump` and `nvdisasm`, of the packages nvidia-cuda-cuobjdump and -nvdisasm. */
export interface Tools {
  readonly cuobjdump: string;
  readonly nvdisasm: string;
}

/** What is told of one kernel. */
export interface MachineCode {
  readonly kernel: string;
  /** Registers of a thread. */
  readonly registers: number;
  /** Bytes of a thread's memory beyond its registers: 0 where nothing is spilled. */
  readonly spilled: number;
  /** Bytes of shared memory of a block. */
  readonly shared: number;
  /** Bits of the widest load from the device's memory; 0 where there is none. */
  readonly widestLoad: number;
  /** The innermost loop with the most multiply-adds; null where no loop has any. */
  readonly innerLoop: { readonly instructions: number; readonly multiplyAdds: number } | null;
}

/**
 * The tools, in `folders`, in those of PATH, or where pip puts them for `python3`; undefined where
 * one is missing.
 */
export function findTools(folders: readonly string[] = toolFolders()): Tools | undefined {
  const find = (name: string) =>
    folders.map((folder) => join(folder, name)).find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        // not in this folder
        return false;
      }
    });
  const [cuobjdump, nvdisasm] = [find("cuobjdump"), find("nvdisasm")];
  return cuobjdump && nvdisasm ? { cuobjdump, nvdisasm } : undefined;
}

function toolFolders(): string[] {
  const named = Deno.env.get("STACKBENCH_CUDA_BIN");
  const path = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder);
  return [...(named ? [named] : []), ...path, "/usr/local/cuda/bin", ...pipFolders()];
}

/** `site-packages/nvidia/cu13/bin` and its neighbours. */
function pipFolders(): string[] {
  const code = "import sysconfig; print(sysconfig.get_paths()['platlib'])";
  try {
    const { stdout, success } = new Deno.Command("python3", { args: ["-c", code] }).outputSync();
    if (!success) return [];
    const packages = join(new TextDecoder().decode(stdout).trim(), "nvidia");
    return [...Deno.readDirSync(packages)].map(({ name }) => join(packages, name, "bin")).sort();
  } catch {
    // no Python, or nothing of NVIDIA's in it
    return [];
  }
}

/** What the tools tell of each kernel of a cubin, by name. */
export function readMachineCode(tools: Tools, cubin: Uint8Array): MachineCode[] {
  const file = Deno.makeTempFileSync({ suffix: ".cubin" });
  try {
    Deno.writeFileSync(file, cubin);
    const usage = run(tools.cuobjdump, ["--dump-resource-usage", file]);
    const code = run(tools.nvdisasm, ["--print-code", file]);
    return readUsage(usage).map((one) => ({ ...one, ...readCode(code, one.kernel) }));
  } finally {
    Deno.removeSync(file);
  }
}

function run(command: string, args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${command} failed: ${err}`);
  return out + err;
}

function readUsage(text: string) {
  const pattern = /Function (\w+):\s+REG:(\d+) STACK:(\d+) SHARED:(\d+) LOCAL:(\d+)/g;
  return [...text.matchAll(pattern)].map(([, kernel, registers, stack, shared, local]) => ({
    kernel,
    registers: Number(registers),
    spilled: Number(stack) + Number(local),
    shared: Number(shared),
  }));
}

const MULTIPLY_ADD = /^(@!?U?P\d+ )?(FFMA|DFMA|HFMA2|HMMA)\b/;

/**
 * Loads and loops of a kernel in the text of `nvdisasm`.
 *
 * @example
 * ```ts
 * import { readCode } from "./machine_code.ts";
 * import assert from "node:assert/strict";
 * const text = `
 * .text.k:
 *   /*0000*\/ LDG.E.128 R4, desc[UR4][R2.64] ;
 * .L_x_0:
 *   /*0010*\/ FFMA R0, R1, R2, R0 ;
 *   /*0020*\/ @P0 BRA \`(.L_x_0) ;
 * `;
 * assert.deepEqual(readCode(text, "k"), {
 *   widestLoad: 128,
 *   innerLoop: { instructions: 2, multiplyAdds: 1 },
 * });
 * ```
 */
export function readCode(
  text: string,
  kernel: string,
): Pick<MachineCode, "widestLoad" | "innerLoop"> {
  const [, body = ""] = text.split(`\n.text.${kernel}:\n`);
  const own = body.split(/\n\.text\.\w+:\n/)[0];
  const instructions: string[] = [];
  const labels = new Map<string, number>();
  const loops: [from: number, to: number][] = [];
  for (const line of own.split("\n")) {
    const [, label] = /^\s*(\.L_\w+):/.exec(line) ?? [];
    if (label) labels.set(label, instructions.length);
    const [, instruction] = /^\s*\/\*[0-9a-f]{4,}\*\/\s+([^;]+);/.exec(line) ?? [];
    if (!instruction) continue;
    const [, target] = /\bBRA.*`\((\.L_\w+)\)/.exec(instruction) ?? [];
    const from = target === undefined ? undefined : labels.get(target);
    if (from !== undefined) loops.push([from, instructions.length]);
    instructions.push(instruction.trim());
  }
  const widths = instructions.flatMap((one) => {
    // the operation alone: addresses say .64 as well
    const [operation] = /\bLDG[.\w]*/.exec(one) ?? [];
    return operation
      ? [Number(/\.(8|16|64|128)\b/.exec(operation.replace(/\.[US](?=\d)/g, "."))?.[1] ?? 32)]
      : [];
  });
  const inner = loops.filter(([from, to]) =>
    !loops.some(([a, b]) => (a !== from || b !== to) && a >= from && b <= to)
  ).map(([from, to]) => {
    const all = instructions.slice(from, to + 1);
    const multiplyAdds = all.filter((one) => MULTIPLY_ADD.test(one)).length;
    return { instructions: all.length, multiplyAdds };
  }).filter(({ multiplyAdds }) => multiplyAdds > 0);
  inner.sort((a, b) => b.multiplyAdds - a.multiplyAdds);
  return { widestLoad: Math.max(0, ...widths), innerLoop: inner[0] ?? null };
}
