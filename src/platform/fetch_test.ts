import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { MissingError } from "../base/errors.ts";
import { sha256 } from "../base/hashing.ts";
import { fetchLibrary, type PinnedWheel } from "./fetch.ts";

const LIBRARY = new Uint8Array(100_000).map((_, i) => i % 251);
const PART = LIBRARY.slice(0, 99);
const WHEEL = zipSync({ "x.data/data/lib/libx.so.1.2": LIBRARY, "x/lib/libx_part.so.1": PART });
const PIN: PinnedWheel = {
  requirement: "x==1.2",
  size: "0.1 MB",
  sha256: sha256(WHEEL),
  entry: "libx.so.1.2",
  saveAs: "libx.so.1",
  companions: ["libx_part.so.1"],
  otherwise: "install x",
};

/** A machine whose python3 is a shell script that gets pip's --dest as $dest. */
interface Machine {
  readonly folder: string;
  readonly temporary: string;
  readonly python: string;
}

/** The driver of a fetch in a process of its own. */
const DRIVER = `
  import { fetchLibrary } from ${JSON.stringify(new URL("fetch.ts", import.meta.url).href)};
  const [pin, options] = Deno.args.map((text) => JSON.parse(text));
  try {
    await fetchLibrary(pin, options);
  } catch (error) {
    Deno.stdout.writeSync(new TextEncoder().encode(error.name));
  }
`;

async function onMachine(script: string, use: (machine: Machine) => Promise<void>): Promise<void> {
  const root = Deno.makeTempDirSync();
  try {
    const machine = {
      folder: join(root, "lib"),
      temporary: join(root, "tmp"),
      python: join(root, "python3"),
    };
    Deno.mkdirSync(machine.temporary);
    Deno.writeFileSync(join(root, "wheel"), WHEEL);
    const dest = `while [ "$1" != --dest ]; do shift; done; dest=$2; wheel=${root}/wheel`;
    Deno.writeTextFileSync(machine.python, `#!/bin/sh\n${dest}\n${script}\n`, { mode: 0o755 });
    await use(machine);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);
const SERVE = 'cp "$wheel" "$dest/x-1.2-py3-none-any.whl"; echo > "$TMPDIR/left-by-pip"';
const windows = Deno.build.os === "windows";
const name = (text: string) => windows ? `${text} (skipped: needs a shell)` : text;

Deno.test({
  name: name("of two fetches at once one downloads, and both end with the one whole library"),
  ignore: windows,
  fn: () =>
    onMachine(SERVE, async ({ folder, python }) => {
      const told: string[] = [];
      const options = { folder, python, say: (text: string) => void told.push(text) };
      const paths = await Promise.all([fetchLibrary(PIN, options), fetchLibrary(PIN, options)]);
      assert.deepEqual(paths, [join(folder, "libx.so.1"), join(folder, "libx.so.1")]);
      assert.deepEqual(Deno.readFileSync(paths[0]), LIBRARY);
      assert.deepEqual(namesIn(folder).sort(), ["libx.so.1", "libx_part.so.1"]);
      assert.deepEqual(Deno.readFileSync(join(folder, "libx_part.so.1")), PART);
      const downloads = told.filter((text) => /downloading x==1\.2 \(0\.1 MB\)/.test(text));
      assert.equal(downloads.length, 1, told.join("\n"));
      assert.ok(told.some((text) => /another process has fetched/.test(text)));
    }),
});

const FAILURES: readonly (readonly [script: string, message: RegExp])[] = [
  ['echo other > "$dest/x-1.2.whl"', /not the pinned one: its SHA-256 is [0-9a-f]{64}/],
  ["echo '/usr/bin/python3: No module named pip' >&2; exit 1", /has no pip/],
  [
    "echo 'WARNING: Retrying after connection broken by NewConnectionError' >&2; " +
    "echo 'ERROR: No matching distribution found for x==1.2' >&2; exit 1",
    /no package index could be reached/,
  ],
  ["echo 'ERROR: No matching distribution found for x==1.2' >&2; exit 1", /does not have it/],
  ["echo 'OSError: [Errno 28] No space left on device' >&2; exit 1", /no room on the disk/],
  ["echo 'ERROR: a new one' >&2; exit 1", /x==1\.2: a new one$/],
  ["exit 0", /downloaded no wheel/],
];

for (const [script, message] of FAILURES) {
  Deno.test({
    name: name(`a failed fetch says why, what to do, and leaves nothing: ${message.source}`),
    ignore: windows,
    fn: () =>
      onMachine(script, async ({ folder, python, temporary }) => {
        const options = { folder, python, temporary };
        await assert.rejects(fetchLibrary(PIN, options), (error: MissingError) => {
          assert.ok(error instanceof MissingError);
          assert.match(error.message, message);
          assert.match(error.advice ?? "", /install x/);
          return true;
        });
        assert.deepEqual([...namesIn(folder), ...namesIn(temporary)], []);
      }),
  });
}

Deno.test("without python3 the error says so and what else to do", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    await assert.rejects(
      fetchLibrary(PIN, { folder, python: join(folder, "python3") }),
      (error: MissingError) =>
        /could not be started: it is not there/.test(error.message) &&
        /apt-get install python3-pip.*install x/.test(error.advice ?? ""),
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test({
  name: name("Ctrl-C during a download ends it and leaves nothing"),
  ignore: windows,
  fn: () =>
    onMachine(
      'echo > "$dest/half"; exec sleep 60',
      async ({ folder, python, temporary }) => {
        const driver = join(temporary, "..", "driver.ts");
        Deno.writeTextFileSync(driver, DRIVER);
        const config = new URL("../../deno.json", import.meta.url).pathname;
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--quiet", "--no-check", "--no-lock", "--config", config, driver]
            .concat([JSON.stringify(PIN), JSON.stringify({ folder, python })]),
          env: { TMPDIR: temporary },
          stdin: "null",
          stdout: "piped",
          stderr: "inherit",
        }).spawn();
        const half = () =>
          namesIn(temporary).some((one) => existsSync(join(temporary, one, "half")));
        while (!half()) await new Promise((resolve) => setTimeout(resolve, 20));
        child.kill("SIGINT");
        const { stdout, code } = await child.output();
        assert.equal(new TextDecoder().decode(stdout), "InterruptedError");
        assert.equal(code, 0);
        assert.deepEqual([...namesIn(folder), ...namesIn(temporary)], []);
      },
    ),
});
