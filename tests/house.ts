/**
 * The plan of the house: which file may import which, as a rule over a graph of imports.
 *
 * @module
 */

import { dirname, join, normalize, relative } from "node:path";

/** Files that each file imports, types included; paths relative to one folder. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Rooms that each room may import; and whoever may import a room may import what that may. */
export type Arrows = Readonly<Record<string, readonly string[]>>;

/** Floors of a folder by its path, the lowest first; `.` are the files of the folder itself. */
export type Floors = Readonly<Record<string, readonly (readonly string[])[]>>;

/** The imports of all TypeScript files below some folders, but for those of data. */
export function readImports(root: string, folders: readonly string[]): Imports {
  const imports = new Map<string, readonly string[]>();
  for (const folder of folders) {
    for (const path of sources(join(root, folder))) {
      // examples in doc comments import as a reader's file would
      const text = Deno.readTextFileSync(path).replaceAll(/^ *\*.*$/gm, "");
      const found = [...text.matchAll(/(?:from|import|import\()\s*"(\.[^"]+\.ts)"/g)]
        .map(([, specifier]) => relative(root, join(dirname(path), specifier)));
      imports.set(relative(root, path), found);
    }
  }
  return imports;
}

function* sources(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** Imports between the rooms of `src` that no arrow allows, in words. */
export function wrongArrows(imports: Imports, arrows: Arrows): string[] {
  const reachable = (room: string): Set<string> => {
    const rooms = new Set([room]);
    for (const known of rooms) for (const next of arrows[known] ?? []) rooms.add(next);
    return rooms;
  };
  const wrong: string[] = [];
  for (const [path, targets] of imports) {
    if (!path.startsWith("src/")) continue;
    const allowed = reachable(roomOf(path));
    for (const target of targets) {
      const room = roomOf(target);
      if (!allowed.has(room)) wrong.push(`${path} imports ${room} (${target})`);
    }
  }
  return wrong;
}

const roomOf = (path: string) => path.startsWith("src/") ? path.split("/")[1] : path;

/**
 * Imports of a higher floor of the same folder or of a neighbour on the same floor, and files that
 * stand on none, in words.
 */
export function wrongFloors(imports: Imports, floors: Floors): string[] {
  return Object.entries(floors).flatMap(([folder, storeys]) => {
    /** Name of the part of the folder that a file stands in; null outside of it. */
    const partOf = (path: string) => {
      const inside = relative(folder, path);
      if (inside.startsWith("..")) return null;
      return inside.includes("/") ? inside.split("/")[0] : ".";
    };
    const floorOf = (part: string) => storeys.findIndex((names) => names.includes(part));
    return [...imports].flatMap(([path, targets]) => {
      const part = partOf(path);
      if (part === null) return [];
      const floor = floorOf(part);
      if (floor < 0) return [`${path} stands on no floor of ${folder}`];
      return targets.flatMap((target) => {
        const other = partOf(target);
        const allowed = other === null || other === part || floorOf(other) < floor;
        return allowed ? [] : [`${path} imports ${target}, which stands no lower`];
      });
    });
  });
}

/** Imports of one folder below `parent` by another one, in words; tests may compare neighbours. */
export function wrongNeighbours(imports: Imports, parent: string): string[] {
  const folderOf = (path: string) => {
    const inside = relative(parent, path);
    return inside.startsWith("..") || !inside.includes("/") ? null : inside.split("/")[0];
  };
  return [...imports].flatMap(([path, targets]) => {
    const own = folderOf(path);
    return own === null || path.endsWith("_test.ts") ? [] : targets
      .filter((target) => ![null, own].includes(folderOf(target)))
      .map((target) => `${path} imports its neighbour: ${target}`);
  });
}

/**
 * Files that import each other in a circle, each circle once, in the order in which they are met.
 * Tarjan's algorithm would name whole knots; one circle of each is enough to mend it.
 */
export function circles(imports: Imports): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) return void found.push([...trail.slice(at), path]);
    if (done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(normalize(target), [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}
