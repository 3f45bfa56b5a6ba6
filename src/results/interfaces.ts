/**
 * TypeScript of a JSON Schema: an interface for each of its definitions, with their descriptions.
 *
 * @module
 */

/** As much of JSON Schema as the schemas of results are written in. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
}

/** Definitions by name. */
export type Definitions = Readonly<Record<string, JsonSchema>>;

/** Columns of a line of comment. */
const WIDTH = 100;

/**
 * Exported types for definitions, in their order, for reading only. A field that says nothing of
 * itself has the comment of what it refers to.
 *
 * @example
 * ```ts
 * import { interfaces } from "./interfaces.ts";
 * import assert from "node:assert/strict";
 * const sizes = { type: "array", items: { type: "integer" } };
 * const text = interfaces({ Box: { type: "object", properties: { sizes }, required: [] } });
 * assert.equal(text, "export interface Box {\n  readonly sizes?: readonly number[];\n}\n");
 * ```
 */
export function interfaces(definitions: Definitions): string {
  return Object.entries(definitions).map(([name, schema]) => {
    const text = typeText(schema, "", definitions);
    const declared = schema.properties ? `interface ${name} ${text}` : `type ${name} = ${text};`;
    return `${comment(schema.description, "")}export ${declared}\n`;
  }).join("\n");
}

/** The TypeScript type of a schema. */
export function typeText(schema: JsonSchema, indent: string, definitions: Definitions): string {
  const typeOf = (inner: JsonSchema) => typeText(inner, indent, definitions);
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.properties !== undefined) return objectText(schema, indent, definitions);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (Object.keys(schema).length === 0) return "unknown";
  const choices = schema.anyOf ?? schema.oneOf ??
    (Array.isArray(schema.type) ? schema.type.map((type) => ({ type })) : undefined);
  if (choices !== undefined) return choices.map(typeOf).join(" | ");
  switch (schema.type) {
    case "object":
      return `Readonly<Record<string, ${typeOf(orAny(schema.additionalProperties))}>>`;
    case "array":
      return schema.prefixItems
        ? `readonly [${schema.prefixItems.map(typeOf).join(", ")}]`
        : `readonly ${elementText(orAny(schema.items), typeOf)}[]`;
    case "integer":
      return "number";
    case "number":
    case "string":
    case "boolean":
    case "null":
      return schema.type;
  }
  throw new TypeError(`no TypeScript is known for ${JSON.stringify(schema)}`);
}

/** An element's type, in parentheses where it is made of several words. */
function elementText(item: JsonSchema, typeOf: (schema: JsonSchema) => string): string {
  const single = item.$ref !== undefined || item.properties !== undefined ||
    /^\w+$/.test(typeOf(item));
  return single ? typeOf(item) : `(${typeOf(item)})`;
}

function objectText(
  { properties = {}, required = [] }: JsonSchema,
  indent: string,
  definitions: Definitions,
): string {
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, schema]) => {
    const of = schema.description ?? (schema.$ref && definitions[nameOf(schema.$ref)].description);
    const mark = required.includes(name) ? "" : "?";
    return `${comment(of, inner)}${inner}readonly ${name}${mark}: ` +
      `${typeText(schema, inner, definitions)};\n`;
  });
  return `{\n${fields.join("")}${indent}}`;
}

function nameOf(reference: string): string {
  return reference.split("/").at(-1)!;
}

function orAny(schema: JsonSchema | boolean | undefined): JsonSchema {
  if (typeof schema === "object") return schema;
  throw new TypeError("an array or a record has no schema of what is in it");
}

/** A doc comment, in one line where that fits. */
function comment(text: string | undefined, indent: string): string {
  if (text === undefined) return "";
  const line = `${indent}/** ${text} */`;
  if (line.length <= WIDTH) return `${line}\n`;
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    const longer = last === "" ? word : `${last} ${word}`;
    if (last !== "" && `${indent} * ${longer}`.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return `${indent}/**\n${lines.map((one) => `${indent} * ${one}\n`).join("")}${indent} */\n`;
}
