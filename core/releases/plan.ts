import { type ActionParameter, actionParameters } from "../actions/action-schema.ts";
import type { JsonObject } from "../ids/index.ts";
import { hashOf, isJsonObject } from "../ids/index.ts";
import type { ContentKind } from "./pack-content.ts";
import { type ActionUse, touchedBy, usersOf } from "./uses.ts";

/** What of a pack matters to a plan: read from files, or from what a cluster says. */
export interface PlannedPack {
  ref: string;
  version: string;
  items: readonly {
    kind: ContentKind;
    ref: string;
    runner?: string;
    enabled?: boolean;
    /** As the metadata gives them; absent where they are not known. */
    parameters?: JsonObject;
  }[];
}

/** How one parameter of an action changes. */
export type ParameterChange =
  | { change: "added"; name: string; required: boolean }
  | { change: "removed"; name: string }
  | { change: "changed"; name: string; what: readonly ParameterPart[] };

/** What of a parameter can differ. */
export const PARAMETER_PARTS = [
  "type",
  "required",
  "default",
  "enum",
  "bounds",
  "immutable",
  "secret",
] as const;
export type ParameterPart = (typeof PARAMETER_PARTS)[number];

/** How one action, alias, rule or sensor changes. */
export interface ItemChange {
  kind: string;
  ref: string;
  change: "added" | "removed" | "changed";
  parameters: readonly ParameterChange[];
  /** The runner before and after, where it is another. */
  runner?: { before: string; after: string };
  enabled?: boolean;
  /**
   * Whether who starts it as before still may: while a cluster is being released old metadata meets new code
   * (reference/stackstorm.md section 13.4, point 3).
   */
  compatible: boolean;
  /** What of Whale names it. */
  touches: readonly ActionUse[];
}

/** How one pack changes; its versions are null where it is not there. */
export interface PackChange {
  ref: string;
  change: "added" | "removed" | "changed";
  before: string | null;
  after: string | null;
  items: readonly ItemChange[];
}

/** What a release would change. */
export interface ReleasePlan {
  /** Sorted by ref; packs that stay as they are are left out. */
  packs: readonly PackChange[];
  /** How many stay as they are. */
  same: number;
  /** No change asks anything else of who starts actions. */
  compatible: boolean;
  /** Everything of Whale that a change concerns, once each. */
  touches: readonly ActionUse[];
}

/** The difference between what is there and what would be. */
export function planRelease(
  before: readonly PlannedPack[],
  after: readonly PlannedPack[],
  uses: readonly ActionUse[],
): ReleasePlan {
  const refs = [...new Set([...before, ...after].map(({ ref }) => ref))].sort();
  const changes = refs.flatMap((ref) => {
    const [was, will] = [before, after].map((packs) => packs.find((pack) => pack.ref === ref));
    return packChange(ref, { was, will }, uses) ?? [];
  });
  const items = changes.flatMap((change) => change.items);
  const touches = new Map(items.flatMap((item) => item.touches.map((use) => [keyOf(use), use] as const)));
  return {
    packs: changes,
    same: refs.length - changes.length,
    compatible: items.every((item) => item.compatible),
    touches: [...touches.values()],
  };
}

function keyOf({ kind, name }: ActionUse): string {
  return `${kind} ${name}`;
}

interface Pair<T> {
  was: T | undefined;
  will: T | undefined;
}

function packChange(
  ref: string,
  { was, will }: Pair<PlannedPack>,
  uses: readonly ActionUse[],
): PackChange | null {
  const items = itemChanges(was?.items ?? [], will?.items ?? [], uses);
  const [before, after] = [was?.version ?? null, will?.version ?? null];
  if (was && will && before === after && items.length === 0) return null;
  return { ref, change: changeOf({ was, will }), before, after, items };
}

function changeOf({ was, will }: Pair<unknown>): "added" | "removed" | "changed" {
  if (was === undefined) return "added";
  return will === undefined ? "removed" : "changed";
}

type Item = PlannedPack["items"][number];

function itemChanges(
  before: readonly Item[],
  after: readonly Item[],
  uses: readonly ActionUse[],
): ItemChange[] {
  const key = ({ kind, ref }: Item) => `${kind} ${ref}`;
  const [was, will] = [before, after].map((items) => new Map(items.map((item) => [key(item), item])));
  const keys = [...new Set([...before, ...after].map(key))].sort();
  return keys.flatMap((one) => itemChange({ was: was?.get(one), will: will?.get(one) }, uses) ?? []);
}

