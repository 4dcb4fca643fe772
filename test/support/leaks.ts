import assert from "node:assert/strict";
import { inspect } from "node:util";

/**
 * Fails when any of the secrets can be read out of a thrown error, a log line or any other value: in its own
 * properties (hidden ones and symbols too), its cause chain, its JSON or what `util.inspect` prints. A secret
 * counts as read also when it stands there percent-encoded, in base64 or escaped for JSON. The failure names
 * the secret by its place in the list, so that the report does not leak it either.
 */
export function assertLeaksNoSecret(secrets: readonly string[], thrownOrLogged: unknown): void {
  const texts = textsOf(thrownOrLogged);
  for (const [index, secret] of secrets.entries()) {
    assert.notEqual(secret, "", `secret #${index} is empty: nothing can be said about it`);
    for (const form of formsOf(secret)) {
      const place = texts.find(({ text }) => text.includes(form))?.place;
      if (place !== undefined) assert.fail(`secret #${index} can be read at ${place}`);
    }
  }
}

interface FoundText {
  place: string;
  text: string;
}

function formsOf(secret: string): Set<string> {
  const bytes = Buffer.from(secret);
  // Without the end: base64 of a longer text that begins with the secret differs there.
  const base64 = bytes.toString("base64").replace(/=+$/, "").slice(0, -1);
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return new Set(base64.length > 6 ? [...forms, base64, bytes.toString("base64url")] : forms);
}

function textsOf(value: unknown): FoundText[] {
  const walked: FoundText[] = [];
  walk(value, "value", { found: walked, seen: new Set() });
  return [
    ...walked,
    { place: "JSON", text: jsonText(value) },
    { place: "util.inspect", text: inspect(value, { depth: 20, showHidden: true, maxStringLength: null }) },
    { place: "String()", text: value instanceof Error ? String(value) : "" },
  ];
}

interface Walk {
  found: FoundText[];
  seen: Set<object>;
}

function walk(value: unknown, place: string, state: Walk): void {
  if (typeof value === "string") state.found.push({ place, text: value });
  if (typeof value !== "object" || value === null || state.seen.has(value)) return;
  state.seen.add(value);
  if (value instanceof Uint8Array) {
    state.found.push({ place, text: Buffer.from(value).toString("utf8") });
    return;
  }
  if (value instanceof Map || value instanceof Set) walk([...value], `${place}<entries>`, state);
  for (const key of Reflect.ownKeys(value)) {
    const step = `${place}.${String(key)}`;
    state.found.push({ place: `${step} (the key)`, text: String(key) });
    walk(Reflect.get(value, key), step, state);
  }
}

function jsonText(value: unknown): string {
  const open = new Set<unknown>();
  const plain = (_key: string, item: unknown): unknown => {
    if (typeof item === "bigint") return String(item);
    if (typeof item !== "object" || item === null) return item;
    if (open.has(item)) return "[seen]";
    open.add(item);
    return item;
  };
  return JSON.stringify(value, plain) ?? "";
}
