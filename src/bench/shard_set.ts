/**
 * The shards of one run: found, read, and refused by name where they are not all of it.
 *
 * @module
 */

import { join } from "node:path";
import { differenceText, firstDifference } from "../base/difference.ts";
import { InputError } from "../base/errors.ts";
import { canonicalJson } from "../base/hashing.ts";
import { isThere } from "../base/is_there.ts";
import { readResultFile, type RunResult, type ShardRecord } from "../results/mod.ts";
import { CURRENT, versionText } from "../results/version.ts";
import { resultPath } from "./run_folder.ts";
import { faultOf } from "./sound_records.ts";

/** A shard with where it lies. */
export interface Shard {
  /** Its folder. */
  readonly folder: string;
  /** Its results. */
  readonly result: RunResult;
  /** Which part it is. */
  readonly shard: ShardRecord;
}

/** The folder of a shard, below that of its run. */
const SHARD_FOLDER = /^shard-(\d+)-of-\d+$/;

/**
 * All shards of a run, in order.
 *
 * @param folders those of shards, or of runs with their shards below
 * @throws InputError that names every shard that is missing, there twice, of another run or program,
 *   unfinished, or was changed
 */
export function shardsOfRun(folders: readonly string[]): readonly Shard[] {
  const read = folders.flatMap(withShards).map(readShard);
  const shards = read.filter((one) => typeof one !== "string");
  const problems = read.filter((one) => typeof one === "string");
  const identities = shards.map((one) => canonicalJson(identityOf(one)));
  const model = shards[placeOfMost(identities)];
  if (model !== undefined) {
    problems.push(
      ...shards.flatMap((one) => foreign(one, model)),
      ...shards.flatMap(({ folder, result }) =>
        result.status === "complete" ? [] : [
          `${folder} is not finished: run it again with --resume`,
        ]
      ),
      ...unfilled(shards, model),
      ...shards.flatMap(faults),
    );
  }
  if (problems.length > 0) {
    throw new InputError(`these are not the shards of one run:\n  ${problems.join("\n  ")}`, {
      advice: "name each shard of one run once; a shard is made again by the command that made it",
      details: { problems },
    });
  }
  return shards.toSorted((a, b) => a.shard.index - b.shard.index);
}

/** A folder of shards as these, any other as itself. */
function withShards(folder: string): string[] {
  try {
    const numbers = [...Deno.readDirSync(folder)].flatMap(({ name }) => {
      const [, number] = SHARD_FOLDER.exec(name) ?? [];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    });
    if (numbers.length === 0) return [folder];
    return numbers.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1))
      .map(({ name }) => join(folder, name));
  } catch {
    // what is wrong with it shows when its results are read
    return [folder];
  }
}

/** A shard, or what is wrong with its file in words. */
function readShard(folder: string): Shard | string {
  const path = resultPath({ out: folder });
  if (!isThere(path)) return `${folder} has no results: its shard was never run`;
  let read;
  try {
    read = readResultFile(path);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  const { result, from } = read;
  if (from.version !== CURRENT.version || from.minor !== CURRENT.minor) {
    const isOld = from.version < CURRENT.version || from.minor < CURRENT.minor;
    return `${folder} was made by ${isOld ? "an older" : "a newer"} program: its results have ` +
      `version ${versionText(from)}, not ${versionText(CURRENT)}`;
  }
  const { shard } = result;
  return shard === undefined
    ? `${folder} holds a whole run and no shard`
    : { folder, result, shard };
}

/** What all shards of a run have in common. */
function identityOf({ result, shard }: Shard) {
  const { tool, suite, models, dataset: { cases: _, ...dataset }, environment } = result;
  const { count, scans, divisionSha256 } = shard;
  const { name, libraries } = environment.backend;
  return {
    tool,
    suite,
    models,
    dataset,
    backend: { name, libraries },
    shard: { count, scans, divisionSha256 },
  };
}

/** Where what most are stands first. */
function placeOfMost(values: readonly string[]): number {
  const count = (value: string) => values.filter((one) => one === value).length;
  return values.reduce(
    (best, value, place) => count(value) > count(values[best]) ? place : best,
    0,
  );
}

/** Why a shard is not of the run that most are of. */
function foreign(one: Shard, model: Shard): string[] {
  const { folder, result: { tool } } = one;
  const [own, others] = [identityOf(one), identityOf(model)];
  if (canonicalJson(own.tool) !== canonicalJson(others.tool)) {
    const named = ({ version, commit }: typeof tool) =>
      `stackbench ${version}${commit === null ? "" : `, commit ${commit.slice(0, 12)}`}`;
    const age = isOlder(tool.version, others.tool.version) ? "an older" : "another";
    return [`${folder} was made by ${age} program: ${named(tool)}, not ${named(others.tool)}`];
  }
  const difference = firstDifference(others, own);
  return difference ? [`${folder} is of another run (${differenceText(difference)})`] : [];
}

/** Whether a version such as 0.9.1 comes before another. */
function isOlder(version: string, other: string): boolean {
  const [a, b] = [version, other].map((text) => text.split(".").map(Number));
  const place = a.findIndex((number, i) => number !== b[i]);
  return place >= 0 && a[place] < b[place];
}

/** Shards that are missing, and those that are there twice. */
function unfilled(shards: readonly Shard[], model: Shard): string[] {
  const { count } = model.shard;
  const own = shards.filter((one) => foreign(one, model).length === 0);
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const foldersOf = (number: number) =>
    own.filter(({ shard }) => shard.index === number).map(({ folder }) => folder);
  const missing = numbers.filter((number) => foldersOf(number).length === 0);
  return [
    ...(missing.length === 0
      ? []
      : [`shard ${missing.join(", ")} of ${count} ${missing.length === 1 ? "is" : "are"} missing`]),
    ...numbers.filter((number) => foldersOf(number).length > 1).map((number) =>
      `shard ${number} of ${count} is there ${foldersOf(number).length} times: ` +
      foldersOf(number).join(", ")
    ),
  ];
}

/** What was changed of a shard since it was made. */
function faults({ folder, result }: Shard): string[] {
  const { dataset: { cases }, predictions } = result;
  const named = cases.map(({ index, id }) => ({ index, id: id ?? "" }));
  const isPublic = cases.some(({ id }) => id !== null);
  return predictions.flatMap((record) => {
    const fault = faultOf(record, { out: folder, isPublic, cases: named });
    return fault ? [`${folder}: ${record.model} of scan ${record.case}: ${fault}`] : [];
  });
}