function itemChange({ was, will }: Pair<Item>, uses: readonly ActionUse[]): ItemChange | null {
  const item = will ?? was;
  if (!item) return null;
  const { kind, ref } = item;
  const touched = kind === "action" ? touchedBy(uses, ref) : [];
  if (!was) return { kind, ref, change: "added", parameters: [], compatible: true, touches: [] };
  if (!will) return { kind, ref, change: "removed", parameters: [], compatible: false, touches: touched };
  const parameters = parameterChanges(was.parameters, will.parameters);
  const runner = differing(was.runner, will.runner);
  const enabled = differing(was.enabled, will.enabled)?.after;
  if (parameters.length === 0 && !runner && enabled === undefined) return null;
  return {
    ...{ kind, ref, change: "changed", parameters, touches: touched },
    ...(runner ? { runner } : {}),
    ...(enabled === undefined ? {} : { enabled }),
    compatible: enabled !== false && parameters.every(isCompatible),
  };
}

/** What is not known on one side is taken to be the same. */
function differing<T>(before: T | undefined, after: T | undefined): { before: T; after: T } | null {
  if (before === undefined || after === undefined || before === after) return null;
  return { before, after };
}

function parameterChanges(before?: JsonObject, after?: JsonObject): ParameterChange[] {
  if (!before || !after) return [];
  const [was, will] = [actionParameters(before), actionParameters(after)];
  const names = [...new Set([...was.keys(), ...will.keys()])].sort();
  return names.flatMap((name): ParameterChange[] => {
    const [old, next] = [was.get(name), will.get(name)];
    if (!old) return [{ change: "added", name, required: next?.required ?? false }];
    if (!next) return [{ change: "removed", name }];
    const what = [...differences(old, next), ...boundsDiffer(before[name], after[name])];
    return what.length === 0 ? [] : [{ change: "changed", name, what }];
  });
}

function differences(old: ActionParameter, next: ActionParameter): ParameterPart[] {
  const parts: readonly [ParameterPart, unknown, unknown][] = [
    ["type", old.types, next.types],
    ["required", old.required, next.required],
    ["default", old.preset ?? null, next.preset ?? null],
    ["enum", old.enum ?? null, next.enum ?? null],
    ["immutable", old.immutable, next.immutable],
    ["secret", old.secret, next.secret],
  ];
  return parts.flatMap(([part, one, other]) => (hashOf(one) === hashOf(other) ? [] : [part]));
}

const BOUNDS = [
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "pattern",
  "items",
  "properties",
  "anyOf",
  "oneOf",
];

function boundsDiffer(old: unknown, next: unknown): ParameterPart[] {
  const bounds = (spec: unknown) => BOUNDS.map((key) => (isJsonObject(spec) ? (spec[key] ?? null) : null));
  return hashOf(bounds(old)) === hashOf(bounds(next)) ? [] : ["bounds"];
}

const HARMLESS: readonly ParameterPart[] = ["default", "secret"];

/** Added as optional, or changed in what nobody gives: what was given before is still taken. */
function isCompatible(change: ParameterChange): boolean {
  if (change.change === "added") return !change.required;
  if (change.change === "removed") return false;
  return change.what.every((part) => HARMLESS.includes(part));
}

/** An action that would be gone while something of Whale still names it. */
export interface RemovedInUse {
  action: string;
  pack: string;
  users: readonly ActionUse[];
}

/** Removed actions that are still named, and parameters that are gone while a rule gives them, by action. */
export function removedInUse(plan: ReleasePlan, uses: readonly ActionUse[]): RemovedInUse[] {
  return plan.packs.flatMap(({ ref: pack, items }) =>
    items.flatMap((item) => {
      const users = item.kind === "action" ? hurtBy(item, usersOf(uses, item.ref)) : [];
      return users.length === 0 ? [] : [{ action: item.ref, pack, users }];
    }),
  );
}

function hurtBy({ change, parameters }: ItemChange, users: readonly ActionUse[]): readonly ActionUse[] {
  if (change === "removed") return users;
  const gone = parameters.flatMap((one) => (one.change === "removed" ? [one.name] : []));
  return users.filter((use) => use.parameters?.some((name) => gone.includes(name)));
}
