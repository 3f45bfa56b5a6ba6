/**
 * A process of a side, once it is known to understand what a gate asks.
 *
 * @module
 */

import { messageOf, NotComparableError } from "../../base/errors.ts";
import { type OpenedProcess, openProcess, type OpenRequest } from "../../bench/timing_client.ts";
import type { Question } from "../../bench/timing_protocol.ts";
import type { Side } from "./sides.ts";

/** What a gate asks besides `open`. */
export const ASKED = ["plan", "segment", "run", "moment"] as const satisfies readonly Question[
  "ask"
][];

/** Settings that came later than sides which do not tell what they look at. */
const LATER: ReadonlySet<string> = new Set(["filling"]);

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
  const unseen = Object.entries(request.model)
    .filter(([name, value]) => value !== undefined && !looksAt(opened, name))
    .map(([name]) => name);
  if (missing.length === 0 && unseen.length === 0) return opened;
  await opened.process.close();
  throw tooOld(
    role,
    missing.length > 0
      ? `a process that times which cannot be asked for ${missing.join(", ")}`
      : `models without ${unseen.join(", ")}, which it would leave out`,
  );
}

/** Whether a setting of a model makes a difference to a side. */
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
