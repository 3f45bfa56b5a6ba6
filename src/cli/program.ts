/**
 * The program: all commands, and how it ends. The parser stays inside `cli/`.
 *
 * @module
 */

import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { EXIT, messageOf, StackbenchError } from "../base/errors.ts";
import { PROGRAM_VERSION } from "../base/installation.ts";
import { EXAMPLE_MODELS } from "../models/examples.ts";
import { COMMANDS } from "./commands/mod.ts";
import { writeError, writeOut } from "./terminal.ts";

const EXAMPLES = `
Examples:
  stackbench run                                       the quick suite, on a seeded phantom
  stackbench time --model ${EXAMPLE_MODELS.paperStacks}                seconds of one stack of 32x512x512
  stackbench inspect SCAN                              what a folder or file holds
  stackbench predict --model ${EXAMPLE_MODELS.paperSlices} --weights W SCAN --output mask.nii.gz
`;

/** Runs the command line and gives the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (error) {
    return explain(error);
  }
}

/** The program with all its commands, which throws where it would end the process. */
export function createProgram(): Command {
  const program = new Command("stackbench")
    .description("Benchmarks the segmentation of CT scans in 3D and in 2D, reproducibly.")
    .version(PROGRAM_VERSION)
    .addHelpText("after", EXAMPLES)
    .configureOutput({ writeOut, writeErr: writeError })
    .showHelpAfterError("(--help lists what is legal)");
  for (const register of COMMANDS) register(program);
  takeOver(program);
  return program;
}

/** Keeps a command, and those under it, from ending the process by itself. */
function takeOver(command: CommandUnknownOpts): void {
  command.exitOverride().configureOutput({ writeOut, writeErr: writeError });
  command.commands.forEach(takeOver);
}

/** What the engine says when an array does not fit. */
const NO_MEMORY = /allocation failed|Invalid (typed array|array buffer|array) length/;

/** Whether an error came from the operating system or from Deno's permissions. */
function isOfSystem({ name, message }: Error): boolean {
  return Object.hasOwn(Deno.errors, name) || /\(os error \d+\)/.test(message);
}

/** Characters of a message: a file may hold names of a megabyte, which nobody reads. */
const LONGEST_MESSAGE = 4000;

/** What to do about input of which nothing more is known. */
const LEGAL = "correct it; stackbench COMMAND --help tells what is legal";

/** A message of which no line can pass for one of this program's own, whatever names are in it. */
function told(message: string): string {
  const left = message.length - LONGEST_MESSAGE;
  const short = left > 0
    ? `${message.slice(0, LONGEST_MESSAGE)}... (and ${left} characters more)`
    : message;
  return short.replaceAll(/\r?\n|\r/g, "\n    ");
}

/** Tells the user what went wrong and gives the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof StackbenchError) {
    writeError(`${error.exitCode === EXIT.interrupted ? "" : "error: "}${told(error.message)}\n`);
    const advice = error.advice ?? (error.exitCode === EXIT.usage ? LEGAL : null);
    if (advice !== null) writeError(`  ${told(advice)}\n`);
    return error.exitCode;
  }
  if (error instanceof RangeError && NO_MEMORY.test(error.message)) {
    writeError("error: there is not enough memory for arrays of these sizes\n");
    writeError("  choose smaller sizes, or a smaller batch\n");
    return EXIT.failed;
  }
  if (error instanceof Error && isOfSystem(error)) {
    writeError(`error: the system refused: ${told(error.message)}\n`);
    writeError("  check the path, its permissions, and the room on the disk\n");
    return EXIT.failed;
  }
  const what = error instanceof Error ? error.stack ?? error.message : messageOf(error);
  writeError(`error: something unforeseen happened: ${what}\n`);
  writeError("  this is a fault of stackbench: please report it with the command that led here\n");
  return EXIT.failed;
}
