import { compileTemplate, type Template } from "../params/template.ts";
import { type DetailCheck, schemaCompiler } from "./detail-schema.ts";
import { type EventType, UNMAPPED_TYPE } from "./event-type.ts";

/** Names that begin so are Whale's own; no file may declare them and no sender may use them. */
export const OWN_TYPE_PREFIX = "whale.";

/** An event type with its schema and subject template compiled. */
export interface CompiledEventType {
  readonly declared: EventType;
  readonly subject: Template | undefined;
  readonly check: DetailCheck;
}

/** The declared event types by name. */
export type EventTypeRegistry = ReadonlyMap<string, CompiledEventType>;

export type EventTypesOutcome =
  | { outcome: "compiled"; registry: EventTypeRegistry }
  | { outcome: "invalid"; type: string; path: string; message: string };

type Fault = { path: string; message: string };

/** Compiles all event types, or names the first that is wrong and where. */
export function compileEventTypes(types: readonly EventType[]): EventTypesOutcome {
  const registry = new Map<string, CompiledEventType>();
  const compileSchema = schemaCompiler();
  for (const declared of types) {
    const nameFault = faultOfName(declared.type, registry);
    if (nameFault) return { outcome: "invalid", type: declared.type, ...nameFault };
    const compiled = compileOne(declared, compileSchema);
    if ("fault" in compiled) return { outcome: "invalid", type: declared.type, ...compiled.fault };
    registry.set(declared.type, compiled);
  }
  return { outcome: "compiled", registry };
}

function faultOfName(type: string, registry: EventTypeRegistry): Fault | null {
  if (registry.has(type)) return { path: "type", message: `"${type}" is declared twice` };
  if (type === UNMAPPED_TYPE || type.startsWith(OWN_TYPE_PREFIX)) {
    return { path: "type", message: `"${type}" is a name of Whale's own` };
  }
  return null;
}

function compileOne(
  declared: EventType,
  compileSchema: ReturnType<typeof schemaCompiler>,
): CompiledEventType | { fault: Fault } {
  const subject = declared.subject === undefined ? undefined : compileTemplate(declared.subject);
  if (subject?.outcome === "invalid") {
    const { message, line, column } = subject;
    return { fault: { path: "subject", message: `${message} (line ${line}, column ${column})` } };
  }
  const schema = declared.schema && compileSchema(declared.schema);
  if (schema?.outcome === "invalid") return { fault: { path: schema.path, message: schema.message } };
  return { declared, subject: subject?.template, check: schema?.check ?? (() => []) };
}
