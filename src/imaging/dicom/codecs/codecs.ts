/**
 * What decodes each kind of compressed frame: the packages behind one shape of function.
 *
 * Each was compared with two other decoders on every depth and sign (`benchmarks/peers`), and each
 * must say when a frame is cut, since a decoder that fills up what is missing makes a wrong scan.
 *
 * @module
 */

import type { Codec } from "../codestream.ts";
import { decodeRle } from "./rle.ts";
import { endsProperly, wholeCodestream } from "./tile_parts.ts";

/** What a frame must turn out to be; its own header was compared with it. */
export interface FrameShape {
  /** Height. */
  readonly rows: number;
  /** Width. */
  readonly columns: number;
  /** Bits of a sample. */
  readonly bits: number;
  /** Bytes of a decoded sample: 1 up to 8 bits, else 2. */
  readonly bytes: 1 | 2;
}

/**
 * Decodes one frame to samples of one or two bytes, the least significant first; valid until the
 * next call. Throws whatever its package throws.
 */
export type FrameDecoder = (frame: Uint8Array, shape: FrameShape) => Uint8Array;

/** Loads what decodes a kind of frame. After an error it must be loaded anew. */
export const CODECS: { readonly [K in Codec]: () => Promise<FrameDecoder> } = {
  "rle": () =>
    Promise.resolve((frame, { rows, columns, bytes }) => decodeRle(frame, rows * columns, bytes)),
  "jpeg": jpeg,
  "jpeg-ls": async () =>
    ended(embound(await load(import("@cornerstonejs/codec-charls")), "JpegLSDecoder")),
  "jpeg-2000": async () =>
    whole(embound(await load(import("@cornerstonejs/codec-openjpeg")), "J2KDecoder")),
  "htj2k": async () =>
    whole(embound(await load(import("@cornerstonejs/codec-openjph")), "HTJ2KDecoder")),
};

/** A decoder of the packages that Emscripten's embind made; they have no types. */
interface EmboundDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { readonly width: number; readonly height: number };
  getDecodedBuffer(): Uint8Array;
}

type EmboundModule = Readonly<Record<string, new () => EmboundDecoder>>;

/** A module of WebAssembly, without what it would print. */
async function load(imported: Promise<unknown>): Promise<EmboundModule> {
  const { default: make } = await imported as {
    readonly default: (options: Record<string, unknown>) => Promise<EmboundModule>;
  };
  const silent = () => {};
  return await make({ print: silent, printErr: silent });
}

function embound(module: EmboundModule, name: string): FrameDecoder {
  const decoder = new module[name]();
  return (frame, { rows, columns, bytes }) => {
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    const { width, height } = decoder.getFrameInfo();
    const samples = decoder.getDecodedBuffer();
    if (width !== columns || height !== rows || samples.length !== rows * columns * bytes) {
      throw new Error("it is cut or damaged");
    }
    return samples;
  };
}

/** The decoder, for frames only that end: those that are cut keep it busy for half a minute. */
function ended(decode: FrameDecoder): FrameDecoder {
  return (frame, shape) => {
    if (!endsProperly(frame)) throw new Error("it is cut or damaged");
    return decode(frame, shape);
  };
}

/** The decoder, for codestreams only that are all there. */
function whole(decode: FrameDecoder): FrameDecoder {
  return (frame, shape) => decode(wholeCodestream(frame), shape);
}

/** What of `dcmjs-codecs` is used. */
interface DcmjsCodecs {
  readonly NativeCodecs: {
    initializeAsync(options: { readonly logCodecsInfo: boolean }): Promise<void>;
    decodeJpeg(context: unknown, options: object): { getDecodedBuffer(): Uint8Array };
  };
  readonly Context: new (facts: Readonly<Record<string, unknown>>) => unknown;
  readonly log: { info: (message: string) => void };
}

/** Warnings of libjpeg that cost no pixel. */
const HARMLESS = /extraneous bytes/;

/** JPEG of 8 and 12 bits and lossless JPEG: libjpeg, which warns of damage and goes on. */
async function jpeg(): Promise<FrameDecoder> {
  const { default: codecs } = await import("dcmjs-codecs") as unknown as {
    readonly default: DcmjsCodecs;
  };
  const { NativeCodecs, Context, log } = codecs;
  await NativeCodecs.initializeAsync({ logCodecsInfo: true });
  return (frame, { rows, columns, bits, bytes }) => {
    let damage: string | null = null;
    // The log is one of the package, also where it was loaded twice: it is asked anew each time.
    log.info = (message) => {
      if (/Corrupt JPEG|Premature/i.test(message) && !HARMLESS.test(message)) {
        damage ??= message.slice(message.lastIndexOf("::") + 2);
      }
    };
    const context = new Context({
      width: columns,
      height: rows,
      bitsAllocated: 8 * bytes,
      bitsStored: bits,
      samplesPerPixel: 1,
      pixelRepresentation: 0,
      planarConfiguration: 0,
      photometricInterpretation: "MONOCHROME2",
      encodedBuffer: frame,
    });
    const samples = NativeCodecs.decodeJpeg(context, {}).getDecodedBuffer();
    if (damage !== null) throw new Error(damage);
    if (samples.length !== rows * columns * bytes) throw new Error("it is cut or damaged");
    return samples;
  };
}
