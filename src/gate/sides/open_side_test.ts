import assert from "node:assert/strict";
import { SAMPLE_REQUEST } from "../../bench/sample_request.ts";
import type { OpenRequest } from "../../bench/timing_client.ts";
import { NotComparableError } from "../../base/errors.ts";
import { ASKED, openSide } from "./open_side.ts";

/** Opens it in a process that tells what it looks at. */
async function openIn(told: { readonly settings?: readonly string[] }, request: OpenRequest) {
  const answer = JSON.stringify({ answer: "opened", protocol: 1, facts: {}, asks: ASKED, ...told });
  const code = `for await (const _ of Deno.stdin.readable) console.log(${JSON.stringify(answer)})`;
  const record = { role: "base", label: "base", commit: null, dirty: false } as const;
  const side = { record, command: [Deno.execPath(), "eval", code], root: null } as unknown;
  const signal = new AbortController().signal;
  const { process } = await openSide(side as Parameters<typeof openSide>[0], request, signal);
  await process.close();
}

Deno.test("a side that would leave a setting of a model out is too old", async () => {
  const filled = {
    ...SAMPLE_REQUEST,
    model: { ...SAMPLE_REQUEST.model, filling: "repeat" as const },
  };
  const known = Object.keys(SAMPLE_REQUEST.model);
  const refused = (error: unknown) =>
    error instanceof NotComparableError && /base side is older .* filling/.test(error.message);
  const plain = { ensemble: [], filling: "zeros" as const, field: undefined };
  await openIn({}, { ...SAMPLE_REQUEST, model: { ...SAMPLE_REQUEST.model, ...plain } });
  await openIn({ settings: known }, SAMPLE_REQUEST);
  await openIn({ settings: [...known, "filling"] }, filled);
  await assert.rejects(openIn({}, filled), refused);
  await assert.rejects(openIn({ settings: known }, filled), refused);
});
