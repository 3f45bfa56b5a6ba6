import assert from "node:assert/strict";
import { join } from "node:path";
import { hounsfieldSlice, huSha256 } from "../hounsfield.ts";
import { listSeries, readScan } from "../read.ts";
import { assertRefused, fixture, withFolder } from "../testing.ts";
import { planWindow, windowSlice } from "../windowing.ts";

Deno.test("passes over the same places are series of their own, to be chosen from", () => {
  for (const [name, part] of [["passes", /acquisition 2/], ["passes_by_time", /pass 2 of 2/]]) {
    const path = fixture("dicom", name as string);
    assertRefused(() => readScan(path), "several-series", /2 series/, part as RegExp);
    const [first, second] = [1, 2].map((series) => readScan(path, { series }));
    assert.deepEqual(first.shape, [3, 5, 6]);
    assert.notEqual(huSha256(first), huSha256(second));
  }
});

Deno.test("a scout in the series is left out by its plane, and told", () => {
  const { report, ...scan } = readScan(fixture("dicom/scouted"));
  assert.equal(huSha256(scan), huSha256(readScan(fixture("dicom/plain"))));
  assert.deepEqual(report.find(({ rule }) => rule === "odd-image")?.files?.length, 1);
});

Deno.test("the one scan of a study is read, what lies beside it is told", () => {
  withFolder((folder) => {
    Deno.mkdirSync(join(folder, "below"));
    for (const name of ["a", "b", "c", "d", "e"]) {
      const file = `${name}.dcm`;
      Deno.copyFileSync(fixture("dicom/plain", file), join(folder, "below", file));
    }
    Deno.copyFileSync(fixture("dicom/bits_8.dcm"), join(folder, "picture.dcm"));
    assert.equal(listSeries(folder).length, 2);
    const { report, ...scan } = readScan(folder);
    assert.equal(huSha256(scan), huSha256(readScan(fixture("dicom/plain"))));
    assert.deepEqual(report.find(({ rule }) => rule === "other-series")?.files, ["picture.dcm"]);
  });
});

/** The plain series with bytes of each file (or of some) changed. */
function changed(
  change: (bytes: Uint8Array<ArrayBuffer>, at: number) => Uint8Array<ArrayBuffer>,
  work: (folder: string) => void,
): void {
  withFolder((folder) => {
    [..."abcde"].forEach((name, at) => {
      const bytes = Deno.readFileSync(fixture("dicom/plain", `${name}.dcm`));
      Deno.writeFileSync(join(folder, `${name}.dcm`), change(bytes, at));
    });
    work(folder);
  });
}

/** Where an element of explicit VR begins. */
function placeOf(bytes: Uint8Array, group: number, element: number, vr: string): number {
  const tag = [group & 255, group >> 8, element & 255, element >> 8];
  const wanted = [...tag, ...new TextEncoder().encode(vr)];
  return bytes.findIndex((_, at) => wanted.every((byte, index) => bytes[at + index] === byte));
}

function without(bytes: Uint8Array<ArrayBuffer>, group: number, element: number, vr: string) {
  const at = placeOf(bytes, group, element, vr);
  const end = at + 8 + new DataView(bytes.buffer).getUint16(at + 6, true);
  return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end)]);
}

Deno.test("a slope without intercept is refused, an intercept without slope is read", () => {
  changed(
    (bytes) => without(bytes, 0x0028, 0x1052, "DS"),
    (folder) => assertRefused(() => readScan(folder), "bad-rescale", /no RescaleIntercept/),
  );
  changed((bytes) => without(bytes, 0x0028, 0x1053, "DS"), (folder) => {
    const { report, ...scan } = readScan(folder);
    assert.equal(huSha256(scan), huSha256(readScan(fixture("dicom/plain"))));
    assert(report.some(({ rule }) => rule === "no-slope"));
  });
});

Deno.test("slices without rescale among slices with it are refused by name", () => {
  changed(
    (bytes, at) =>
      at === 1 ? without(without(bytes, 0x0028, 0x1052, "DS"), 0x0028, 0x1053, "DS") : bytes,
    (folder) => assertRefused(() => readScan(folder), "mixed-transform", /b\.dcm.*none stated/),
  );
});

