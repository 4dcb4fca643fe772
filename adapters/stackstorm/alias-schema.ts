import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { JsonObject } from "../../core/ids/index.ts";
import type { ActionAlias, AliasFormat } from "../../core/runs/index.ts";

const Text = Type.String();
const Texts = Type.Array(Text);

const Format = Type.Union([
  Text,
  Type.Object({ display: Type.Optional(Text), representation: Type.Optional(Type.Union([Texts, Text])) }),
]);

/** What is read of an alias; falsy fields are left out of answers, so that `enabled` may be missing. */
const AliasRow = Type.Object({
  ref: Type.Optional(Text),
  pack: Type.Optional(Text),
  name: Type.String({ minLength: 1 }),
  action_ref: Type.String({ minLength: 1 }),
  description: Type.Optional(Type.Union([Text, Type.Null()])),
  enabled: Type.Optional(Type.Boolean()),
  formats: Type.Array(Format),
  immutable_parameters: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
});
type AliasRow = Static<typeof AliasRow>;
const aliasCheck = Compile(AliasRow);

/** The enabled aliases of one page, and how many rows it had; null when it is no list. Odd ones are left out. */
export function parseAliases(value: unknown): { aliases: ActionAlias[]; rows: number } | null {
  if (!Array.isArray(value)) return null;
  const rows = value.flatMap((row: unknown) => (aliasCheck.Check(row) ? [row] : []));
  return { aliases: rows.filter(({ enabled }) => enabled !== false).map(aliasOf), rows: value.length };
}

function aliasOf({ ref, pack, name, action_ref: action, formats, ...row }: AliasRow): ActionAlias {
  return {
    ref: ref ?? (pack === undefined ? name : `${pack}.${name}`),
    action,
    description: row.description ?? "",
    formats: formats.map(formatOf),
    immutable: (row.immutable_parameters ?? {}) as JsonObject,
  };
}

function formatOf(format: Static<typeof Format>): AliasFormat {
  if (typeof format === "string") return { display: format, representations: [format] };
  const { display, representation = [] } = format;
  const written = typeof representation === "string" ? [representation] : representation;
  const shown = display ?? written[0] ?? "";
  return { display: shown, representations: written.length > 0 ? written : [shown] };
}
