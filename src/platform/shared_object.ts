/**
 * Whether a shared library can be loaded at all, before the system's loader is asked: it ends the
 * whole process where a file is cut short.
 *
 * @module
 */

/** Machines of ELF files (`e_machine`), as Deno names them. */
const MACHINES: Readonly<Record<number, string>> = { 62: "x86_64", 183: "aarch64" };

/** Other machines that libraries are found for, to name them. */
const OTHERS: Readonly<Record<number, string>> = {
  3: "32-bit x86",
  21: "PowerPC",
  40: "32-bit ARM",
  243: "RISC-V",
};

const HEADER = 64;

/** Bytes of an entry of the program header table. */
const PROGRAM_HEADER = 56;

/**
 * What keeps a file from being loaded on this machine, in words; null where nothing is seen. Only
 * ELF files (Linux) are looked into.
 */
export function loadProblem(path: string): string | null {
  if (Deno.build.os !== "linux") return null;
  try {
    using file = Deno.openSync(path, { read: true });
    const size = file.statSync().size;
    return elfProblem(
      readAt(file, 0, HEADER),
      size,
      (offset, length) => readAt(file, offset, length),
      Deno.build.arch,
    );
  } catch {
    // the loader says itself what it cannot read
    return null;
  }
}

/**
 * What is wrong with an ELF file of 64 bits, in words; null where nothing is seen.
 *
 * @param header its first 64 bytes
 * @param size of the whole file
 * @param read reads bytes at an offset
 * @param arch of the machine, as Deno names it
 */
export function elfProblem(
  header: Uint8Array<ArrayBuffer>,
  size: number,
  read: (offset: number, length: number) => Uint8Array<ArrayBuffer>,
  arch: string,
): string | null {
  if (size === 0) return "it is empty";
  const magic = [0x7f, 0x45, 0x4c, 0x46];
  if (!magic.every((byte, i) => header[i] === byte)) {
    return "it is no shared library (its first bytes are not those of an ELF file)";
  }
  if (header.length < HEADER) return `it ends after ${size} bytes, within its header`;
  const view = new DataView(header.buffer, header.byteOffset);
  const little = header[5] === 1;
  const machine = view.getUint16(18, little);
  if (header[4] !== 2 || MACHINES[machine] !== arch) {
    const name = MACHINES[machine] ?? OTHERS[machine] ?? `machine ${machine}`;
    return `it was built for ${name}, and this machine is ${arch}`;
  }
  const needed = Math.max(
    lastByteOfSegments(view, little, read),
    Number(view.getBigUint64(40, little)) + view.getUint16(58, little) * view.getUint16(60, little),
  );
  return size < needed ? `it is cut short: ${size} of ${needed} bytes are there` : null;
}

/** Where the last segment that is loaded ends. */
function lastByteOfSegments(
  view: DataView,
  little: boolean,
  read: (offset: number, length: number) => Uint8Array<ArrayBuffer>,
): number {
  const [offset, entry, count] = [
    Number(view.getBigUint64(32, little)),
    view.getUint16(54, little),
    view.getUint16(56, little),
  ];
  const bytes = read(offset, entry * count);
  const table = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let last = offset + entry * count;
  // an entry that is too short for what is read of it tells nothing
  const whole = entry < PROGRAM_HEADER ? 0 : Math.floor(bytes.length / entry);
  for (let i = 0; i < whole; i++) {
    const end = table.getBigUint64(i * entry + 8, little) +
      table.getBigUint64(i * entry + 32, little);
    last = Math.max(last, Number(end));
  }
  return last;
}

function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
