import type { ActionAlias } from "../../core/runs/index.ts";
import { parseAliases } from "./alias-schema.ts";
import { type Call, type Connection, readJson } from "./connection.ts";
import { badAnswer } from "./errors.ts";

const PAGE_SIZE = 100;
const MOST_ALIASES = 2_000;

/**
 * The enabled aliases, a hundred a request, at most 2,000. Rows may move between pages while they are read, so that
 * each counts once by its reference. Throws when they cannot be read.
 */
export async function aliases(connection: Connection): Promise<ActionAlias[]> {
  const found = new Map<string, ActionAlias>();
  for (let offset = 0; offset < MOST_ALIASES; offset += PAGE_SIZE) {
    const query = { limit: PAGE_SIZE, offset };
    const call: Call = { operation: "aliases", method: "GET", path: "/v1/actionalias", query };
    const page = parseAliases(await readJson(connection, call));
    if (page === null) throw badAnswer("aliases", "/ must be array");
    for (const alias of page.aliases) found.set(alias.ref, alias);
    if (page.rows < PAGE_SIZE) break;
  }
  return [...found.values()].sort((a, b) => (a.ref < b.ref ? -1 : 1));
}
