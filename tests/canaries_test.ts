/** Privacy: words planted in every text of DICOM and NIfTI files come out nowhere. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { stackbenchIn } from "./running.ts";

const FIXTURES = join(import.meta.dirname!, "..", "fixtures", "imaging");

/** Begins every planted word. */
const WORD = "CANARY";
/** Begins every planted UID. */
const UID = "1.2.77777";
/** Planted as every date and time. */
const [DATE, TIME] = ["19010203", "040506.777"];

/** Attributes that name, date or place a person or a machine (PS3.15, table E.1-1), by their VR. */
const PLANTED: Readonly<Record<string, readonly number[]>> = {
  PN: [0x00080090, 0x00081048, 0x00081050, 0x00081060, 0x00081070, 0x00100010, 0x00101001]
    .concat([0x00101060, 0x00321032]),
  LO: [0x00080080, 0x00081030, 0x0008103e, 0x00081040, 0x00100020, 0x00101000, 0x00102160]
    .concat([0x00181000, 0x00181020, 0x00181030, 0x00081090, 0x00104000, 0x00400254]),
  SH: [0x00080050, 0x00080094, 0x00081010, 0x00200010, 0x00102180, 0x00400253],
  ST: [0x00080081, 0x00080092],
  LT: [0x001021b0, 0x00184000, 0x00204000, 0x00104000],
  DA: [0x00080020, 0x00080021, 0x00080022, 0x00080023, 0x00100030],
  TM: [0x00080030, 0x00080031, 0x00080032, 0x00080033, 0x00100032],
  UI: [0x0020000d, 0x0020000e, 0x00200052, 0x00080018],
  AS: [0x00101010],
};

function valueOf(vr: string, tag: number, file: number): string {
  if (vr === "DA") return DATE;
  if (vr === "TM") return TIME;
  if (vr === "AS") return "077Y";
  if (vr === "UI") return `${UID}.${tag}${tag === 0x00080018 ? `.${file}` : ""}`;
  return `${WORD}${tag.toString(16)}`;
}

/** A file in explicit little endian with the attributes planted, in the order of tags. */
function planted(bytes: Uint8Array<ArrayBuffer>, file: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const elements: { readonly tag: number; readonly bytes: Uint8Array }[] = [];
  const tags = new Map(Object.entries(PLANTED).flatMap(([vr, tags]) => tags.map((t) => [t, vr])));
  let at = 132;
  while (at + 8 <= bytes.length) {
    const tag = (view.getUint16(at, true) << 16 | view.getUint16(at + 2, true)) >>> 0;
    const vr = String.fromCharCode(bytes[at + 4], bytes[at + 5]);
    const long = ["OB", "OW", "SQ", "UN", "UT"].includes(vr);
    const length = long ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const end = at + (long ? 12 : 8) + length;
    if (!tags.has(tag)) elements.push({ tag, bytes: bytes.subarray(at, end) });
    at = end;
  }
  for (const [tag, vr] of tags) {
    const text = valueOf(vr, tag, file);
    const value = new TextEncoder().encode(text + (text.length % 2 ? " " : ""));
    const head = new Uint8Array(8);
    const headView = new DataView(head.buffer);
    headView.setUint16(0, tag >>> 16, true);
    headView.setUint16(2, tag & 0xffff, true);
    head.set(new TextEncoder().encode(vr), 4);
    headView.setUint16(6, value.length, true);
    elements.push({ tag, bytes: Uint8Array.from([...head, ...value]) });
  }
  elements.sort((a, b) => a.tag - b.tag);
  return Uint8Array.from([...bytes.subarray(0, 132), ...elements.flatMap((e) => [...e.bytes])]);
}

/** Texts of a NIfTI-1 header, from and how long. */
const NIFTI_TEXTS = [[14, 18], [148, 80], [228, 24], [328, 16]] as const;

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

/** What a file holds as text, unpacked where it is packed. */
function contentOf(path: string): string {
  const bytes = Deno.readFileSync(path);
  return new TextDecoder("latin1").decode(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}

Deno.test("words planted in DICOM and NIfTI files come out in no result, report, mask or log", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
  const scans = join(folder, `${WORD}path`);
  Deno.mkdirSync(join(scans, "dicom"), { recursive: true });
  try {
    const source = join(FIXTURES, "dicom", "plain");
    const names = [...Deno.readDirSync(source)].map(({ name }) => name).sort();
    for (const [i, name] of names.entries()) {
      const bytes = planted(Deno.readFileSync(join(source, name)), i);
      Deno.writeFileSync(join(scans, "dicom", `${i}.dcm`), bytes);
    }
    const nifti = Deno.readFileSync(join(FIXTURES, "nifti", "plain.nii"));
    for (const [at, length] of NIFTI_TEXTS) {
      nifti.set(new TextEncoder().encode(WORD.padEnd(length, "x")), at);
    }
    Deno.writeFileSync(join(scans, "plain.nii"), nifti);
    const manifest = join(folder, "manifest.json");
    const one = { split: "test", window: "lung" } as const;
    Deno.writeTextFileSync(
      manifest,
      JSON.stringify({
        schema: "stackbench/manifest",
        version: 1,
        name: `${WORD}name`,
        public: false,
        cases: [
          { id: `${WORD}id1`, patient: `${WORD}p1`, image: join(scans, "dicom"), ...one },
          { id: `${WORD}id2`, patient: `${WORD}p2`, image: join(scans, "plain.nii"), ...one },
        ],
      }),
    );
    Deno.writeTextFileSync(
      join(folder, "suite.json"),
      JSON.stringify({
        schema: "stackbench/suite",
        version: 1,
        name: "tiny",
        dataset: { manifest: "manifest.json" },
        models: [{ model: "vnet:small", input: [8, 16, 16] }],
        timing: { warmup: 0, repeats: 1, processes: 1 },
      }),
    );
    const facts = [
      await stackbenchIn(folder, "inspect", join(scans, "dicom")),
      await stackbenchIn(folder, "inspect", join(scans, "dicom"), "--json"),
      await stackbenchIn(folder, "inspect", join(scans, "plain.nii"), "--json"),
    ];
    const run = await stackbenchIn(
      folder,
      ...["run", "--suite", "suite.json", "--backend", "reference", "--out", "out"],
    );
    const told = await stackbenchIn(folder, "report", "out/result.json", "--out", "out/told");
    const ended = [...facts, run, told];
    assert.deepEqual(ended.map(({ code }) => code), ended.map(() => 0), JSON.stringify(ended));

    const texts = ended.map(({ out, error }, i): [string, string] => [`output ${i}`, out + error])
      .concat([...filesBelow(join(folder, "out"))].map((path) => [path, path + contentOf(path)]));
    assert.ok(texts.length > 8);
    for (const [name, text] of texts) {
      // the folder that a command was told to read may be named to whom it was told by
      const own = text.replaceAll(scans, "");
      for (const word of [WORD, UID, DATE, TIME]) {
        assert.ok(!own.includes(word), `${name} holds ${word}`);
      }
    }
    const result = Deno.readTextFileSync(join(folder, "out", "result.json"));
    assert.ok(!result.includes(folder), "results hold a path");
    // the words are there to be found
    assert.ok(contentOf(join(scans, "dicom", "0.dcm")).includes(`${WORD}100010`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
