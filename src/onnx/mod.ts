/**
 * Models as ONNX files, for other programs to run.
 *
 * @module
 */

export { writeOnnx } from "./export.ts";
export { OPSET } from "./messages.ts";
