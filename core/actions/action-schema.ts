import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";

export const PARAMETER_TYPES = ["string", "integer", "number", "boolean", "array", "object", "null"] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** One parameter of an action, as StackStorm declares it. */
export interface ActionParameter {
  /** What it takes; empty: anything. */
  types: readonly ParameterType[];
  /** It must be given: it has no default. */
  required: boolean;
  /** Nobody may give it. */
  immutable: boolean;
  /** Its value must not be shown. */
  secret: boolean;
  enum?: readonly Json[];
  /** What it is when nobody gives it; absent when nothing. */
  preset?: Json;
  /** What its author says of it. */
  about?: string;
}

/** What a cluster says of one action: its parameters, those of its runner among them. */
export interface ActionSchema {
  action: string;
  enabled: boolean;
  parameters: ReadonlyMap<string, ActionParameter>;
}

/** Reads parameters as StackStorm writes them. What it does not say, or says oddly, restricts nothing. */
export function actionParameters(declared: JsonObject): Map<string, ActionParameter> {
  const read = Object.entries(declared).map(([name, spec]): [string, ActionParameter] => {
    return [name, parameterOf(isJsonObject(spec) ? spec : {})];
  });
  return new Map(read);
}

function parameterOf(spec: JsonObject): ActionParameter {
  const { type, default: preset, enum: choices, description: about } = spec;
  const named = Array.isArray(type) ? type : [type];
  const types = PARAMETER_TYPES.filter((known) => named.includes(known));
  const hasDefault = preset !== undefined && preset !== null;
  return {
    types,
    required: spec["required"] === true && !hasDefault,
    immutable: spec["immutable"] === true,
    secret: spec["secret"] === true,
    ...(Array.isArray(choices) ? { enum: choices } : {}),
    ...(hasDefault ? { preset } : {}),
    ...(typeof about === "string" && about !== "" ? { about } : {}),
  };
}
