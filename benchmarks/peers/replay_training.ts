/**
 * Replays a golden training, a case as in fixtures/training/index.json on standard input, on the
 * backend that is named; prints how far it is from PyTorch as JSON. For check_training.py.
 *
 * @module
 */

import { chooseBackend } from "../../src/backends/mod.ts";
import { replay } from "../../tests/golden_training.ts";

const [name] = Deno.args;
if (name !== "onednn" && name !== "reference") throw new Error("name onednn or reference");
using backend = chooseBackend(name).factory.open();
const golden = JSON.parse(await new Response(Deno.stdin.readable).text());
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(replay(backend, golden))));
