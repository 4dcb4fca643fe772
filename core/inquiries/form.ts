import { actionParameters, castParams, misfitText } from "../actions/index.ts";
import { schemaCompiler } from "../events/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";
import { MASK } from "../pages/masked.ts";
import { findServerTemplate } from "../params/index.ts";

/** One thing that an answer holds. */
export interface QuestionField {
  name: string;
  /** What people read: its description, else its name. */
  title: string;
  required: boolean;
  /** Its value must not be shown. */
  secret: boolean;
  /** What may be chosen; null where something is to be written. */
  options: readonly Json[] | null;
}

/** How an answer is asked for. */
export type QuestionForm =
  /** One thing that is so or not: a button for each. */
  | { kind: "yes_no"; field: QuestionField }
  /** A dropdown for each thing. */
  | { kind: "choices"; fields: readonly QuestionField[] }
  /** More than a card can ask for: it is written in a message. */
  | { kind: "written"; fields: readonly QuestionField[] };

/** WeCom's cards have three dropdowns at most, of ten options each (reference/wecom.md 3.6); one says "please choose". */
const MAX_SELECTS = 3;
const MAX_CHOICES = 9;
/** What clients show of an option. */
const OPTION_CHARACTERS = 16;

/** What an inquiry's schema asks for, in its order. */
export function fieldsOf(schema: JsonObject): QuestionField[] {
  const properties = propertiesOf(schema);
  const parameters = actionParameters(properties);
  const listed = Array.isArray(schema["required"]) ? schema["required"] : [];
  return [...parameters].map(([name, { types, required, secret, enum: options }]) => {
    const spec = properties[name];
    const told = isJsonObject(spec) ? spec["description"] : undefined;
    const isFlag = types.length === 1 && types[0] === "boolean";
    return {
      name,
      title: typeof told === "string" && told !== "" ? told : name,
      required: required || listed.includes(name),
      secret,
      options: options ?? (isFlag ? [true, false] : null),
    };
  });
}

function propertiesOf(schema: JsonObject): JsonObject {
  const properties = schema["properties"];
  return isJsonObject(properties) ? properties : {};
}

/** How it is asked for: by buttons or dropdowns where a card can hold them. */
export function formOf(schema: JsonObject): QuestionForm {
  const fields = fieldsOf(schema);
  const [only] = fields;
  if (only && fields.length === 1 && isFlag(only)) return { kind: "yes_no", field: only };
  const fits = fields.length > 0 && fields.length <= MAX_SELECTS && fields.every(canBeChosen);
  return { kind: fits ? "choices" : "written", fields };
}

function isFlag({ options }: QuestionField): boolean {
  return options?.every((option) => typeof option === "boolean") ?? false;
}

function canBeChosen({ options }: QuestionField): boolean {
  if (options === null || options.length === 0 || options.length > MAX_CHOICES) return false;
  const shown = options.map((option) => [...optionText(option)]);
  return shown.every((text) => text.length > 0 && text.length <= OPTION_CHARACTERS);
}

/** A value as people read it. */
export function optionText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** An answer that fits, or what of it does not: a field of it and why. */
export type ReadResponse =
  | { outcome: "fits"; response: JsonObject }
  | { outcome: "misfits"; field: string; message: string };

/**
 * An answer in the types that the schema wants, checked by it before it is sent. A text that StackStorm would render is
 * refused, and so is a name that the schema does not have.
 */
export function readResponse(schema: JsonObject, given: JsonObject): ReadResponse {
  const parameters = actionParameters(propertiesOf(schema));
  const cast = castParams({ action: "", enabled: true, parameters }, given);
  if (cast.outcome === "misfits") {
    const [first] = cast.misfits;
    return { outcome: "misfits", field: first?.parameter ?? "", message: first ? misfitText(first) : "" };
  }
  const template = findServerTemplate(cast.value);
  if (template !== null)
    return { outcome: "misfits", field: template, message: "{{ {% 不能使用 (not allowed)" };
  const fault = schemaFaultOf(schema, cast.value);
  return fault ? { outcome: "misfits", ...fault } : { outcome: "fits", response: cast.value };
}

/** What the schema says beyond types; a schema that cannot be compiled leaves it to the engine. */
function schemaFaultOf(schema: JsonObject, response: JsonObject): { field: string; message: string } | null {
  const compiled = schemaCompiler()(standard(schema));
  if (compiled.outcome === "invalid") return null;
  const [first] = compiled.check(response);
  return first ? { field: first.path.replace(/^detail\.?/, ""), message: first.message } : null;
}

/** In the engine's schemas each property says by a boolean that it must be there; in others the object lists them. */
function standard(schema: JsonObject): JsonObject {
  const properties = Object.entries(propertiesOf(schema)).map(([name, spec]): [string, Json] => {
    if (!isJsonObject(spec)) return [name, {}];
    const { required: _, position: _p, secret: _s, immutable: _i, default: _d, ...rest } = spec;
    return [name, rest];
  });
  const required = fieldsOf(schema).flatMap((field) => (field.required ? [field.name] : []));
  return { type: "object", properties: Object.fromEntries(properties), required };
}

/** What a message says of an answer: `name=value name=value`, or the value alone where one thing is asked for. */
export function writtenResponse(schema: JsonObject, text: string): JsonObject {
  const names = fieldsOf(schema).map(({ name }) => name);
  const found = [...text.matchAll(/(?:^|\s)([\w.-]+)\s*[=＝]/gu)].filter(([, name = ""]) =>
    names.includes(name),
  );
  const [only] = names;
  if (found.length === 0 && only !== undefined && names.length === 1) return { [only]: text.trim() };
  const pairs = found.map((match, at): [string, Json] => {
    const from = match.index + match[0].length;
    return [match[1] ?? "", text.slice(from, found[at + 1]?.index ?? text.length).trim()];
  });
  return Object.fromEntries(pairs);
}

/** An answer for those who may read it: what is secret is masked. */
export function shownResponse(schema: JsonObject, response: JsonObject): JsonObject {
  const secrets = fieldsOf(schema).flatMap(({ name, secret }) => (secret ? [name] : []));
  const shown = Object.entries(response).map(([name, value]): [string, Json] => [
    name,
    secrets.includes(name) ? MASK : value,
  ]);
  return Object.fromEntries(shown);
}
