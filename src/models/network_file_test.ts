import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError, ShapeError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import { layerTable } from "./layer_table.ts";
import { buildModel, buildModelFor, resolveModel } from "./list.ts";
import { networkModel } from "./network_file.ts";

const EXAMPLE = join(import.meta.dirname!, "..", "..", "examples", "unet3d.ts");

const WINDOW = { kernel: [1, 1], stride: [1, 1], padBefore: [0, 0], padAfter: [0, 0] };

function head(b: GraphBuilder, x: ValueId, channels = 1): ValueId {
  return b.conv("head", x, { channels, ...WINDOW });
}

const SOUND = {
  name: "tiny",
  dimensions: 2,
  spatial: [8, 8],
  multipleOf: [4, 2],
  build: (b: GraphBuilder, x: ValueId) => b.apply("sigmoid", "out", [head(b, x)], {}),
};

const built = (changes: object) =>
  networkModel({ ...SOUND, ...changes }, "net.ts").build("tiny", {});

Deno.test("a network from a file has the rules, the table and the weights of any model", async () => {
  assert.equal(await resolveModel("vnet:small"), "vnet:small");
  const name = await resolveModel(EXAMPLE);
  assert.equal(name, "own:unet3d");
  const { graph, inputShape } = buildModel(name);
  assert.deepEqual(inputShape, [1, 1, 32, 128, 128]);
  assert.equal(layerTable(graph)[0].parameters, 8 * 27 + 8);
  assert.throws(
    () => buildModel(name, { spatial: [32, 130, 128] }),
    (error: Error) => error instanceof ShapeError && /own:unet3d.*4x4x4.*130/.test(error.message),
  );
  assert.throws(() => buildModelFor(name, [1, 2, 8, 8, 8]), /needs an input of Nx1xDxHxW/);
  assert.throws(() => buildModel(name, { options: { k: "3" } }), /has no option k/);
});

Deno.test("what is no network is refused, and every fault of it is named", () => {
  const refused = (exported: unknown, message: RegExp) =>
    assert.throws(
      () => networkModel(exported, "net.ts"),
      (error: Error) => error instanceof InputError && message.test(error.message),
    );
  refused(undefined, /net\.ts is no network/);
  refused({ ...SOUND, name: "../up", build: 3 }, /name: .*build: must be a function/);
  refused({ ...SOUND, spatial: [8, 8, 8] }, /need 2 sizes each/);
  assert.throws(() => built({ build: () => undefined }), /returned nothing that the builder gave/);
  assert.throws(() => built({ build: () => 7 }), /returned nothing that the builder gave/);
  assert.throws(() => built({ build: head }), /must end in a sigmoid/);
  assert.throws(() => built({ outputChannels: 2 }), /must give 1x2x8x8.*it gives 1x1x8x8/);
  assert.throws(
    () =>
      built({
        build: () => {
          throw new TypeError("x is odd");
        },
      }),
    (error: Error) =>
      error instanceof InputError && /could not build.*x is odd/.test(error.message),
  );
  const twice = (b: GraphBuilder, x: ValueId) => {
    const same = b.apply("relu", "out", [head(b, x)], {});
    return b.apply("sigmoid", "out", [same], {});
  };
  assert.throws(() => built({ build: twice }), /two nodes of own:tiny are named out/);
});

Deno.test("files that are missing, broken or of a taken name are errors that name them", async () => {
  const folder = await Deno.makeTempDir();
  const write = (file: string, text: string) => {
    Deno.writeTextFileSync(join(folder, file), text);
    return resolveModel(file, folder);
  };
  await assert.rejects(resolveModel("./missing.ts", folder), /missing\.ts could not be loaded/);
  await assert.rejects(write("broken.ts", "export default {"), /broken\.ts could not be loaded/);
  await assert.rejects(write("empty.ts", "export const name = 'x';"), /empty\.ts is no network/);
  const text = `export default { name: "unet3d", dimensions: 2, spatial: [8, 8], build: () => 0 };`;
  await resolveModel(EXAMPLE);
  await assert.rejects(write("other.ts", text), /both export a network named unet3d/);
  await Deno.remove(folder, { recursive: true });
});
