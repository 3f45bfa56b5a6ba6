/**
 * A process of a side, once it is known to understand what a gate asks.
 *
 * @module
 */

import { messageOf, NotComparableError } from "../../base/errors.ts";
import { type OpenedProcess, openProcess, type OpenRequest } from "../../bench/timing_client.ts";
import type { Question } from "../../bench/timing_protocol.ts";
import { endsInZeros } from "../../imaging/mod.ts";
import type { Side } from "./sides.ts";

/** What a gate asks besides `open`. */
export const ASKED = ["plan", "segment", "run", "moment"] as const satisfies readonly Question[
  "ask"
][];

/** Settings that some sides which do not tell what they look at leave out. */
const LATER: ReadonlySet<string> = new Set(["ensemble", "field", "filling"]);

/**
 * Starts a process of a side and opens a model in it.
 *
 * @throws NotComparableError where the side is older than the gate; what it says where it fails
 */
export async function openSide(
  { record: { role }, command, root }: Side,
  request: OpenRequest,
  signal: AbortSignal,
): Promise<OpenedProcess> {
  const opened = await openProcess(command, request, { signal, cwd: root ?? undefined })
    .catch((error: unknown) => {
      if (!/unknown command/.test(messageOf(error))) throw error;
      throw tooOld(role, "no process that times", error);
    });
  const missing = ASKED.filter((ask) => !opened.asks.includes(ask));
  const unseen = settingsOf(request).filter((name) => !looksAt(opened, name));
  if (missing.length === 0 && unseen.length === 0) return opened;
  await opened.process.close();
  if (missing.length > 0) {
    throw tooOld(role, `a process that times which cannot be asked for ${missing.join(", ")}`);
  }
  const [what, how] = [unseen.join(", "), opened.settings ? "does not know" : "may not know"];
  throw new NotComparableError(
    `the ${role} side is older than this gate and ${how} ${what} of ${request.model.model}: it ` +
      "might be compared as another model",
    { advice: `choose a newer commit for it, or leave ${what} out of the suite` },
  );
}

/** Names of settings that are not what a side does without them. */
function settingsOf({ model: { ensemble = [], filling, ...others } }: OpenRequest): string[] {
  return [
    ...Object.entries(others).filter(([, value]) => value !== undefined).map(([name]) => name),
    ...(ensemble.length > 0 ? ["ensemble"] : []),
    ...(endsInZeros(filling) ? [] : ["filling"]),
  ];
}

/** Whether a side is known to look at a setting. */
function looksAt({ settings }: OpenedProcess, name: string): boolean {
  return settings ? settings.includes(name) : !LATER.has(name);
}

function tooOld(role: string, what: string, cause?: unknown): NotComparableError {
  return new NotComparableError(`the ${role} side is older than this gate: it has ${what}`, {
    cause,
    advice: "choose a commit that has `stackbench gate` itself, or compare results of both with " +
      "`stackbench compare`",
  });
}
