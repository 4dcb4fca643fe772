import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { errorText } from "../errors.ts";
import { hashOf, type JsonObject } from "../ids/index.ts";
import { compilePattern } from "../params/pattern.ts";
import type { Violation } from "./event.ts";
import { pointerKeys } from "./json-pointer.ts";
import { endlessReference } from "./schema-cycles.ts";
import { type SchemaFault, schemaFault } from "./schema-faults.ts";

/** The most violations that are kept of one event. */
export const MAX_VIOLATIONS = 20;

const MAX_TEXT_CHARS = 200;
const TOO_MANY_REFERENCES = "cannot be checked: the schema refers to itself too often";

/** Tells what in a detail does not fit. */
export type DetailCheck = (detail: JsonObject) => Violation[];

export type CompiledSchema =
  | { outcome: "compiled"; check: DetailCheck }
  | ({ outcome: "invalid" } & SchemaFault);

/** Compiles the JSON Schemas of one set of event types. `format` is taken as a remark, as draft-07 allows. */
export function schemaCompiler(): (schema: JsonObject) => CompiledSchema {
  const ajv = linearAjv();
  return (schema) => {
    const fault = schemaFault(schema) ?? endlessReference(schema) ?? metaFault(ajv, schema);
    if (fault) return { outcome: "invalid", ...fault };
    try {
      const validate = ajv.compile(schema);
      return { outcome: "compiled", check: checkWith(validate) };
    } catch (error) {
      return { outcome: "invalid", path: "schema", message: shorten(errorText(error)) };
    }
  };
}

function checkWith(validate: ValidateFunction): DetailCheck {
  return (detail) => {
    try {
      return validate(detail) ? [] : violationsOf(validate.errors ?? []);
    } catch (error) {
      // The stack ends where references follow each other on every level; that says nothing of other events.
      if (error instanceof RangeError) return [{ path: "detail", message: TOO_MANY_REFERENCES }];
      throw error;
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

function shorten(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS - 1)}…`;
}
