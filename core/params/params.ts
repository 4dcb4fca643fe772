import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";
import { TEMPLATE_LIMITS } from "./limits.ts";
import { compileTemplate, isTemplate, type Scope, type Template } from "./template.ts";

/** One place in the parameters and what is wrong with it. The path is dotted, list positions are numbers. */
export interface ParamsFault {
  path: string;
  message: string;
}

/** Parameters with their templates compiled. */
export interface CompiledParams {
  /** All values rendered, or the first that could not be, in the order of the document. */
  render(scope: Scope): { outcome: "rendered"; value: JsonObject } | ({ outcome: "failed" } & ParamsFault);
  /** What could be rendered; every value that could not is left out and named. */
  renderPartly(scope: Scope): { value: JsonObject; faults: ParamsFault[] };
}

export type CompiledParamsOutcome =
  | { outcome: "compiled"; params: CompiledParams }
  | ({ outcome: "invalid" } & ParamsFault);

/**
 * Compiles every string of an object as a template, however deep. Keys are literal: one that looks like a
 * template is refused, as is a value that is not an object at the top.
 */
export function compileParams(value: Json): CompiledParamsOutcome {
  if (!isJsonObject(value)) return { outcome: "invalid", path: "", message: "must be an object" };
  const faults: ParamsFault[] = [];
  const root = compileObject(value, [], faults);
  const [first] = faults;
  if (first) return { outcome: "invalid", ...first };
  return { outcome: "compiled", params: { render: strict(root), renderPartly: partly(root) } };
}

/** A part of the parameters: gives its value, or notes why it has none. */
type Part<T extends Json = Json> = (scope: Scope, faults: ParamsFault[]) => T | undefined;

type ObjectPart = (scope: Scope, faults: ParamsFault[]) => JsonObject;

function strict(root: ObjectPart): CompiledParams["render"] {
  return (scope) => {
    const faults: ParamsFault[] = [];
    const value = root(scope, faults);
    const [first] = faults;
    return first ? { outcome: "failed", ...first } : { outcome: "rendered", value };
  };
}

function partly(root: ObjectPart): CompiledParams["renderPartly"] {
  return (scope) => {
    const faults: ParamsFault[] = [];
    return { value: root(scope, faults), faults };
  };
}

function compilePart(value: Json, path: readonly string[], faults: ParamsFault[]): Part {
  if (typeof value === "string") return compileText(value, path, faults);
  if (typeof value !== "object" || value === null) return () => value;
  if (path.length > TEMPLATE_LIMITS.maxDepth) {
    faults.push({
      path: path.join("."),
      message: `is nested deeper than ${TEMPLATE_LIMITS.maxDepth} levels`,
    });
    return () => undefined;
  }
  return Array.isArray(value) ? compileList(value, path, faults) : compileObject(value, path, faults);
}

function compileText(text: string, path: readonly string[], faults: ParamsFault[]): Part {
  const compiled = compileTemplate(text);
  if (compiled.outcome === "compiled") return textPart(compiled.template, path.join("."));
  const { message, line, column } = compiled;
  faults.push({ path: path.join("."), message: `${message} (line ${line}, column ${column})` });
  return () => undefined;
}

function textPart(template: Template, path: string): Part {
  return (scope, faults) => {
    const rendered = template.render(scope);
    if (rendered.outcome === "rendered") return rendered.value;
    faults.push({ path, message: rendered.message });
    return undefined;
  };
}

function compileList(values: readonly Json[], path: readonly string[], faults: ParamsFault[]): Part {
  const parts = values.map((value, index) => compilePart(value, [...path, String(index)], faults));
  return (scope, found) => {
    const rendered: Json[] = [];
    for (const part of parts) {
      const value = part(scope, found);
      if (value !== undefined) rendered.push(value);
    }
    return rendered;
  };
}

function compileObject(value: JsonObject, path: readonly string[], faults: ParamsFault[]): ObjectPart {
  const parts = Object.entries(value).map(([key, member]) => {
    const memberPath = [...path, key];
    checkKey(key, memberPath, faults);
    return { key, part: compilePart(member, memberPath, faults) };
  });
  return (scope, found) => {
    const rendered: JsonObject = {};
    for (const { key, part } of parts) {
      const member = part(scope, found);
      if (member !== undefined) rendered[key] = member;
    }
    return rendered;
  };
}

function checkKey(key: string, path: readonly string[], faults: ParamsFault[]): void {
  if (isTemplate(key)) faults.push({ path: path.join("."), message: "a key cannot be a template" });
  if (key === "__proto__") faults.push({ path: path.join("."), message: "is not allowed as a key" });
}
