/**
 * `stackbench doctor`: what works on this machine, and how to get what does not.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { SPECIAL_BACKENDS } from "../../backends/backend.ts";
import { MissingError } from "../../base/errors.ts";
import { jsonOption } from "../options.ts";
import { writeJson, writeOut } from "../terminal.ts";

/** Adds the command. */
export function doctor(program: Command): void {
  program.command("doctor")
    .description("tell what works on this machine, and how to get what does not")
    .addOption(jsonOption())
    .action(async ({ json }) => {
      const { BACKENDS } = await import("../../backends/mod.ts");
      const { doctorReport, formatDoctorReport } = await import("../../platform/mod.ts");
      const report = doctorReport(
        BACKENDS.map((factory) => ({
          name: factory.name,
          ...factory.probe(),
          optional: SPECIAL_BACKENDS.includes(factory.name),
        })),
      );
      if (json) writeJson(report);
      else writeOut(formatDoctorReport(report));
      if (!report.healthy) {
        const missing = report.checks.filter(({ state }) => state === "missing");
        throw new MissingError(`this machine lacks ${missing.map(({ name }) => name).join(", ")}`, {
          advice: missing[0].advice ?? undefined,
        });
      }
    });
}
