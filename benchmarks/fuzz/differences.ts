/**
 * Silent differences: `deno task differences --inputs 2000 --seed 1 [--python P] [FOLDER...]`.
 *
 * Files that our readers read, as they are and damaged, are read by pydicom and nibabel too, in one
 * process of Python; voxels, shape, spacing and affine must be the same, or differ for a reason
 * that `read_by_peers.py` knows and checks. The report goes to `results/fuzz/differences.json`; the program
 * ends with 1 where a difference has no reason.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomically } from "../../src/base/atomic.ts";
import { InputError } from "../../src/base/errors.ts";
import { writeError } from "../../src/cli/terminal.ts";
import { hounsfieldSlice, readScan, type Volume } from "../../src/imaging/mod.ts";
import { makeInput, STRIDE } from "./inputs.ts";
import { mildChanges } from "./mutations.ts";
import { scanFiles } from "./targets.ts";

const { values, positionals } = parseArgs({
  options: {
    inputs: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "1800" },
    python: { type: "string", default: "python3" },
    out: { type: "string", default: join(import.meta.dirname!, "../../results/fuzz") },
    only: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const [inputs, seed, seconds] = [values.inputs, values.seed, values.seconds].map(Number);
const began = performance.now();
const inTime = () => performance.now() - began < 1000 * seconds;

/** What the other process makes of a file. */
interface Answer {
  readonly verdict: "same" | "unread" | "differs";
  /** In what they differ, or what the peer says. */
  readonly why: readonly string[];
  /** Name of the reason that explains all of it, exactly; left out where none does. */
  readonly reason?: string;
}

/** What the other process tells of itself. */
interface About {
  readonly versions: Readonly<Record<string, string>>;
  /** What each reason means. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** The process that reads with pydicom and nibabel. */
class Peers {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    this.#process = new Deno.Command(python, {
      args: [join(import.meta.dirname!, "read_by_peers.py")],
      stdin: "piped",
      stdout: "piped",
      stderr: values.verbose ? "inherit" : "null",
      env: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#lines = linesOf(this.#process.stdout);
  }

  /** The next line that it writes; null where it has ended. */
  async told<T>(): Promise<T | null> {
    const { value, done } = await this.#lines.next();
    return done ? null : JSON.parse(value);
  }

