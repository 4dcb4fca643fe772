import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";

const Text = Type.String();

/** What is read of a pack; fields without a value are left out of answers. */
const PackRow = Type.Object({
  ref: Type.Optional(Text),
  name: Type.Optional(Text),
  version: Type.Optional(Type.Union([Text, Type.Null()])),
});
/** What is read of a thing in a pack. */
const ItemRow = Type.Object({
  ref: Type.Optional(Text),
  name: Type.Optional(Text),
  pack: Type.Optional(Text),
  enabled: Type.Optional(Type.Boolean()),
});
const InspectionRow = Type.Object({
  message: Text,
  spec_path: Type.Optional(Type.Union([Text, Type.Null()])),
});

const packCheck = Compile(PackRow);
const itemCheck = Compile(ItemRow);
const inspectionsCheck = Compile(Type.Array(InspectionRow));

/** A pack, with the version that it has; null when it is none. */
export function parsePack(value: unknown): { ref: string; version: string } | null {
  if (!packCheck.Check(value)) return null;
  const ref = value.ref ?? value.name;
  return ref === undefined || ref === "" ? null : { ref, version: value.version ?? "" };
}

/** A thing of a pack. */
export interface Item {
  ref: string;
  pack: string;
  enabled: boolean;
}

/** A list of things; null when it is no list, or something in it cannot be told by its name. */
export function parseItems(value: unknown): Item[] | null {
  if (!Array.isArray(value)) return null;
  const items = value.map(itemOf);
  return items.every((item) => item !== null) ? items : null;
}

function itemOf(value: unknown): Item | null {
  if (!itemCheck.Check(value)) return null;
  const { ref, pack, name, enabled = true } = value;
  const own = ref ?? (pack === undefined || name === undefined ? "" : `${pack}.${name}`);
  const at = own.indexOf(".");
  return at <= 0 ? null : { ref: own, pack: pack ?? own.slice(0, at), enabled };
}

/** What an inspection found; null when the answer is none. */
export function parseInspections(value: unknown): Static<typeof InspectionRow>[] | null {
  return inspectionsCheck.Check(value) ? value : null;
}
