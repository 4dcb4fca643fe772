import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";
import { pointerKeys } from "./json-pointer.ts";
import { DATA, MAPS, type SchemaFault } from "./schema-faults.ts";

/** Keywords whose schemas judge the same value as the schema that they stand in. */
const SAME_VALUE = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependencies"];

/** A JSON Schema with every schema in it. */
interface Tree {
  root: JsonObject;
  /** Where each stands. */
  paths: Map<JsonObject, readonly string[]>;
  anchors: Map<Json, JsonObject>;
}

/**
 * The first reference in a JSON Schema that comes back to where it stands without a step into the value, so that
 * checking a value would never end. References that lead nowhere are left to who compiles the schema.
 */
export function endlessReference(root: JsonObject): SchemaFault | null {
  const tree: Tree = { root, paths: new Map(), anchors: new Map() };
  collect(root, ["schema"], tree);
  const done = new Set<JsonObject>();
  for (const start of tree.paths.keys()) {
    const cycle = done.has(start) ? null : cycleFrom(start, tree, done);
    if (cycle) return faultOf(cycle, tree);
  }
  return null;
}

function faultOf(cycle: readonly JsonObject[], tree: Tree): SchemaFault {
  const closing = cycle.findLast((schema, i) => referred(schema, tree) === cycle[(i + 1) % cycle.length]);
  const path = closing && tree.paths.get(closing);
  const message = "comes back to itself without a step into the value";
  return { path: [...(path ?? ["schema"]), "$ref"].join("."), message };
}

function collect(value: Json, path: readonly string[], tree: Tree): void {
  if (typeof value !== "object" || value === null) return;
  if (isJsonObject(value)) {
    tree.paths.set(value, path);
    if (value["$anchor"] !== undefined) tree.anchors.set(value["$anchor"], value);
  }
  for (const [key, inner] of Object.entries(value)) {
    if (isJsonObject(value) && DATA.includes(key)) continue;
    if (!isJsonObject(inner) || !MAPS.includes(key)) collect(inner, [...path, key], tree);
    else for (const [name, schema] of Object.entries(inner)) collect(schema, [...path, key, name], tree);
  }
}

/**
 * The schemas of a cycle that a schema leads into, in their order; null when there is none, and then all on the way
 * are done. A loop, since a row of references may be as long as its author likes.
 */
function cycleFrom(start: JsonObject, tree: Tree, done: Set<JsonObject>): JsonObject[] | null {
  const way = new Map([[start, judgesOf(start, tree)]]);
  const order = [start];
  for (let schema = order.at(-1); schema; schema = order.at(-1)) {
    const next = way.get(schema)?.pop();
    if (next === undefined) {
      order.pop();
      way.delete(schema);
      done.add(schema);
    } else if (way.has(next)) return order.slice(order.indexOf(next));
    else if (!done.has(next)) {
      order.push(next);
      way.set(next, judgesOf(next, tree));
    }
  }
  return null;
}

/** The schemas that judge the same value as one does. */
function judgesOf(schema: JsonObject, tree: Tree): JsonObject[] {
  const inside = SAME_VALUE.flatMap((keyword) => {
    const value = schema[keyword] ?? [];
    return keyword === "dependencies" && isJsonObject(value) ? Object.values(value) : value;
  });
  return [...inside, referred(schema, tree)].filter(isJsonObject);
}

function referred({ $ref: ref }: JsonObject, { root, anchors }: Tree): Json | undefined {
  if (typeof ref !== "string") return undefined;
  const fragment = ref.slice(1);
  if (fragment === "" || fragment === "/") return root;
  if (!fragment.startsWith("/")) return anchors.get(fragment);
  let at: Json | undefined = root;
  for (const key of pointerKeys(unescaped(fragment))) at = memberOf(at, key);
  return at;
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Array.isArray(value) ? value[Number(key)] : value[key];
}

function unescaped(fragment: string): string {
  try {
    // The compiler parts the keys before it decodes them.
    return decodeURIComponent(fragment.replaceAll(/%2f/gi, "~1"));
  } catch {
    // Leads nowhere.
    return fragment;
  }
}
