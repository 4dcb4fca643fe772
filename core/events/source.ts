import { pick } from "../ids/index.ts";
import { type CompiledParams, compileParams } from "../params/params.ts";
import { parsePath } from "../params/path.ts";
import { type Source, type TypeMapping, UNMAPPED_TYPE } from "./event-type.ts";
import type { EventTypeRegistry } from "./registry.ts";

/** One line of a source's mapping, compiled. */
export interface CompiledMapping {
  readonly type: string;
  readonly when: readonly { keys: readonly string[]; text: string }[];
  /** Undefined keeps the sender's detail. */
  readonly detail: CompiledParams | undefined;
}

/** A source with its mapping compiled. */
export interface CompiledSource extends Source {
  readonly mappings: readonly CompiledMapping[];
}

export type CompiledSourceOutcome =
  | { outcome: "compiled"; source: CompiledSource }
  | { outcome: "invalid"; path: string; message: string };

interface Fault {
  path: string;
  message: string;
}

/** Compiles a source's mapping, or names the first place that is wrong, dotted (`map.0.detail.host`). */
export function compileSource(source: Source, registry: EventTypeRegistry): CompiledSourceOutcome {
  const faults: Fault[] = [];
  const mappings = source.map.map((mapping, index) => compileMapping(mapping, `map.${index}`, faults));
  for (const [index, { type }] of source.map.entries())
    checkType(type, `map.${index}.type`, registry, faults);
  if (source.defaultType !== undefined) checkType(source.defaultType, "default", registry, faults);
  const [first] = faults;
  return first ? { outcome: "invalid", ...first } : { outcome: "compiled", source: { ...source, mappings } };
}

/** The first mapping whose conditions all fit: the value at each path, as text, is exactly the text. */
export function findMapping(
  mappings: readonly CompiledMapping[],
  scope: object,
): CompiledMapping | undefined {
  return mappings.find(({ when }) => when.every(({ keys, text }) => scalarText(pick(scope, keys)) === text));
}

function scalarText(value: unknown): string | null {
  return value === null || value === undefined || typeof value === "object" ? null : String(value);
}

function checkType(type: string, field: string, registry: EventTypeRegistry, faults: Fault[]): void {
  if (type === UNMAPPED_TYPE || registry.has(type)) return;
  faults.push({ path: field, message: `event type "${type}" is not declared` });
}

function compileMapping(mapping: TypeMapping, field: string, faults: Fault[]): CompiledMapping {
  const when = Object.entries(mapping.when).map(([path, text]) => {
    const keys = parsePath(path);
    if (!keys) faults.push({ path: `${field}.when`, message: `"${path}" is not a path` });
    return { keys: keys ?? [], text };
  });
  return { type: mapping.type, when, detail: compileDetail(mapping, `${field}.detail`, faults) };
}

function compileDetail(mapping: TypeMapping, field: string, faults: Fault[]): CompiledParams | undefined {
  if (mapping.detail === undefined) return undefined;
  const compiled = compileParams(mapping.detail);
  if (compiled.outcome === "compiled") return compiled.params;
  const path = compiled.path === "" ? field : `${field}.${compiled.path}`;
  faults.push({ path, message: compiled.message });
  return undefined;
}
