import assert from "node:assert/strict";
import { join } from "node:path";
import { huSha256 } from "../hounsfield.ts";
import { readScan } from "../read.ts";
import { fixture, withFolder } from "../testing.ts";

const bytesOf = (...parts: (string | number | readonly number[])[]) =>
  parts.flatMap((part): number[] =>
    typeof part === "string"
      ? [...new TextEncoder().encode(part)]
      : typeof part === "number"
      ? [part & 255, part >> 8 & 255]
      : [...part]
  );
const long = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
const [UNDEFINED, ITEM, ITEM_END, SEQUENCE_END] = [
  long(0xffffffff),
  bytesOf(0xfffe, 0xe000),
  bytesOf(0xfffe, 0xe00d, long(0)),
  bytesOf(0xfffe, 0xe0dd, long(0)),
];
const creator = bytesOf(0x0023, 0x0010, "LO", 8, "INVENTED");
const explicit = bytesOf(0x0040, 0x0255, "LO", 2, "x ", 0x0040, 0x2016, "UT", 0, long(2), "y ");
const implicit = bytesOf(0x0040, 0x0255, long(2), "x ", 0x0040, 0x2016, long(2), "y ");
const item = (content: number[]) => [...ITEM, ...long(content.length), ...content];
const openItem = (content: number[]) => [...ITEM, ...UNDEFINED, ...content, ...ITEM_END];
const element = (vr: string, content: number[]) =>
  bytesOf(0x0023, 0x1080, vr, 0, long(content.length), content);
const openElement = (vr: string, content: number[]) =>
  bytesOf(0x0023, 0x1080, vr, 0, UNDEFINED, content, SEQUENCE_END);

/** Elements that may stand before the pixels of an explicit file. */
const ODD: Readonly<Record<string, number[]>> = {
  "a private sequence of explicit items": openElement("SQ", openItem(explicit)),
  "a private sequence whose items are implicit": openElement("SQ", openItem(implicit)),
  "the same, of stated length": element("SQ", item(implicit)),
  "UN of undefined length, implicit items": openElement("UN", item(implicit)),
  "UN of undefined length, explicit items": openElement("UN", openItem(explicit)),
  "UN of undefined length within UN": openElement(
    "UN",
    openItem([...bytesOf(0x0040, 0x0260, UNDEFINED), ...openItem(implicit), ...SEQUENCE_END]),
  ),
  "a sequence without items": openElement("SQ", []),
  "UN that is no sequence": element("UN", bytesOf("abcd")),
  "an icon with fragments": openElement(
    "SQ",
    openItem(bytesOf(0x7fe0, 0x0010, "OB", 0, UNDEFINED, item([]), item([1, 2]), SEQUENCE_END)),
  ),
  "very long integers": element("OV", [1, 2, 3, 4, 5, 6, 7, 8]),
  "unsigned very long integers": element("UV", [1, 2, 3, 4, 5, 6, 7, 8]),
  "an element without representation": bytesOf(0x0023, 0x1080, long(4), "abcd"),
  "a delimiter that strays": SEQUENCE_END,
  "an item's delimiter that strays": ITEM_END,
  "OB of undefined length that holds no items": openElement("OB", bytesOf("abcdefgh")),
};

Deno.test("whatever stands before the pixels, the image is the same", () => {
  const name = fixture("dicom/syntax_explicit.dcm");
  const bytes = Deno.readFileSync(name);
  const plain = huSha256(readScan(name));
  const samples = bytesOf(0x0028, 0x0002, "US");
  const at = bytes.findIndex((_, from) =>
    samples.every((byte, index) => bytes[from + index] === byte)
  );
  withFolder((folder) => {
    for (const [what, odd] of Object.entries(ODD)) {
      const path = join(folder, "odd.dcm");
      const parts = [bytes.subarray(0, at), creator, odd, bytes.subarray(at)];
      Deno.writeFileSync(path, Uint8Array.from(parts.flatMap((part) => [...part])));
      assert.equal(huSha256(readScan(path)), plain, what);
    }
  });
});

Deno.test("a data set is read as it is written, not as its header claims", () => {
  const uid = (text: string) => new TextEncoder().encode(text.padEnd(20, "\0"));
  const claims = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"];
  const plain = huSha256(readScan(fixture("dicom/syntax_explicit.dcm")));
  withFolder((folder) => {
    for (const name of ["implicit", "explicit", "big_endian"]) {
      const bytes = Deno.readFileSync(fixture(`dicom/syntax_${name}.dcm`));
      const view = new DataView(bytes.buffer);
      const place = bytesOf(0x0002, 0x0010, "UI");
      const at = bytes.findIndex((_, from) =>
        place.every((byte, index) => bytes[from + index] === byte)
      );
      const length = view.getUint16(at + 6, true);
      for (const claim of claims) {
        const path = join(folder, "claim.dcm");
        const parts = [bytes.subarray(0, at + 6), [20, 0], uid(claim)];
        const changed = [...parts, bytes.subarray(at + 8 + length)].flatMap((part) => [...part]);
        Deno.writeFileSync(path, Uint8Array.from(changed));
        assert.equal(huSha256(readScan(path)), plain, `${name} as ${claim}`);
      }
    }
  });
});
