/**
 * The messages of an ONNX file, with the field numbers of onnx.proto (IR version 8).
 *
 * @module
 */

import type { Shape } from "../base/shapes.ts";
import { float, integer, integers, type Message, nested, text } from "./wire.ts";

/** Version of the format of files. */
const IR_VERSION = 8;

/** The set of operators that files use: that of ONNX 1.12. */
export const OPSET = 17;

/** Element types of tensors. */
const FLOAT = 1;
const INT64 = 7;

/** Types of attributes. */
const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const;

/** An attribute: a list of whole numbers, a whole number, or a number of single precision. */
export type Attribute = readonly number[] | { readonly int: number } | { readonly float: number };

/** One operator of ONNX applied to values, all by name. */
export interface OnnxNode {
  /** Operator, such as `Conv`. */
  readonly operator: string;
  /** Name of the node. */
  readonly name: string;
  /** Values it reads. */
  readonly inputs: readonly string[];
  /** Value it makes. */
  readonly output: string;
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A tensor with its elements in the file. */
export interface OnnxTensor {
  /** Name. */
  readonly name: string;
  /** Sizes. */
  readonly shape: Shape;
  /** Whole numbers, or what gives the elements in single precision when they are written. */
  readonly data: readonly number[] | (() => Float32Array);
}

/** An input or output. */
export interface OnnxValue {
  /** Name. */
  readonly name: string;
  /** Sizes. */
  readonly shape: Shape;
}

/** What a file holds. */
export interface OnnxFile {
  /** Version of the program that wrote it. */
  readonly producerVersion: string;
  /** Name of the graph. */
  readonly name: string;
  /** Nodes, each after what it reads. */
  readonly nodes: readonly OnnxNode[];
  /** Weights and constants. */
  readonly tensors: readonly OnnxTensor[];
  /** Inputs. */
  readonly inputs: readonly OnnxValue[];
  /** Outputs. */
  readonly outputs: readonly OnnxValue[];
  /** Facts for readers. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** ModelProto. */
export function modelProto({ producerVersion, metadata, ...graph }: OnnxFile): Message {
  return [
    ...integer(1, IR_VERSION),
    ...text(2, "stackbench"),
    ...text(3, producerVersion),
    ...nested(7, graphProto(graph)),
    ...nested(8, integer(2, OPSET)),
    ...Object.entries(metadata).flatMap(([key, value]) =>
      nested(14, [...text(1, key), ...text(2, value)])
    ),
  ];
}

/** GraphProto. */
function graphProto(
  { name, nodes, tensors, inputs, outputs }: Omit<OnnxFile, "producerVersion" | "metadata">,
): Message {
  return [
    ...nodes.flatMap((node) => nested(1, nodeProto(node))),
    ...text(2, name),
    ...tensors.flatMap((tensor) => nested(5, tensorProto(tensor))),
    ...inputs.flatMap((value) => nested(11, valueInfoProto(value))),
    ...outputs.flatMap((value) => nested(12, valueInfoProto(value))),
  ];
}

/** NodeProto. */
function nodeProto({ operator, name, inputs, output, attributes }: OnnxNode): Message {
  return [
    ...inputs.flatMap((input) => text(1, input)),
    ...text(2, output),
    ...text(3, name),
    ...text(4, operator),
    ...Object.entries(attributes).flatMap(([key, value]) => nested(5, attributeProto(key, value))),
  ];
}

/** AttributeProto. */
function attributeProto(name: string, value: Attribute): Message {
  if ("float" in value) {
    return [...text(1, name), ...float(2, value.float), ...integer(20, ATTRIBUTE.float)];
  }
  if ("int" in value) {
    return [...text(1, name), ...integer(3, value.int), ...integer(20, ATTRIBUTE.int)];
  }
  // a list by version 2 of the language: one field a number
  return [
    ...text(1, name),
    ...value.flatMap((one) => integer(8, one)),
    ...integer(20, ATTRIBUTE.ints),
  ];
}

/** TensorProto; its raw data are little-endian, as all processors that Deno runs on are. */
function tensorProto({ name, shape, data }: OnnxTensor): Message {
  const isFloat = typeof data === "function";
  const elements = shape.reduce((product, size) => product * size, 1);
  const raw = isFloat
    ? { length: 4 * elements, make: () => asBytes(data()) }
    : asBytes(BigInt64Array.from(data, BigInt));
  return [
    ...integers(1, shape),
    ...integer(2, isFloat ? FLOAT : INT64),
    ...text(8, name),
    ...nested(9, [raw]),
  ];
}

/** ValueInfoProto with a TypeProto of single precision and fixed sizes. */
function valueInfoProto({ name, shape }: OnnxValue): Message {
  const sizes = shape.flatMap((size) => nested(1, integer(1, size)));
  const type = [...integer(1, FLOAT), ...nested(2, sizes)];
  return [...text(1, name), ...nested(2, nested(1, type))];
}

function asBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
