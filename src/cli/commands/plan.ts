/**
 * `stackbench plan`: hours, memory and storage for an archive, from a measured run.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { dirname } from "node:path";
import { InputError } from "../../base/errors.ts";
import { lookAt } from "../../base/is_there.ts";
import { alignColumns } from "../../base/text_table.ts";
import type { Archive, ArchivePlan, Throughput } from "../../bench/archive_plan.ts";
import { anyNumber, jsonOption, nonEmpty, positiveNumber } from "../options.ts";
import { writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench run --data manifest.json --cases 0-9 --out sample     measured on one machine
  stackbench plan manifest.json --measured sample/result.json --machines 100
  stackbench plan manifest.json --measured sample/result.json --machines 100 --price 0.17

Reckoned, not measured: as many scans like those of the manifest, on machines like the measured one,
each with one shard at a time. --price is what a machine costs in an hour, in any currency.
`;

/** Scans of archives that one may think of. */
const ARCHIVES = [1000, 26_000, 126_000];

/**
 * A run over an archive that was made public: the NLST's chest CTs through TotalSegmentator. It says
 * "over" and "under", so that these are bounds.
 */
const PUBLIC_RUN = { scans: 126_000, machines: 21_000, hours: 9, dollars: 1011 } as const;

/** Adds the command. */
export function plan(program: Command): void {
  program.command("plan")
    .description("reckon hours, memory and storage for an archive from a measured run")
    .argument("<manifest>", "scans like those of the archive", nonEmpty)
    .requiredOption("--measured <result>", "results of a run on one such machine", nonEmpty)
    .option("--machines <n>", "machines, all alike", positiveNumber, 1)
    .option("--price <amount>", "what a machine costs in an hour", anyNumber)
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (path, { measured, machines, price, json }) => {
      const { planArchive, scaledTo, throughputsOf } = await import("../../bench/archive_plan.ts");
      const { processorText, readRunResult } = await import("../../results/mod.ts");
      const result = readRunResult(measured);
      const throughputs = throughputsOf(result, await maskSizes(dirname(measured), result));
      if (throughputs.length === 0) {
        throw new InputError(`${measured} holds no times of scans`, {
          advice: "name the results of a run that has finished scans",
        });
      }
      const own = await archiveOf(path);
      const archives = [own, ...ARCHIVES.map((scans) => scaledTo(own, scans))];
      const plans = throughputs.map((throughput) => ({
        ...throughput,
        archives: archives.map((archive) => ({
          ...planArchive(archive, throughput, machines),
          ...(price === undefined ? {} : {
            price: price * planArchive(archive, throughput, machines).machineHours,
          }),
        })),
      }));
      const { cpu, backend, memory } = result.environment;
      if (json) {
        writeJson({ machines, measuredOn: { cpu, memory, backend: backend.name }, models: plans });
        return;
      }
      const machine = `${backend.name} on ${backend.threads} threads of ${processorText(cpu)}`;
      writeOut(
        `${own.scans} scans with ${own.slices} slices (the longest has ${own.longest}), ` +
          `${machines} machines like the measured one: ${machine}\n\n`,
      );
      for (const { archives, ...throughput } of plans) writeOut(tableOf(throughput, archives));
      writeOut(comparedText());
    });
}

/** Scans, slices and bytes of a manifest. */
async function archiveOf(path: string): Promise<Archive> {
  const { loadManifest } = await import("../../datasets/mod.ts");
  const { scanBytes, sliceCount } = await import("../../imaging/mod.ts");
  const { cases } = loadManifest(path);
  const slices = cases.map((one) => one.slices ?? sliceCount(one.image));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    scans: cases.length,
    slices: sum(slices),
    longest: Math.max(...slices),
    bytes: sum(cases.map(({ image }) => scanBytes(image))),
  };
}

/** Sizes of the masks beside results. */
async function maskSizes(
  folder: string,
  { dataset: { cases } }: {
    readonly dataset: {
      readonly cases: readonly { readonly index: number; readonly id: string | null }[];
    };
  },
): Promise<(model: string, index: number) => number | null> {
  const { maskFolder, maskPath } = await import("../../bench/mask_files.ts");
  return (model, index) => {
    const { id } = cases.find((one) => one.index === index)!;
    const path = maskPath(maskFolder(folder, model), { index, id: id ?? "" }, id !== null);
    // none where the results were moved without their masks
    return lookAt(path, Deno.statSync)?.size ?? null;
  };
}

function tableOf(
  { model, secondsPerSlice, scans, slices, peakBytes }: Throughput,
  plans: readonly (ArchivePlan & { readonly price?: number })[],
): string {
  const memory = peakBytes === null ? "an unknown amount" : gibibytes(peakBytes);
  const heading = ["scans", "machine hours", "hours", "scans' bytes", "masks' bytes"];
  const priced = plans.some(({ price }) => price !== undefined);
  return `${model}: ${secondsPerSlice.toPrecision(3)} s a slice (${scans} scans with ${slices} ` +
    `slices were measured), ${memory} of memory a machine\n` +
    alignColumns([
      priced ? [...heading, "price"] : heading,
      ...plans.map((plan) => [
        String(plan.scans),
        figure(plan.machineHours),
        figure(plan.hours),
        gibibytes(plan.bytesIn),
        plan.bytesOut === null ? "unknown" : gibibytes(plan.bytesOut),
        ...(plan.price === undefined ? [] : [plan.price.toFixed(2)]),
      ]),
    ], [0, 1, 2, 3, 4, 5]) + "\n";
}

/** The public run, for comparison. */
function comparedText(): string {
  const { scans, machines, hours, dollars } = PUBLIC_RUN;
  return `All of this is reckoned, none of it was run. For comparison, a run that was: ` +
    `TotalSegmentator over ${scans} CTs of the NLST took over ${machines} machines less than ` +
    `${hours} hours and ${dollars} dollars,\nwhich is ${(dollars / scans).toFixed(4)} dollars a ` +
    `scan; it finds other things in scans, at another resolution.\n`;
}

function figure(value: number): string {
  return value < 100 ? value.toPrecision(2) : value.toFixed(0);
}

function gibibytes(bytes: number): string {
  return `${figure(bytes / 2 ** 30)} GiB`;
}
