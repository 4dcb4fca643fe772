import { errorText } from "../../core/errors.ts";
import {
  type CompiledMutes,
  compileMutes,
  type MuteOrder,
  muteText,
  type NamedMute,
} from "../../core/mutes/index.ts";
import type { Audit, Clock, Ids, Logger, StateStore } from "../../core/ports/index.ts";

/** What people ordered to be silent, as every process sees it. */
export interface MuteKeeper {
  /** The mutes in force as of the last look. */
  current(): CompiledMutes;
  /** Looks whether anybody changed them. What cannot be looked at stays as it was, and is logged. */
  refresh(): Promise<void>;
  /** Those that are not over, the latest end first. */
  list(): Promise<NamedMute[]>;
  /** Silences from now on; `by` is an actor's name. */
  order(order: MuteOrder, by: string): Promise<NamedMute>;
  /** Ends a mute now. False when there is none of this name. */
  lift(name: string, by: string): Promise<boolean>;
}

export interface MuteKeeperDeps {
  state: StateStore;
  audit: Pick<Audit, "append">;
  ids: Ids;
  clock: Clock;
  log: Logger;
}

/** Mutes are kept for so long after their end: an event that waited is judged by the time of its receipt. */
const KEPT_AFTER_MS = 7 * 86_400_000;

export function createMuteKeeper(deps: MuteKeeperDeps): MuteKeeper {
  const { state, log } = deps;
  let seen = -1;
  let compiled = compileMutes([]);
  const refresh = async (): Promise<void> => {
    try {
      const version = await state.version();
      if (version === seen) return;
      compiled = compileMutes(await all(state));
      seen = version;
    } catch (error) {
      log.warn({ reason: errorText(error) }, "mutes could not be read, those read before stay in force");
    }
  };
  return {
    current: () => compiled,
    refresh,
    list: async () => {
      const nowMs = deps.clock.nowMs();
      const open = (await all(state)).filter(({ mute }) => Date.parse(mute.until) > nowMs);
      return open.sort((one, other) => other.mute.until.localeCompare(one.mute.until));
    },
    order: (given, by) => order(given, by, deps),
    lift: (name, by) => lift(name, by, deps),
  };
}

async function all(state: StateStore): Promise<NamedMute[]> {
  return (await state.list("mute")).map(({ name, body }) => ({ name, mute: body }));
}

async function order({ match, forMs, why }: MuteOrder, by: string, deps: MuteKeeperDeps): Promise<NamedMute> {
  const { state, audit, ids, clock, log } = deps;
  const nowMs = clock.nowMs();
  await forget(nowMs - KEPT_AFTER_MS, state);
  const at = new Date(nowMs).toISOString();
  const mute = { match, from: at, until: new Date(nowMs + forMs).toISOString(), by, at, why };
  const name = `m_${ids.ulid().toLowerCase()}`;
  const put = await state.put({ kind: "mute", name, expected: null, body: mute });
  if (put.outcome === "conflict") throw new Error(`there is a mute ${name} already`);
  await audit.append({
    at,
    who: by,
    what: "mute.order",
    object: name,
    detail: { for: muteText(match), until: mute.until, why },
  });
  log.info({ by, mute: name, for: muteText(match), until: mute.until, why }, "muted");
  return { name, mute };
}

async function lift(name: string, by: string, deps: MuteKeeperDeps): Promise<boolean> {
  const { state, audit, clock, log } = deps;
  const found = (await state.list("mute")).find((one) => one.name === name);
  if (!found || !(await state.remove("mute", name, found.revision))) return false;
  const at = new Date(clock.nowMs()).toISOString();
  await audit.append({
    at,
    who: by,
    what: "mute.lift",
    object: name,
    detail: { for: muteText(found.body.match) },
  });
  log.info({ by, mute: name }, "mute lifted");
  return true;
}

async function forget(olderThanMs: number, state: StateStore): Promise<void> {
  for (const { name, revision, body } of await state.list("mute")) {
    if (Date.parse(body.until) < olderThanMs) await state.remove("mute", name, revision);
  }
}
