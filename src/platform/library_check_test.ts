import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256 } from "../base/hashing.ts";
import { elf } from "./testing.ts";
import { CHECK_RECORD, type CheckOptions, libraryChange } from "./library_check.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const FETCHED = Deno.build.os === "linux" && Deno.build.arch === "x86_64";
const DAY = 24 * 60 * 60 * 1000;
const WHOLE = new Uint8Array(3_000_000).map((_, i) => i % 251);

interface Install {
  readonly folder: string;
  readonly path: string;
  /** What is wrong, at a time. */
  readonly change: (options?: CheckOptions) => string | null;
  /** Writes a file, at a time in seconds. */
  readonly write: (name: string, bytes: Uint8Array, seconds?: number) => void;
}

/** A folder as `setup` leaves it. */
function onInstall(use: (install: Install) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "libx.so.1");
    const files = { "libx.so.1": [sha256(WHOLE), "another"], "libx_part.so": [sha256("part")] };
    const write: Install["write"] = (name, bytes, seconds = 1000) => {
      Deno.writeFileSync(join(folder, name), bytes);
      Deno.utimeSync(join(folder, name), seconds, seconds);
    };
    write("libx.so.1", WHOLE);
    write("libx_part.so", new TextEncoder().encode("part"));
    const change: Install["change"] = (options) =>
      libraryChange("onednn", path, { folders: [folder], files, now: 5 * DAY, ...options });
    use({ folder, path, change, write });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const OTHER = WHOLE.with(2_999_999, 0);

Deno.test("a library that was changed is refused: at once by size or time, else within a day", () =>
  onInstall(({ folder, path, change, write }) => {
    assert.equal(change(), null);
    write("libx.so.1", OTHER, 1001);
    assert.match(
      change()!,
      /libx\.so\.1 is not the file that setup fetched: its SHA-256 is \w{64}/,
    );
    write("libx.so.1", WHOLE.subarray(1));
    assert.match(change()!, /is not the file/);
    // size and time as before: what was computed is believed for a day, and no longer
    write("libx.so.1", OTHER);
    assert.equal(change({ now: 6 * DAY - 1 }), null);
    assert.match(change({ now: 6 * DAY })!, /is not the file/);
    assert.match(change({ now: 4 * DAY })!, /is not the file/, "a clock that was set back");
    assert.match(change({ anew: true })!, /is not the file/);
    write("libx.so.1", WHOLE);
    write("libx_part.so", new TextEncoder().encode("trap"), 1001);
    assert.match(change()!, /libx_part\.so is not the file/, "what a library loads itself counts");
    // the same file under a new time, as a copy has it
    write("libx_part.so", new TextEncoder().encode("part"), 1002);
    assert.equal(change(), null);
    // in a folder of the user's own nobody knows what it must be
    write("libx.so.1", OTHER, 1003);
    assert.equal(change({ folders: [join(folder, "elsewhere")] }), null);
    assert.equal(change({ files: null }), null);
    assert.match(change({ files: {} })!, new RegExp(`^${path} was not put there by setup$`));
  }));

Deno.test("a record that is damaged, or cannot be written, is done without", () =>
  onInstall(({ folder, change, write }) => {
    const record = join(folder, CHECK_RECORD);
    for (const text of ["", "null", "[1]", '{"libx.so.1": 5}', '{"libx.so.1": {"size": "3"}}']) {
      Deno.writeTextFileSync(record, text);
      assert.equal(change(), null, text);
      assert.equal(JSON.parse(Deno.readTextFileSync(record))["libx.so.1"].sha256, sha256(WHOLE));
    }
    Deno.removeSync(record);
    Deno.mkdirSync(record);
    assert.equal(change(), null);
    write("libx.so.1", OTHER);
    assert.match(change()!, /is not the file/);
  }));

Deno.test({
  name: "the backend of a changed library is refused with advice, and no other taken instead" +
    (FETCHED ? "" : " (skipped: setup fetches no library for this system)"),
  ignore: !FETCHED,
  async fn() {
    const house = Deno.makeTempDirSync();
    try {
      for (const name of ["src", "native", "deno.json", "deno.lock"]) {
        Deno.symlinkSync(join(ROOT, name), join(house, name));
      }
      const folder = join(house, ".stackbench", "lib");
      Deno.mkdirSync(folder, { recursive: true });
      Deno.writeFileSync(join(folder, "libdnnl.so.3"), elf());
      const said = async (...args: string[]) => {
        const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "--quiet", "-A", join(house, "src/cli/main.ts"), ...args],
          cwd: house,
          stdin: "null",
        }).output();
        const text = new TextDecoder();
        return `${code} ${text.decode(stdout)}${text.decode(stderr)}`;
      };
      const time = ["time", "--model", "vnet:small", "--input", "8x16x16", "--repeat", "1"];
      for (const backend of ["auto", "onednn"]) {
        const answer = await said(...time, "--backend", backend);
        assert.match(answer, /^1 .*oneDNN 3\.x is not loaded: .*libdnnl\.so\.3 is not the file/s);
        assert.match(answer, /run `stackbench setup`.* or set STACKBENCH_ONEDNN/);
      }
      assert.match(await said("doctor"), /missing +backend onednn +oneDNN 3\.x is not loaded/);
    } finally {
      Deno.removeSync(house, { recursive: true });
    }
  },
});