Deno.test("a missing or illegal PixelRepresentation is read only where it makes no difference", () => {
  const sign = (value: number) => (bytes: Uint8Array<ArrayBuffer>) => {
    bytes[placeOf(bytes, 0x0028, 0x0103, "US") + 8] = value;
    return bytes;
  };
  const plain = huSha256(readScan(fixture("dicom/plain")));
  for (
    const change of [
      sign(7),
      (bytes: Uint8Array<ArrayBuffer>) => without(bytes, 0x0028, 0x0103, "US"),
    ]
  ) {
    changed(change, (folder) => {
      const { report, ...scan } = readScan(folder);
      assert.equal(huSha256(scan), plain);
      assert(report.some(({ rule }) => rule === "no-sign"));
    });
  }
  changed((bytes, at) => {
    // one value with its highest bit set: 65,000 or -536
    if (at === 2) bytes[bytes.length - 1] = 0xfd;
    return sign(2)(bytes);
  }, (folder) => assertRefused(() => readScan(folder), "no-sign", /c\.dcm/));
});

Deno.test("what stands behind the pixels is padding, unless it is as much as another frame", () => {
  const plain = huSha256(readScan(fixture("dicom/plain")));
  const longer = (more: Uint8Array) => (bytes: Uint8Array<ArrayBuffer>) => {
    const at = placeOf(bytes, 0x7fe0, 0x0010, "OW");
    const view = new DataView(bytes.buffer);
    view.setUint32(at + 8, view.getUint32(at + 8, true) + more.length, true);
    return Uint8Array.from([...bytes, ...more]);
  };
  for (const more of [new Uint8Array(20).fill(9), new Uint8Array(4000)]) {
    changed(longer(more), (folder) => {
      const { report, ...scan } = readScan(folder);
      assert.equal(huSha256(scan), plain);
      assert(report.some(({ rule }) => rule === "excess-pixels"));
    });
  }
  changed(
    longer(new Uint8Array(60).fill(1)),
    (folder) => assertRefused(() => readScan(folder), "pixel-length", /60 more/),
  );
});

Deno.test("windows are chosen by number or name, and VOI LUTs are the tables that pydicom applies", () => {
  const scan = readScan(fixture("dicom/voi_lut.dcm"));
  assert.deepEqual(scan.windows[0].map(({ name }) => name), [
    "LUNG",
    "SOFT TISSUE",
    "STEEP",
    "FLAT",
  ]);
  assert.equal(planWindow(scan, { metadata: "soft tissue" }).windows[0].center, 40);
  assert.equal(planWindow(scan, { metadata: 2 }).windows[0].center, 40);
  assertRefused(() => planWindow(scan, { metadata: "BONE" }), "no-window", /40\/400 SOFT TISSUE/);
  const levels: Record<string, number[]> = JSON.parse(
    Deno.readTextFileSync(fixture("voi_lut.json")),
  );
  for (const [name, wanted] of Object.entries(levels)) {
    const values = windowSlice(scan, 0, planWindow(scan, { metadata: name }));
    assert.equal(values.length, wanted.length);
    values.forEach((value, at) =>
      assert(Math.abs(value - wanted[at]) < 1e-6, `${name}: ${value} for ${wanted[at]}`)
    );
  }
});

Deno.test("signed and unsigned slices of one scan are read together", () => {
  changed((bytes, at) => {
    if (at % 2 === 0) return bytes;
    // stored signed: the pixels less 1024, the intercept 0
    bytes[placeOf(bytes, 0x0028, 0x0103, "US") + 8] = 1;
    const intercept = placeOf(bytes, 0x0028, 0x1052, "DS") + 8;
    bytes.set(new TextEncoder().encode("0".padEnd(bytes[intercept - 2])), intercept);
    const view = new DataView(bytes.buffer);
    const pixels = placeOf(bytes, 0x7fe0, 0x0010, "OW") + 12;
    for (let place = pixels; place < bytes.length; place += 2) {
      view.setInt16(place, view.getUint16(place, true) - 1024, true);
    }
    return bytes;
  }, (folder) => {
    const scan = readScan(folder);
    const plain = readScan(fixture("dicom/plain"));
    for (let z = 0; z < 5; z++) {
      assert.deepEqual(hounsfieldSlice(scan, z), hounsfieldSlice(plain, z));
    }
  });
});
