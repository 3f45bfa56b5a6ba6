/**
 * The `inference_time` experiment of a run: its models timed over its first scan.
 *
 * @module
 */

import { modelSource } from "../models/mod.ts";
import { makeFolder } from "./run_folder.ts";
import type { RunModel } from "./run_models.ts";
import { maskFolder, maskPath } from "./mask_files.ts";
import type { RunScan } from "./run_scans.ts";
import type { RunState } from "./run_state.ts";
import type { RunRequest } from "./run_request.ts";
import { selfCommand } from "./self_command.ts";
import { timeInTurn } from "./timed_processes.ts";
import { openInProcess } from "./timing_client.ts";
import { openSession, type TimingRequest, type TimingTarget } from "./timing_session.ts";

/**
 * Times the suite's own models that ran over a scan and were not timed yet, in fresh processes where
 * they can be started, else in this one.
 */
export async function timeModels(
  request: Pick<
    RunRequest,
    "loaded" | "manifest" | "backend" | "out" | "timingCommand" | "progress" | "signal"
  >,
  models: readonly RunModel[],
  scan: RunScan,
  state: RunState,
): Promise<void> {
  const { loaded: { suite }, backend, out, manifest, progress, signal } = request;
  const { timingCommand: command = selfCommand("serve-timing") } = request;
  const timed = models.filter(({ record, cases }) =>
    !record.experiment && cases.includes(scan) && !state.hasInference(record)
  );
  if (timed.length === 0) return;
  const open = (asked: TimingRequest): Promise<TimingTarget> => {
    const { model } = asked;
    return command === null
      ? Promise.resolve(openSession(asked, backend))
      : openInProcess(command, { ...asked, model: { ...model, model: modelSource(model.model) } }, {
        signal,
      });
  };
  const outcomes = await timeInTurn(
    timed.map(({ record, request: model }) => {
      const folder = maskFolder(out, record.id);
      makeFolder(folder);
      const { image, window, reading } = scan;
      const threshold = suite.threshold;
      const timedScan = {
        image,
        window,
        reading,
        threshold,
        maskPath: maskPath(folder, scan, manifest.manifest.public),
      };
      return {
        key: record.id,
        scan: state.finished(record, scan.index),
        open: () =>
          open({
            model,
            backend: backend.name,
            precision: suite.precision,
            seed: suite.seed,
            scan: timedScan,
          }),
      };
    }),
    command === null ? { ...suite.timing, processes: 1 } : suite.timing,
    { seed: suite.seed, progress, signal },
  );
  for (const { key, timings, device } of outcomes) {
    state.addInference(timings, device && { model: key, ...device });
  }
}
