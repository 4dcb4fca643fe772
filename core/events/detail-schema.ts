import { Ajv, type ErrorObject } from "ajv";
import { errorText } from "../errors.ts";
import { hashOf, type JsonObject } from "../ids/index.ts";
import { compilePattern } from "../params/pattern.ts";
import type { Violation } from "./event.ts";
import { type SchemaFault, schemaFault } from "./schema-faults.ts";

/** The most violations that are kept of one event. */
export const MAX_VIOLATIONS = 20;

const MAX_TEXT_CHARS = 200;

/** Tells what in a detail does not fit. */
export type DetailCheck = (detail: JsonObject) => Violation[];

export type CompiledSchema =
  | { outcome: "compiled"; check: DetailCheck }
  | ({ outcome: "invalid" } & SchemaFault);

/** Compiles the JSON Schemas of one set of event types. `format` is taken as a remark, as draft-07 allows. */
export function schemaCompiler(): (schema: JsonObject) => CompiledSchema {
  const ajv = linearAjv();
  return (schema) => {
    const fault = schemaFault(schema) ?? metaFault(ajv, schema);
    if (fault) return { outcome: "invalid", ...fault };
    try {
      const validate = ajv.compile(schema);
      const check: DetailCheck = (detail) => (validate(detail) ? [] : violationsOf(validate.errors ?? []));
      return { outcome: "compiled", check };
    } catch (error) {
      return { outcome: "invalid", path: "schema", message: shorten(errorText(error)) };
    }
  };
}

function linearAjv(): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    logger: false,
    validateFormats: false,
    ownProperties: true,
    code: { regExp: Object.assign(linearRegExp, { code: "linearRegExp" }) },
  });
  // The library compares every element with every other; a foreign list of some thousand would take minutes.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (wanted: boolean, items: unknown[]) =>
      !wanted || new Set(items.map(hashOf)).size === items.length,
  });
  return ajv;
}

function linearRegExp(source: string): { test: (text: string) => boolean } {
  const compiled = compilePattern(source);
  if (compiled.outcome === "invalid") throw new SyntaxError(compiled.message);
  return compiled.pattern;
}

function metaFault(ajv: Ajv, schema: JsonObject): SchemaFault | null {
  if (ajv.validateSchema(schema) === true) return null;
  const [first] = ajv.errors ?? [];
  const path = ["schema", ...pointerKeys(first?.instancePath ?? "")].join(".");
  return { path, message: first?.message ?? "is not a JSON Schema" };
}

function violationsOf(errors: readonly ErrorObject[]): Violation[] {
  return errors.slice(0, MAX_VIOLATIONS).map((error) => {
    const keys = pointerKeys(error.instancePath);
    const named = namedProperty(error);
    const path = ["detail", ...keys, ...(named === null ? [] : [named])].join(".");
    return { path: shorten(path), message: shorten(messageOf(error)) };
  });
}

/** Some errors are told at the object; the reader looks for the property. */
function namedProperty({ keyword, params }: ErrorObject): string | null {
  if (keyword === "required") return String(params["missingProperty"]);
  return keyword === "additionalProperties" ? String(params["additionalProperty"]) : null;
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  if (keyword === "required") return "is missing";
  if (keyword === "additionalProperties") return "is not known to the event type";
  if (keyword === "enum") return `must be one of ${JSON.stringify(params["allowedValues"])}`;
  if (keyword === "const") return `must be ${JSON.stringify(params["allowedValue"])}`;
  if (keyword === "uniqueItems") return "must not hold the same twice";
  return message ?? `does not fit "${keyword}"`;
}

function pointerKeys(pointer: string): string[] {
  const keys = pointer.split("/").slice(1);
  return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS - 1)}…`;
}
