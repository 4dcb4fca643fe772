import type { Delivery, Reading } from "../../../adapters/sources/index.ts";
import { sourceKinds } from "../../../adapters/sources/index.ts";
import type { Occurrence } from "../../../core/events/index.ts";

/** What a delivery has besides its body. */
export type Around = Partial<Pick<Delivery, "contentType" | "query" | "headers" | "zone" | "options">>;

/** Reads a body as a source of this kind in Shanghai would. */
export function deliver(kind: string, body: unknown, around: Around = {}): Reading {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const delivery: Delivery = {
    body: bytes,
    contentType: "application/json",
    query: {},
    headers: {},
    zone: "Asia/Shanghai",
    ...around,
  };
  const adapter = sourceKinds[kind];
  if (!adapter) throw new Error(`no such kind: ${kind}`);
  return adapter.read(delivery);
}

/** The occurrences of a body that must be readable. */
export function occurrencesOf(kind: string, body: unknown, around: Around = {}): Occurrence[] {
  const reading = deliver(kind, body, around);
  if (reading.outcome === "handshake") throw new Error("a handshake, no event");
  if (reading.outcome === "refused") throw new Error(`refused: ${reading.reason} ${reading.message}`);
  return reading.occurrences;
}

/** Why a body is refused: `reason message`; `read` when it is not. */
export function refusalOf(kind: string, body: unknown, around: Around = {}): string {
  const reading = deliver(kind, body, around);
  return reading.outcome === "refused" ? `${reading.reason} ${reading.message}` : "read";
}

/** The one occurrence of a body. */
export function occurrenceOf(kind: string, body: unknown, around: Around = {}): Occurrence {
  const [first, ...more] = occurrencesOf(kind, body, around);
  if (!first || more.length > 0)
    throw new Error(`${more.length + (first ? 1 : 0)} occurrences instead of one`);
  return first;
}
