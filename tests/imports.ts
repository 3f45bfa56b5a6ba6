/**
 * Who imports whom, and which of it no house should have.
 *
 * @module
 */

import { dirname, join, relative } from "node:path";

/** Files by path, with the files of ours that they import. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The import graph of the TypeScript files of a folder, types included. */
export async function importsOf(folder: string): Promise<ImportGraph> {
  const graph = new Map<string, string[]>();
  for await (const path of sources(folder)) {
    const text = await Deno.readTextFile(path);
    // an import in an example of a comment is none of the file's own
    const code = text.replaceAll(/^\s*\*.*$/gm, "");
    const found = code.matchAll(/(?:from|import|import\()\s*"(\.[^"]+\.ts)"/g);
    graph.set(path, [...found].map(([, specifier]) => join(dirname(path), specifier)));
  }
  return graph;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** Circles of files that import each other, the first one closed by the last. */
export function circlesOf(graph: ImportGraph): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]) => {
    const at = trail.indexOf(file);
    if (at >= 0) circles.push([...trail.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}

/**
 * Imports that lead from a floor to one above it, or to a neighbour on the same floor.
 *
 * @param folder the house
 * @param floors names of its folders, the lowest floor first; files beside them are above all
 */
export function climbsOf(
  graph: ImportGraph,
  folder: string,
  floors: readonly (readonly string[])[],
): string[] {
  const roomOf = (file: string) => relative(folder, file).split("/")[0];
  const levelOf = (room: string) => {
    const level = floors.findIndex((rooms) => rooms.includes(room));
    return level < 0 ? floors.length : level;
  };
  return [...graph].flatMap(([file, imported]) =>
    imported.filter((target) => !relative(folder, target).startsWith("..")).flatMap((target) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      const [own, other] = [levelOf(from), levelOf(to)];
      const allowed = other < own || from === to || own === floors.length;
      return allowed ? [] : [`${relative(folder, file)} imports ${relative(folder, target)}`];
    })
  );
}
