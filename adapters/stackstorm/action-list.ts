import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { actionParameters } from "../../core/actions/index.ts";
import type { ListedAction } from "../../core/catalogue/index.ts";
import { errorText } from "../../core/errors.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import type { ActionListing } from "../../core/ports/index.ts";
import { type Call, type Connection, readJson } from "./connection.ts";
import { badAnswer } from "./errors.ts";

const PAGE_SIZE = 100;
const MOST_ACTIONS = 10_000;
const MOST_PACKS = 2_000;

const Name = Type.String({ minLength: 1 });
const ActionRow = Type.Object({
  ref: Name,
  pack: Name,
  description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  runner_type: Type.Optional(Type.String()),
  enabled: Type.Optional(Type.Boolean()),
  parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
const actionCheck = Compile(ActionRow);
const packCheck = Compile(Type.Object({ ref: Name, version: Name }));

/**
 * Every action of a cluster, a hundred a request. Rows may move between pages while they are read, so that each counts
 * once by its ref. One that cannot be read is left out: nobody could run it by what it says.
 */
export async function listActions(connection: Connection): Promise<ActionListing> {
  const { cluster } = connection;
  try {
    const actions = await allOf(connection, { path: "/v1/actions", most: MOST_ACTIONS }, listed);
    const versions = await packVersions(connection);
    return { outcome: "known", cluster, actions, versions };
  } catch (error) {
    return { outcome: "unreachable", cluster, message: connection.redact(errorText(error)) };
  }
}

/** Who may list actions need not be let list packs: then their versions are not known. */
async function packVersions(connection: Connection): Promise<Map<string, string>> {
  const list = { path: "/v1/packs", most: MOST_PACKS };
  const packs = await allOf(connection, list, (row) => (packCheck.Check(row) ? row : null)).catch(() => []);
  return new Map(packs.map(({ ref, version }) => [ref, version]));
}

async function allOf<Row extends { ref: string }>(
  connection: Connection,
  { path, most }: { path: string; most: number },
  read: (row: unknown) => Row | null,
): Promise<Row[]> {
  const found = new Map<string, Row>();
  for (let offset = 0; offset < most; offset += PAGE_SIZE) {
    const call: Call = { operation: "catalogue", method: "GET", path, query: { limit: PAGE_SIZE, offset } };
    const page = await readJson(connection, call);
    if (!Array.isArray(page)) throw badAnswer("catalogue", "/ must be array");
    for (const row of page.map(read)) if (row) found.set(row.ref, row);
    if (page.length < PAGE_SIZE) break;
  }
  return [...found.values()];
}

function listed(row: unknown): ListedAction | null {
  if (!actionCheck.Check(row)) return null;
  const { ref, pack, description, runner_type: runner, enabled, parameters }: Static<typeof ActionRow> = row;
  const declared = (parameters ?? {}) as JsonObject;
  return {
    ...{ ref, pack, about: description ?? "", runner: runner ?? "", enabled: enabled ?? true },
    ...{ parameters: actionParameters(declared), declared },
  };
}
