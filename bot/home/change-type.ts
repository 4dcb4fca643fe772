import type { HomeFile, HomeFolder, HomeLoading, Problem } from "../../adapters/files/index.ts";
import { TYPE_NAME } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import type { ConfigStore } from "../../core/ports/index.ts";
import type { ConfigVersion } from "../../core/versions/index.ts";
import type { InForceHolder } from "../in-force.ts";
import { type Author, byHand } from "./record-versions.ts";

/** A wish of a person about one event type. */
export interface TypeChange {
  type: string;
  /** What it shall be, in the shape of its file; null retires it. */
  definition: JsonObject | null;
  /** The version that the person has seen: 0 when there shall be none yet; null asks for none. */
  expected: number | null;
  by: string;
}

/** A file that names an event type. */
export interface TypeUse {
  kind: "rule" | "source";
  name: string;
  file: string;
}

export type TypeChanged =
  /** In force now; `version` is what it is now, also when nothing had to change. */
  | { outcome: "changed"; version: ConfigVersion }
  | { outcome: "exists"; version: ConfigVersion }
  | { outcome: "unknown" }
  /** Somebody was faster. */
  | { outcome: "stale"; version: ConfigVersion }
  /** The file is not as it was loaded: somebody edits it by hand. */
  | { outcome: "edited"; file: string }
  | { outcome: "used"; uses: TypeUse[] }
  | { outcome: "refused"; problems: Problem[] };

/** A home that was loaded. */
export type LoadedHome = Extract<HomeLoading, { outcome: "loaded" }>;

export interface ChangeDeps {
  folder: HomeFolder;
  configs: ConfigStore;
  inForce: InForceHolder;
  /** The files in force. */
  files: readonly HomeFile[];
  /** Records what is new in a loaded home and puts it in force. */
  adopt: (home: LoadedHome, author: Author) => Promise<unknown>;
}

/**
 * Changes one event type: nothing is written before the whole home is known to load with it. The caller sees
 * to it that no two run at once. Rejects, with the file as it was, when it cannot be written or recorded. A
 * process that dies between the two finds the file at its next start, as edited by an unknown hand.
 */
export async function changeType(change: TypeChange, deps: ChangeDeps): Promise<TypeChanged> {
  const { type } = change;
  if (!TYPE_NAME.test(type)) return { outcome: "refused", problems: [nameProblem(type)] };
  const latest = await newest(type, deps.configs);
  const against = conflictOf(change, latest);
  if (against) return against;
  const file = fileOf(type, deps.files) ?? `event-types/${type}.yaml`;
  const before = await deps.folder.read(file);
  if (before !== textInForce(latest)) return { outcome: "edited", file };
  return replace(change, { file, before }, deps);
}

async function newest(type: string, configs: ConfigStore): Promise<ConfigVersion | null> {
  const [latest] = await configs.versions({ kind: "event-type", name: type });
  return latest ?? null;
}

function fileOf(type: string, files: readonly HomeFile[]): string | undefined {
  return files.find(({ kind, name }) => kind === "event-type" && name === type)?.file;
}

function textInForce(latest: ConfigVersion | null): string | null {
  return latest === null || latest.change === "retired" ? null : latest.text;
}

function conflictOf({ expected }: TypeChange, latest: ConfigVersion | null): TypeChanged | null {
  const living = latest !== null && latest.change !== "retired" ? latest : null;
  if (expected === 0) return living && { outcome: "exists", version: living };
  if (!living) return { outcome: "unknown" };
  return expected === null || expected === living.no ? null : { outcome: "stale", version: living };
}

interface Place {
  file: string;
  before: string | null;
}

async function replace(change: TypeChange, place: Place, deps: ChangeDeps): Promise<TypeChanged> {
  const { type, definition } = change;
  const { file, before } = place;
  const { folder } = deps;
  const foreign = definition ? folder.checkForeign(file, definition) : [];
  if (foreign.length > 0) return { outcome: "refused", problems: foreign };
  const text = definition && folder.textOf(definition, before);
  const loading = await folder.load(new Map([[file, text]]));
  if (loading.outcome === "refused") return refusal(change, loading.problems, deps);
  await folder.write(file, text);
  try {
    await deps.adopt(loading, authorOf(change, before));
  } catch (error) {
    // What is not recorded must not come into force at the next start either.
    await folder.write(file, before);
    throw error;
  }
  const version = await newest(type, deps.configs);
  return version ? { outcome: "changed", version } : { outcome: "unknown" };
}

/** Without an event type the files that name it do not load: then they are the answer. */
function refusal({ type, definition }: TypeChange, problems: Problem[], deps: ChangeDeps): TypeChanged {
  const uses = definition === null ? usesOf(type, deps) : [];
  return uses.length > 0 ? { outcome: "used", uses } : { outcome: "refused", problems };
}

function usesOf(type: string, { files, inForce }: ChangeDeps): TypeUse[] {
  const { rules, sources } = inForce.current();
  const ruleIds = new Set(rules.filter(({ on }) => on.includes(type)).map(({ id }) => id));
  const names = [...sources.values()].map(({ source }) => source);
  const using = names.filter(({ map, defaultType }) =>
    [defaultType, ...map.map((m) => m.type)].includes(type),
  );
  const sourceNames = new Set(using.map(({ name }) => name));
  return files.flatMap(({ kind, name, file }): TypeUse[] => {
    if (kind === "rule" && ruleIds.has(name)) return [{ kind, name, file }];
    return kind === "source" && sourceNames.has(name) ? [{ kind, name, file }] : [];
  });
}

/** Beside the change itself, loading may find what others have edited by hand. */
function authorOf({ type, definition, by }: TypeChange, before: string | null): Author {
  const deed = definition === null ? "retire" : before === null ? "create" : "change";
  return ({ kind, name }) => {
    const own = kind === "event-type" && name === type;
    return own ? { by, what: `types.${deed}` } : byHand({ kind, name });
  };
}

function nameProblem(type: string): Problem {
  return {
    ...{ file: "event-types/", line: 1, column: 1, field: "type", value: JSON.stringify(type.slice(0, 60)) },
    message: "应以字母开头，由字母、数字、_ . - 组成，最多 100 个字符",
    messageEn: "must start with a letter, then letters, digits, _ . - and at most 100 characters",
  };
}
