import type { RegisteredPack } from "../../core/ports/index.ts";
import type { ContentKind } from "../../core/releases/index.ts";
import type { OutboundResponse } from "../outbound/index.ts";
import { type Call, type Connection, expectOk, readJson } from "./connection.ts";
import { badAnswer, describeAnswer, faultOf } from "./errors.ts";
import { type Item, parseInspections, parseItems, parsePack } from "./pack-schema.ts";
import { pagedRows } from "./pages.ts";

/** Where things of each kind are. */
export const PATHS: Readonly<Record<ContentKind, string>> = {
  action: "/v1/actions",
  alias: "/v1/actionalias",
  rule: "/v1/rules",
  sensor: "/v1/sensortypes",
};
const KINDS = Object.keys(PATHS) as ContentKind[];

/** Packs and what they hold; only these when given. Throws when it cannot be read. */
export async function registered(
  connection: Connection,
  packs?: readonly string[],
): Promise<RegisteredPack[]> {
  const known = packs ? await packsNamed(connection, packs) : await allPacks(connection);
  const items = new Map<string, RegisteredPack["items"][number][]>(known.map(({ ref }) => [ref, []]));
  for (const kind of KINDS) {
    for (const row of await itemsOf(connection, kind, packs))
      items.get(row.pack)?.push({ kind, ref: row.ref });
  }
  return known
    .map(({ ref, version }) => ({ ref, version, items: sorted(items.get(ref) ?? []) }))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

function sorted(items: readonly RegisteredPack["items"][number][]): RegisteredPack["items"] {
  const place = ({ kind, ref }: RegisteredPack["items"][number]) => `${KINDS.indexOf(kind)} ${ref}`;
  return [...items].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

async function packsNamed(connection: Connection, packs: readonly string[]) {
  const found = await Promise.all([...new Set(packs)].map((ref) => packNamed(connection, ref)));
  return found.filter((pack) => pack !== null);
}

/** A pack by its name, null where there is none. Throws when it cannot be read. */
export async function packNamed(connection: Connection, ref: string) {
  const call: Call = { operation: "pack", method: "GET", path: `/v1/packs/${encodeURIComponent(ref)}` };
  const answer = await connection.call(call);
  if (isAbsent(answer)) return null;
  expectOk(connection, call, answer);
  const pack = parsePack(answer.body);
  if (pack === null || pack.ref !== ref) throw badAnswer("pack", "/ is not the pack");
  return pack;
}

async function allPacks(connection: Connection) {
  const rows = await pagedRows(connection, { operation: "packs", path: "/v1/packs" });
  const packs = rows.map((row) => parsePack(row));
  if (packs.some((pack) => pack === null)) throw badAnswer("packs", "/ has what is no pack");
  // Rows may move between two pages, so that one comes twice.
  return [...new Map(packs.filter((pack) => pack !== null).map((pack) => [pack.ref, pack])).values()];
}

/** Rules and sensors know no offset: they are whole where no limit is asked for (reference/stackstorm.md section 3). */
const PAGED: readonly ContentKind[] = ["action", "alias"];

/** What is there of one kind, each once. A sensor that is switched off counts as gone: none can be taken out. */
async function itemsOf(
  connection: Connection,
  kind: ContentKind,
  packs: readonly string[] | undefined,
): Promise<Item[]> {
  const found = new Map<string, Item>();
  for (const pack of packs ?? [undefined]) {
    const filter = { include_attributes: "ref,pack,name,enabled", ...(pack === undefined ? {} : { pack }) };
    const path = PATHS[kind];
    const call: Call = { operation: "packs", method: "GET", path, query: filter };
    const rows = PAGED.includes(kind)
      ? await pagedRows(connection, { operation: "packs", path, filter })
      : await readJson(connection, call);
    const items = parseItems(rows);
    if (items === null) throw badAnswer("packs", `/ is no list of ${kind}s`);
    for (const item of items) if (kind !== "sensor" || item.enabled) found.set(item.ref, item);
  }
  return [...found.values()];
}

/** Only StackStorm's own 404 says so; a page of a proxy in front of it says nothing. */
export function isAbsent({ status, body }: OutboundResponse): boolean {
  return status === 404 && faultOf(body) !== null;
}

/** What a cluster finds wrong in a workflow. Throws when it cannot be asked. */
export async function inspect(
  connection: Connection,
  definition: string,
): Promise<{ message: string; path: string }[]> {
  const call: Call = {
    ...{ operation: "inspect", method: "POST", path: "/v1/workflows/inspect", text: definition },
  };
  const answer = await connection.call(call);
  // What it cannot even read is as wrong as what it finds fault with.
  if (answer.status === 400 && faultOf(answer.body) !== null) {
    return [{ message: describeAnswer(answer, connection.redact), path: "" }];
  }
  expectOk(connection, call, answer);
  const found = parseInspections(answer.body);
  if (found === null) throw badAnswer("inspect", "/ is no list of findings");
  return found.map(({ message, spec_path: path }) => ({
    message: connection.redact(message),
    path: path ?? "",
  }));
}