  async ask(question: unknown): Promise<Answer | null> {
    try {
      await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`));
    } catch {
      // it has ended, as the missing answer tells
      return null;
    }
    return await this.told<Answer>();
  }

  async close(): Promise<void> {
    try {
      await this.#writer.close();
    } catch {
      // it ended before
    }
    await this.#process.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const whole = (rest + text).split("\n");
    rest = whole.pop()!;
    yield* whole;
  }
}

/** One file that both read and that differs, or that only we read. */
interface Told extends Answer {
  readonly input: number | null;
  readonly file: string;
}

const folder = Deno.makeTempDirSync({ prefix: "stackbench-differences-" });
try {
  Deno.exitCode = await main();
} finally {
  Deno.removeSync(folder, { recursive: true });
}

async function main(): Promise<number> {
  const groups = groupsOf(makeScans());
  let peers = new Peers(values.python);
  const about = await peers.told<About>();
  if (about === null) throw lacking();
  const told: Told[] = [];
  let [tried, died] = [0, 0];
  const look = async (input: number | null, file: string, path: string) => {
    const volume = readOrNull(path);
    if (volume === null) return;
    let answer = await peers.ask({
      ...questionOf(volume, path),
      original: input === null ? null : file,
    });
    if (answer === null) {
      died++;
      answer = { verdict: "unread", why: ["its process dies"] };
      await peers.close();
      peers = new Peers(values.python);
      await peers.told();
    }
    const one = { input, file: nameOf(file), ...answer };
    told.push(one);
    if (values.verbose && answer.verdict !== "same") writeError(`${JSON.stringify(one)}\n`);
  };
  const only = values.only === undefined ? null : Number(values.only);
  if (only === null) { for (const file of groups.flat()) await look(null, file, file); }
  const asTheyAre = told.length;
  for (let input = only ?? 0; told.length - asTheyAre < inputs && inTime(); input++, tried++) {
    const group = groups[input % groups.length];
    const file = group[Math.floor(input / groups.length) % group.length];
    await look(input, file, makeInput({}, file, seed * STRIDE + input, folder, mildChanges));
    if (only !== null) break;
  }
  await peers.close();
  const report = reportOf(about, { tried, asTheyAre, died, told });
  if (only === null) {
    Deno.mkdirSync(values.out, { recursive: true });
    const path = join(values.out, "differences.json");
    writeAtomically(path, [`${JSON.stringify(report, null, 2)}\n`]);
  }
  writeError(
    `${report.read} damaged files read of ${tried}, and ${asTheyAre} as they are: ${report.same} the ` +
      `same, ${report.unread} not read by the peer, ${report.explained} explained, ` +
      `${report.unexplained.length} not\n`,
  );
  return report.unexplained.length > 0 ? 1 : 0;
}

/** A file by its name, and by its folder where that alone tells what it is. */
function nameOf(path: string): string {
  const [parent, name] = path.split("/").slice(-2);
  return /^\d+$/.test(name) ? `${parent}/${name}` : name;
}

/** Scans that `odd_scans.py` writes: every codec with every depth and sign, and odd headers. */
function makeScans(): string {
  const made = join(folder, "made");
  const script = join(import.meta.dirname!, "..", "peers", "odd_scans.py");
  const { success } = new Deno.Command(values.python, {
    args: [script, made],
    stdout: "null",
    stderr: values.verbose ? "inherit" : "null",
  }).outputSync();
  if (!success) throw lacking();
  return made;
}

function lacking(): InputError {
  return new InputError(`${values.python} lacks what reads scans beside us`, {
    advice: "pip install -r benchmarks/peers/requirements-checks.txt, and name it by --python",
  });
}

/** Files by what they are. The slices of a series are alike: one of each is taken. */
function groupsOf(made: string): readonly (readonly string[])[] {
  const { plain, packed, nifti } = scanFiles(...positionals, made);
  const isOneOfMany = (path: string) => path.startsWith(made) && /\/(?!04$)\d\d$/.test(path);
  return [plain.filter((path) => !isOneOfMany(path)), packed, nifti];
}

function readOrNull(path: string): Volume | null {
  try {
    return readScan(path);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** What the other process is told of a file; its HU are in a file beside. */
function questionOf(volume: Volume, path: string): Record<string, unknown> {
  const { shape, affine, spacing, source, format, report } = volume;
  const hu = join(folder, "ours.f32");
  using file = Deno.openSync(hu, { write: true, create: true, truncate: true });
  for (let z = 0; z < shape[0]; z++) {
    const slice = new Uint8Array(hounsfieldSlice(volume, z).buffer);
    for (let at = 0; at < slice.length;) at += file.writeSync(slice.subarray(at));
  }
  const notes = report.map(({ rule }) => rule);
  return { path, hu, shape, affine, spacing, source, format, notes };
}

function reportOf(
  { versions, reasons }: About,
  { tried, asTheyAre, died, told }: {
    readonly tried: number;
    readonly asTheyAre: number;
    readonly died: number;
    readonly told: readonly Told[];
  },
) {
  const of = (verdict: Answer["verdict"]) => told.filter((one) => one.verdict === verdict);
  const differing = of("differs");
  const explained = differing.filter(({ reason }) => reason !== undefined);
  const counts = (names: readonly string[]) =>
    Object.fromEntries(
      Object.entries(Object.groupBy(names, (name) => name))
        .map(([name, all]) => [name, all!.length] as const)
        .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
    );
  return {
    seed,
    versions,
    tried,
    read: told.length - asTheyAre,
    asTheyAre,
    same: of("same").length,
    unread: of("unread").length,
    peerDied: died,
    explained: explained.length,
    reasons: counts(explained.map(({ reason }) => reason!)),
    meaning: reasons,
    unreadBy: counts(of("unread").map(({ why }) => why[0].replaceAll(/\d+(\.\d+)?/g, "N"))),
    unexplained: differing.filter(({ reason }) => reason === undefined),
  };
}
