/**
 * What a binary is made of, as a bill of materials in CycloneDX 1.6: for whoever must know which
 * packages, in which versions and on which terms, they install.
 *
 * @module
 */

import { join } from "node:path";
import type { PackedFile } from "../src/base/installation.ts";

/** A package of npm that a binary holds. */
export interface PackageFacts {
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Where its files lie. */
  readonly localPath: string;
}

/** What is in a binary. */
export interface Contents {
  /** Version of Stackbench. */
  readonly version: string;
  /** Commit that it was built from. */
  readonly commit: string | null;
  /** Version of Deno, whose runtime it carries. */
  readonly deno: string;
  /** Packages of npm. */
  readonly packages: readonly PackageFacts[];
  /** SHA-512 of packages by `name@version`, as deno.lock has it. */
  readonly integrity: Readonly<Record<string, string>>;
  /** The oneDNN that goes along; null where none does. */
  readonly onednn: PackedFile | null;
}

/** The bill as JSON. It holds no time and no random number: the same contents give the same bill. */
export function billOfMaterials(contents: Contents): string {
  const { version, commit, deno, packages, integrity, onednn } = contents;
  const properties = commit === null ? [] : [{ name: "stackbench:commit", value: commit }];
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": "stackbench",
        name: "stackbench",
        version,
        licenses: [{ license: { id: "Apache-2.0" } }],
        properties,
      },
    },
    components: [
      { type: "platform", "bom-ref": "deno", name: "deno", version: deno, licenses: named("MIT") },
      ...(onednn === null ? [] : [{
        type: "library",
        "bom-ref": "onednn",
        name: "onednn",
        licenses: named("Apache-2.0"),
        hashes: [{ alg: "SHA-256", content: onednn.sha256 }],
      }]),
      ...packages.map((one) => componentOf(one, integrity)).sort((a, b) =>
        a["bom-ref"] < b["bom-ref"] ? -1 : 1
      ),
    ],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function componentOf(
  { name, version, localPath }: PackageFacts,
  integrity: Contents["integrity"],
) {
  // in an address the scope's @ is written as a code
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const [, digest] = /^sha512-(.+)$/.exec(integrity[`${name}@${version}`] ?? "") ?? [];
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    licenses: named(licenceOf(localPath)),
    ...(digest === undefined ? {} : {
      hashes: [{ alg: "SHA-512", content: Uint8Array.fromBase64(digest).toHex() }],
    }),
  };
}

/** The terms that a package names; null where it names none. */
function licenceOf(folder: string): string | null {
  const facts = JSON.parse(Deno.readTextFileSync(join(folder, "package.json")));
  // old packages have a list of records
  const found = facts.license ?? facts.licenses?.[0];
  return typeof found === "string" ? found : found?.type ?? null;
}

function named(licence: string | null) {
  // by name, since what packages say is not always an identifier of SPDX
  return licence === null ? [] : [{ license: { name: licence } }];
}
