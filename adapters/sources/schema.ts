import Type from "typebox";
import { Compile } from "typebox/compile";
import type { Refusal } from "./source-adapter.ts";
import { refused } from "./source-adapter.ts";

/** Senders write numbers and booleans where text belongs; they are read as text. `null` is left out. */
const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const Texts = Type.Union([Type.Record(Type.String(), Scalar), Type.Null()]);
const OptionalText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

const Alert = Type.Object({
  status: OptionalText,
  labels: Type.Optional(Texts),
  annotations: Type.Optional(Texts),
  startsAt: OptionalText,
  endsAt: OptionalText,
  generatorURL: OptionalText,
  fingerprint: OptionalText,
});

const AlertmanagerBody = Type.Object({
  status: OptionalText,
  receiver: OptionalText,
  externalURL: OptionalText,
  groupKey: Type.Optional(Scalar),
  alerts: Type.Array(Alert),
});

const GenericEvent = Type.Object({
  event_type: Type.String({ minLength: 1, maxLength: 200 }),
  detail: Type.Optional(Type.Unknown()),
  id: Type.Optional(Scalar),
  dedupe_key: Type.Optional(Scalar),
  incident: Type.Optional(Scalar),
  title: OptionalText,
  subject: OptionalText,
  severity: Type.Optional(Scalar),
  status: OptionalText,
  time: Type.Optional(Scalar),
  ends_at: Type.Optional(Scalar),
  labels: Type.Optional(Texts),
  annotations: Type.Optional(Texts),
});

/** One alert of an Alertmanager body: the fields that are used. */
export type Alert = Type.Static<typeof Alert>;
/** An Alertmanager body, payload version 4 and its look-alikes. */
export type AlertmanagerBody = Type.Static<typeof AlertmanagerBody>;
/** One event of the generic kind. */
export type GenericEvent = Type.Static<typeof GenericEvent>;

type Parsed<T> = { outcome: "parsed"; value: T } | Refusal;

/** Checks a body against the fields that are used; what else it holds is ignored. */
export const parseAlertmanager = parserOf<AlertmanagerBody>(AlertmanagerBody);
export const parseGeneric = parserOf<GenericEvent>(GenericEvent);

function parserOf<T>(schema: Type.TSchema): (value: unknown, path: string) => Parsed<T> {
  const check = Compile(schema);
  return (value, path) => {
    if (check.Check(value)) return { outcome: "parsed", value: value as T };
    return badShape(check.Errors(value), path);
  };
}

interface ShapeError {
  keyword: string;
  instancePath: string;
  params: object;
  message: string;
}

function badShape(errors: readonly ShapeError[], path: string): Refusal {
  const [first] = errors;
  const missing = first?.keyword === "required" ? firstMissing(first.params) : "";
  const at = dotted(path, (first?.instancePath ?? "") + missing) || "(body)";
  const what = missing ? "is missing" : (first?.message ?? "has the wrong shape");
  return refused("bad_shape", `${at}：${missing ? "缺少此字段" : "类型或取值不对"} (${at} ${what})`);
}

function firstMissing(params: object): string {
  const names = "requiredProperties" in params ? params.requiredProperties : undefined;
  return Array.isArray(names) && typeof names[0] === "string" ? `/${names[0]}` : "";
}

/** JSON pointer as people write it: `alerts[0].labels.job`. */
function dotted(prefix: string, pointer: string): string {
  let text = prefix;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (/^\d+$/.test(key)) text += `[${key}]`;
    else text += text ? `.${key}` : key;
  }
  return text;
}

/** Scalars as text, in the order they came; null is left out. Where all are texts, the object itself. */
export function textsOf(
  values: Record<string, unknown> | null | undefined,
): Readonly<Record<string, string>> {
  if (values && areTexts(values)) return values;
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(values ?? {})) {
    if (value !== null && value !== undefined) texts[key] = String(value);
  }
  return texts;
}

function areTexts(values: Record<string, unknown>): values is Record<string, string> {
  for (const key in values) {
    if (typeof values[key] !== "string") return false;
  }
  return true;
}
