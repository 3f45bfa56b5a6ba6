/**
 * For tests: a shared library that could be loaded, and holds nothing.
 *
 * @module
 */

/** `e_machine` of ELF files, by Deno's names. */
export const MACHINE = { x86_64: 62, aarch64: 183 } as const;

/** An ELF file of 64 bits with one segment of 100 bytes behind its headers. */
export function elf(
  machine: number = MACHINE[Deno.build.arch],
  bits = 2,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64 + 56 + 100);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits, 1]);
  view.setUint16(18, machine, true);
  view.setBigUint64(32, 64n, true); // where segments are listed
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setBigUint64(64 + 8, 120n, true); // where the segment lies
  view.setBigUint64(64 + 32, 100n, true); // and how long it is
  return bytes;
}
