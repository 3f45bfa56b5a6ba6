/**
 * Which files of npm packages a binary needs: what is loaded, what says what a package is, and its
 * licence. `packaging/binary_test.ts` traces what a checkout opens and finds what is missing here.
 *
 * @module
 */

import { join } from "node:path";

/** What of some packages is loaded. */
interface LoadedFiles {
  /** Names and versions of the packages. */
  readonly packages: RegExp;
  /** Their files, relative to the package; null where their dependents have them bundled. */
  readonly files: RegExp | null;
}

/** Packages that hold much besides. */
const LOADED: readonly LoadedFiles[] = [
  { packages: /^@cornerstonejs\/codec-charls@/, files: /^dist\/charlswasm_decode\./ },
  { packages: /^@cornerstonejs\/codec-openjpeg@/, files: /^dist\/openjpegwasm_decode\./ },
  { packages: /^@resvg\/resvg-wasm@/, files: /^index(\.mjs|_bg\.wasm)$/ },
  { packages: /^d3-(array|geo-projection)@/, files: /^src\/.*\.js$/ },
  { packages: /^d3-/, files: /^dist\/[\w-]+\.mjs$/ },
  // what dcmjs-codecs requires, and what is imported here
  { packages: /^dcmjs@0\.50\./, files: /^build\/dcmjs\.js$/ },
  { packages: /^dcmjs@/, files: /^build\/dcmjs\.es\.js$/ },
  { packages: /^dejavu-fonts-ttf@/, files: /^ttf\/DejaVuSans\.ttf$/ },
  { packages: /^fflate@/, files: /^esm\/index\.mjs$/ },
  { packages: /^vega@/, files: /^build\/vega\.module\.js$/ },
  { packages: /^vega-lite@/, files: /^build\/index\.js$/ },
  { packages: /^zod@/, files: /^(index|v4\/(core|classic|locales)\/.*)\.js$/ },
  {
    packages:
      /^(@babel\/runtime-corejs3|adm-zip|core-js-pure|gl-matrix|iconv-lite|lodash\.clonedeep)@/,
    files: null,
  },
  {
    packages: /^(@types\/.*|delaunator|loglevel.*|pako|robust-predicates|tslib|yargs.*)@/,
    files: null,
  },
];

/** What can be loaded at all, of any other package. */
const LOADABLE = /\.(js|mjs|cjs|json|wasm)$/;
/** What of that never is. */
const ASIDE = /(^|\/)(tests?|examples?|docs?|demo|umd)\//;

/** What stays of every package: what it is, and on which terms. */
const ALWAYS = /(^|\/)package\.json$|^(licen[cs]e|copying|notice)[^/]*$/i;

/**
 * Whether a binary needs a file.
 *
 * @param id name and version of the package
 * @param path of the file, relative to the package, with slashes
 *
 * @example
 * ```ts
 * import { isNeeded } from "./npm_files.ts";
 * import assert from "node:assert/strict";
 * assert.ok(isNeeded("dejavu-fonts-ttf@2.37.3", "ttf/DejaVuSans.ttf"));
 * assert.ok(!isNeeded("dejavu-fonts-ttf@2.37.3", "ttf/DejaVuSans-Bold.ttf"));
 * assert.ok(isNeeded("dejavu-fonts-ttf@2.37.3", "LICENSE"));
 * ```
 */
export function isNeeded(id: string, path: string): boolean {
  if (ALWAYS.test(path)) return true;
  const special = LOADED.find(({ packages }) => packages.test(id));
  if (special) return special.files?.test(path) ?? false;
  return LOADABLE.test(path) && !ASIDE.test(path);
}

/** Absolute paths of what a binary does not need of a package that lies in a folder. */
export function unneededFiles(id: string, folder: string): string[] {
  return [...filesIn(folder)].filter((path) => !isNeeded(id, path))
    .map((path) => join(folder, path));
}

function* filesIn(folder: string, under = ""): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(folder, under))) {
    const path = under === "" ? name : `${under}/${name}`;
    if (isDirectory) yield* filesIn(folder, path);
    else yield path;
  }
}
