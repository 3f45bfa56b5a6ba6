/**
 * A part of the check in a process of its own, so that what breaks the GPU's context ends no other
 * part: a request as JSON on standard input, the answer as JSON in the last line of standard output.
 *
 * @module
 */

import { cudnn } from "../../src/backends/cudnn/mod.ts";
import { messageOf } from "../../src/base/errors.ts";
import { environmentRecord, type PartResult } from "../../src/results/mod.ts";
import { timeNetworks } from "./network.ts";
import { type DeviceAnswer, type Request, requestSchema } from "./request.ts";
import { timeScans } from "./scan.ts";

/**
 * Does what a request asks for on the first GPU.
 *
 * @throws MissingError when there is no GPU or a library is missing
 */
export async function answer(request: Request): Promise<DeviceAnswer | PartResult> {
  using backend = cudnn.open();
  switch (request.kind) {
    case "device": {
      const emulated = cudnn.probe().emulated ?? false;
      return { environment: environmentRecord(backend), emulated, precisions: backend.precisions };
    }
    case "network":
      return await timeNetworks(backend, request);
    case "scan":
      return await timeScans(backend, request);
  }
}

if (import.meta.main) {
  const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  try {
    const text = await new Response(Deno.stdin.readable).text();
    write(JSON.stringify(await answer(requestSchema.parse(JSON.parse(text)))));
  } catch (error) {
    write(JSON.stringify({ error: messageOf(error) }));
    Deno.exitCode = 1;
  }
}
