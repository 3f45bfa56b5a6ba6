/**
 * The program and the machine that it ran on, without names of hosts or users.
 *
 * @module
 */

import * as z from "zod";
import { whole } from "./parts.ts";

/** The program. */
export const tool = z.object({
  name: z.literal("stackbench").describe("Its name."),
  version: z.string().describe("Its version."),
  commit: z.string().nullable().describe(
    "The commit it was checked out at, with `-dirty` when files differed; null where unknown.",
  ),
}).meta({ id: "ToolRecord", description: "The program that ran." });

const gpu = z.object({
  name: z.string().describe("Its name."),
  memory: whole.describe("Its memory in bytes."),
  ecc: z.boolean().nullable().describe(
    "Whether memory corrects errors; null where that is not known.",
  ),
  powerLimit: z.number().min(0).nullable().describe(
    "Power that it may draw, in watts; null where that is not known.",
  ),
  deterministic: z.boolean().optional().describe(
    "Whether the engines and kernels that ran, which `kernels` names, give the same bits each time.",
  ),
}).meta({
  id: "GpuRecord",
  description: "A GPU, as far as it is the same in every run on it.",
});

/** The machine and the backend. */
export const environment = z.object({
  os: z.string().describe("Operating system."),
  arch: z.string().describe("Processor architecture."),
  deno: z.string().describe("Version of Deno."),
  v8: z.string().describe("Version of V8."),
  cpu: z.object({
    model: z.string().nullable().describe("Model as the system names it; null where it does not."),
    generation: z.string().nullable().optional().describe(
      "Family and model as numbers, which tell processors of one name apart; null where unknown, " +
        "absent in older files.",
    ),
    cores: whole.describe("Cores that this process may use."),
  }).describe("The processor."),
  memory: whole.nullable().describe("Memory of the machine in bytes; null where unknown."),
  backend: z.object({
    name: z.string().describe("Its name."),
    device: z.enum(["cpu", "gpu"]).describe("Kind of device."),
    isa: z.string().nullable().describe(
      "Instruction set that its kernels use; null where it does not say.",
    ),
    threads: whole.describe("Threads that it computes with."),
    libraries: z.record(z.string(), z.string()).describe("Native libraries and their versions."),
    gpu: gpu.optional().describe("The GPU; absent on the CPU."),
  }).describe("The backend."),
}).meta({ id: "EnvironmentRecord", description: "The machine, without its name." });

/** How a GPU is doing. */
export const deviceState = z.object({
  clock: whole.describe("Clock of the multiprocessors in MHz."),
  memoryClock: whole.describe("Clock of the memory in MHz."),
  temperature: whole.nullable().describe("Degrees Celsius; null where it does not say."),
  memoryUsed: whole.describe("Memory that is taken on it by all programs, in bytes."),
  throttleReasons: z.array(z.string()).describe(
    "What holds its clocks down, in words; empty where nothing does.",
  ),
}).meta({ id: "DeviceStateRecord", description: "How a GPU is doing at one moment." });
