import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import type { Delivery } from "../../../adapters/sources/index.ts";
import { readJson } from "../../../adapters/sources/index.ts";
import type { Json } from "../../../core/ids/index.ts";
import { isJsonObject } from "../../../core/ids/index.ts";

const EVENTS = new URL("../../../fixtures/events/", import.meta.url);

/** A delivery of the fixtures. */
export interface Seed {
  kind: string;
  body: Buffer;
  around: Partial<Delivery>;
}

/** Every delivery of a kind among the fixtures. */
export function seedsOf(kind: string): Seed[] {
  const folder = new URL(`${kind}/`, EVENTS);
  const files = readdirSync(folder).filter(
    (file) => /\.(json|body)$/.test(file) && !/\.(event|delivery)\.json$/.test(file),
  );
  return files.map((file) => {
    const beside = file.replace(/\.(json|body)$/, ".delivery.json");
    const found = readdirSync(folder).includes(beside);
    const sidecar = found
      ? (JSON.parse(readFileSync(new URL(beside, folder), "utf8")) as Partial<Delivery>)
      : {};
    return { kind, body: readFileSync(new URL(file, folder)), around: sidecar };
  });
}

/** Where to change a body, and what to. */
export interface Change {
  at: number;
  how: "drop" | "retype" | "nest" | "list" | "double";
  value: unknown;
}

/** Any change of a body. */
export const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 400 }),
  how: fc.constantFrom("drop", "retype", "nest", "list", "double"),
  value: fc.oneof(
    fc.constantFrom<unknown>(
      null,
      "",
      0,
      -1,
      1e308,
      true,
      [],
      {},
      "\ud800",
      "0001-01-01T00:00:00Z",
      "[",
      "{}",
    ),
    fc.jsonValue(),
    fc.string({ unit: "binary" }),
  ),
});

/** Applies a change to the member whose number, counted depth first, is `at` modulo their count. */
function changed(root: unknown, { at, how, value }: Change): unknown {
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push({ holder: node as Record<string, unknown>, key });
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(root);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return value;
  const { holder, key } = place;
  if (how === "drop") delete holder[key];
  else if (how === "retype") holder[key] = value;
  else if (how === "nest") holder[key] = { inner: holder[key], more: value };
  else if (how === "list") holder[key] = [holder[key], value];
  else holder[`${key}_again`] = holder[key];
  return root;
}

/** A body of a real shape with changes made to its fields. */
export function mutatedText(text: string, changes: readonly Change[]): string {
  const json = parsed(text);
  if (json === undefined) return mutatedForm(text, changes);
  // A message inside the message is changed as well.
  const inner = isJsonObject(json)
    ? Object.entries(json).find(([, value]) => typeof value === "string" && value.startsWith("{"))
    : undefined;
  const [first, ...rest] = changes;
  if (inner && first && isJsonObject(json))
    json[inner[0]] = JSON.stringify(changed(parsed(String(inner[1])) ?? inner[1], first));
  return JSON.stringify((inner ? rest : changes).reduce<unknown>(changed, json));
}

function mutatedForm(text: string, changes: readonly Change[]): string {
  const form = Object.fromEntries(new URLSearchParams(text)) as Record<string, unknown>;
  for (const one of changes) changed(form, one);
  const pairs = Object.entries(form).map(([key, value]) => [
    key,
    typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
  ]);
  return new URLSearchParams(pairs as [string, string][]).toString();
}

/** The JSON of a text; undefined when it is none. Some fixtures are broken on purpose. */
function parsed(text: string): Json | undefined {
  const json = readJson(Buffer.from(text));
  return json.outcome === "read" ? json.value : undefined;
}
