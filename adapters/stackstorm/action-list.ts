import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { actionParameters } from "../../core/actions/index.ts";
import type { ListedAction } from "../../core/catalogue/index.ts";
import { errorText } from "../../core/errors.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import type { ActionListing } from "../../core/ports/index.ts";
import type { Connection } from "./connection.ts";
import { parsePack } from "./pack-schema.ts";
import { pagedRows } from "./pages.ts";

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

/**
 * Every action of a cluster, each once by its ref. One that cannot be read is left out: nobody could run it by what it
 * says.
 */
export async function listActions(connection: Connection): Promise<ActionListing> {
  const { cluster } = connection;
  try {
    const actions = await allOf(connection, "/v1/actions", listed);
    const versions = await packVersions(connection);
    return { outcome: "known", cluster, actions, versions };
  } catch (error) {
    return { outcome: "unreachable", cluster, message: connection.redact(errorText(error)) };
  }
}

/** Who may list actions need not be let list packs: then their versions are not known. */
async function packVersions(connection: Connection): Promise<Map<string, string>> {
  const packs = await allOf(connection, "/v1/packs", parsePack).catch(() => []);
  return new Map(packs.filter(({ version }) => version !== "").map(({ ref, version }) => [ref, version]));
}

async function allOf<Row extends { ref: string }>(
  connection: Connection,
  path: string,
  read: (row: unknown) => Row | null,
): Promise<Row[]> {
  const rows = (await pagedRows(connection, { operation: "catalogue", path })).map(read);
  return [...new Map(rows.filter((row) => row !== null).map((row) => [row.ref, row])).values()];
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
