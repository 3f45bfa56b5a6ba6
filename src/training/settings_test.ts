import assert from "node:assert/strict";
import { join } from "node:path";
import { parseSettings, readTrainingFile } from "./settings.ts";

Deno.test("every setting that breaks a rule is named", () => {
  const wrong = { model: "vnet:small", overlap: NaN, learningRate: 0, loss: "l2", stpes: 3 };
  assert.throws(() => parseSettings(wrong, "here"), {
    name: "InputError",
    message: /here breaks.*overlap: .*loss: .*dice_squared.*learningRate: .*stpes/,
  });
  assert.throws(() => parseSettings({ model: "m", augmentation: ["flap"] }, "here"), {
    message: /augmentation\.0: .*flip/,
  });
});

Deno.test("a training file fills in its defaults, and refuses two trainings of one name", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "file.json");
    const write = (...names: string[]) =>
      Deno.writeTextFileSync(
        path,
        JSON.stringify({
          schema: "stackbench/training",
          version: 1,
          name: "tiny",
          dataset: { manifest: "manifest.json" },
          defaults: { epochs: 4, augmentation: ["flip"] },
          trainings: names.map((name, i) => ({
            name,
            model: "vnet:small",
            seed: i,
            epochs: 4 + i,
          })),
        }),
      );
    write("a", "b");
    const { trainings, folds } = readTrainingFile(path);
    assert.equal(folds, null);
    assert.deepEqual(trainings.map(({ name, seed, epochs }) => [name, seed, epochs]), [
      ["a", 0, 4],
      ["b", 1, 5],
    ]);
    assert.deepEqual(trainings[1].augmentation, ["flip"]);
    write("a", "a");
    assert.throws(() => readTrainingFile(path), { message: /two trainings are named a/ });
    write("../a");
    assert.throws(() => readTrainingFile(path), { message: /trainings\.0\.name: a name is/ });
    Deno.writeTextFileSync(path, "{");
    assert.throws(() => readTrainingFile(path), {
      name: "InputError",
      message: /could not be read/,
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
