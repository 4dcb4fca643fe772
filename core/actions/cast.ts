import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";
import { isTemplate } from "../params/template.ts";
import type { ActionParameter, ActionSchema, ParameterType } from "./action-schema.ts";

/** Why a parameter does not fit its action. Closed: each is told to people. */
export type MisfitReason = "unknown" | "missing" | "immutable" | "wrong_type" | "not_allowed";

/** One parameter that does not fit. */
export interface Misfit {
  parameter: string;
  reason: MisfitReason;
  /** What the action takes, in words. */
  expected: string;
  /** The beginning of the value as JSON; empty when there is none or it must not be shown. */
  actual: string;
}

export type Cast = { outcome: "fits"; value: JsonObject } | { outcome: "misfits"; misfits: Misfit[] };

/**
 * Rendered parameters in the types of their action, or all that does not fit. A text becomes the number, truth
 * value, list or object that it spells, a number or truth value becomes its text; nothing is rounded or guessed.
 */
export function castParams(schema: ActionSchema, params: JsonObject): Cast {
  const value: JsonObject = {};
  const misfits = missing(schema, params);
  for (const [name, given] of Object.entries(params)) {
    const cast = castOne(schema, name, given);
    if (cast.outcome === "fits") value[name] = cast.value;
    else misfits.push(cast.misfit);
  }
  return misfits.length > 0 ? { outcome: "misfits", misfits } : { outcome: "fits", value };
}

/** What of a rule's parameters cannot fit whatever the event is: names, and values without a template. */
export function literalMisfits(schema: ActionSchema, params: JsonObject): Misfit[] {
  const found = missing(schema, params);
  for (const [name, given] of Object.entries(params)) {
    const cast = castOne(schema, name, given);
    if (cast.outcome === "fits") continue;
    const { reason } = cast.misfit;
    const isOpen = holdsTemplate(given) && (reason === "wrong_type" || reason === "not_allowed");
    if (!isOpen) found.push(cast.misfit);
  }
  return found;
}

/** A misfit as people read it, behind the parameter's name: in both languages at once. */
export function misfitText(misfit: Misfit): string {
  return `${misfitEnglish(misfit)} (${MISFITS[misfit.reason]})`;
}

/** The same for a reader of one language. */
export function misfitWords(misfit: Misfit): { zh: string; en: string } {
  const { reason, expected, actual } = misfit;
  const wanted = expected === "" ? "" : `，应为 ${expected}`;
  const given = actual === "" ? "" : `，现为 ${actual}`;
  return { zh: `${MISFITS[reason]}${wanted}${given}`, en: misfitEnglish(misfit) };
}

const MISFITS: Record<Misfit["reason"], string> = {
  unknown: "动作没有这个参数",
  missing: "缺少必填参数",
  immutable: "此参数不可修改",
  wrong_type: "类型或取值不符",
  not_allowed: "类型或取值不符",
};

function misfitEnglish({ reason, expected, actual }: Misfit): string {
  switch (reason) {
    case "unknown":
      return "is no parameter of the action";
    case "missing":
      return `is required, ${expected}`;
    case "immutable":
      return "is immutable";
    case "wrong_type":
    case "not_allowed":
      return `expected ${expected}${actual === "" ? "" : `, got ${actual}`}`;
    default:
      return reason satisfies never;
  }
}

function missing({ parameters }: ActionSchema, params: JsonObject): Misfit[] {
  return [...parameters].flatMap(([parameter, spec]) => {
    const given = Object.hasOwn(params, parameter) ? params[parameter] : null;
    if (!spec.required || spec.immutable || (given !== null && given !== undefined)) return [];
    return [{ parameter, reason: "missing" as const, expected: expectedText(spec), actual: "" }];
  });
}

type OneCast = { outcome: "fits"; value: Json } | { outcome: "misfits"; misfit: Misfit };

function castOne({ parameters }: ActionSchema, name: string, given: Json): OneCast {
  const spec = parameters.get(name);
  const refuse = (reason: MisfitReason): OneCast => {
    const expected = spec ? expectedText(spec) : "";
    const actual = spec?.secret ? "" : excerpt(given);
    return { outcome: "misfits", misfit: { parameter: name, reason, expected, actual } };
  };
  if (!spec) return refuse("unknown");
  if (spec.immutable) return refuse("immutable");
  // For StackStorm that is a parameter that was not given.
  if (given === null) return { outcome: "fits", value: null };
  const value = castTo(spec.types, given);
  if (value === undefined) return refuse("wrong_type");
  if (spec.enum && !spec.enum.some((choice) => JSON.stringify(choice) === JSON.stringify(value))) {
    return refuse("not_allowed");
  }
  return { outcome: "fits", value };
}

function castTo(types: readonly ParameterType[], value: Json): Json | undefined {
  if (types.length === 0 || types.some((type) => isOf(type, value))) return value;
  for (const type of types) {
    const cast = castAs(type, value);
    if (cast !== undefined) return cast;
  }
  return undefined;
}

function isOf(type: ParameterType, value: Json): boolean {
  switch (type) {
    case "string":
    case "boolean":
      return typeof value === type;
    case "number":
      return Number.isFinite(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isJsonObject(value);
    case "null":
      return value === null;
    default:
      return type satisfies never;
  }
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function castAs(type: ParameterType, value: Json): Json | undefined {
  if (type === "string") {
    return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  }
  if (typeof value !== "string") return undefined;
  const spelt = spelling(type, value.trim());
  return spelt !== undefined && isOf(type, spelt) ? spelt : undefined;
}

/** What a text spells, if it may be of that type. */
function spelling(type: ParameterType, text: string): Json | undefined {
  if (type === "integer" || type === "number") return NUMBER.test(text) ? Number(text) : undefined;
  if (type === "boolean") return /^true$/i.test(text) || (/^false$/i.test(text) ? false : undefined);
  if (type === "array" || type === "object") return parsed(text);
  return undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A text that is no JSON spells neither a list nor an object.
    return undefined;
  }
}

function expectedText({ types, enum: choices }: ActionParameter): string {
  const type = types.join(" or ") || "any value";
  return choices ? `${type}, one of ${JSON.stringify(choices).slice(0, 200)}` : type;
}

function holdsTemplate(value: Json): boolean {
  if (typeof value === "string") return isTemplate(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsTemplate);
}

function excerpt(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}
