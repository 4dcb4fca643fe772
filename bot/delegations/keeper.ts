import {
  type Delegation,
  type DelegationOrder,
  type DelegationRefusal,
  delegatorsOf,
  isInForce,
  type NamedDelegation,
  withDelegates,
} from "../../core/delegations/index.ts";
import type { Audit, Clock, Directory, Ids, Logger, StateStore } from "../../core/ports/index.ts";
import type { TellDelegate } from "./tell.ts";

/** Who stands in for whom, as every process sees it. Each question looks whether anybody changed it, and fails when it cannot. */
export interface DelegationKeeper {
  /** In whose place a person stands now. */
  standsFor(userId: string): Promise<string[]>;
  /** Some people and those who stand in for them now. */
  withDelegates(userIds: readonly string[]): Promise<string[]>;
  /** Those in force, the latest end first. */
  list(): Promise<NamedDelegation[]>;
  /** Delegates from now on; `by` is an actor's name. */
  give(order: DelegationOrder, by: string): Promise<Given>;
  /** Ends one now. False when there is none of this name in force. */
  end(name: string, by: string): Promise<boolean>;
}

export type Given = { outcome: "given"; given: NamedDelegation } | DelegationRefusal;

export interface DelegationKeeperDeps {
  state: StateStore;
  audit: Pick<Audit, "append">;
  directory: Pick<Directory, "vouch">;
  /** Tells who stands in. */
  tell: TellDelegate;
  ids: Ids;
  clock: Clock;
  log: Logger;
}

/** So many people may stand in for one at a time: each gets every card. */
const MOST_DELEGATES = 5;

export function createDelegationKeeper(deps: DelegationKeeperDeps): DelegationKeeper {
  const { state, clock } = deps;
  let seen = -1;
  let kept: Delegation[] = [];
  const current = async (): Promise<Delegation[]> => {
    const version = await state.version();
    if (version !== seen) {
      kept = (await all(state)).map(({ delegation }) => delegation);
      seen = version;
    }
    return kept;
  };
  return {
    standsFor: async (userId) => delegatorsOf(userId.toLowerCase(), await current(), clock.nowMs()),
    withDelegates: async (userIds) => withDelegates(userIds, await current(), clock.nowMs()),
    list: async () => {
      const nowMs = clock.nowMs();
      const open = (await all(state)).filter(({ delegation }) => isInForce(delegation, nowMs));
      return open.sort((one, other) => other.delegation.until.localeCompare(one.delegation.until));
    },
    give: (order, by) => give(order, by, deps),
    end: (name, by) => end(name, by, deps),
  };
}

async function all(state: StateStore): Promise<NamedDelegation[]> {
  return (await state.list("delegation")).map(({ name, body }) => ({ name, delegation: body }));
}

async function give(order: DelegationOrder, by: string, deps: DelegationKeeperDeps): Promise<Given> {
  const { state, audit, directory, ids, clock, log } = deps;
  const { from, to, untilMs, why } = order;
  const vouched = await directory.vouch(to, []);
  if (vouched.outcome !== "not_entitled") return { outcome: "refused", fault: "not_a_member", about: to };
  const nowMs = clock.nowMs();
  const open = await forgetOver(nowMs, state);
  if (open.filter(({ delegation }) => delegation.from === from).length >= MOST_DELEGATES) {
    return { outcome: "refused", fault: "too_many", about: from };
  }
  const [since, until] = [nowMs, untilMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  const delegation = { from, to, since, until, by, why };
  const name = `d_${ids.ulid().toLowerCase()}`;
  const put = await state.put({ kind: "delegation", name, expected: null, body: delegation });
  if (put.outcome === "conflict") throw new Error(`there is a delegation ${name} already`);
  const detail = { from, to, until, why };
  await audit.append({ at: since, who: by, what: "delegation.give", object: name, detail });
  log.info({ by, delegation: name, ...detail }, "delegated");
  const given = { name, delegation };
  await deps.tell(given);
  return { outcome: "given", given };
}

async function end(name: string, by: string, deps: DelegationKeeperDeps): Promise<boolean> {
  const { state, audit, clock, log } = deps;
  const nowMs = clock.nowMs();
  const found = (await state.list("delegation")).find((one) => one.name === name);
  if (!found || !isInForce(found.body, nowMs)) return false;
  if (!(await state.remove("delegation", name, found.revision))) return false;
  const { from, to } = found.body;
  const at = new Date(nowMs).toISOString();
  await audit.append({ at, who: by, what: "delegation.end", object: name, detail: { from, to } });
  log.info({ by, delegation: name, from, to }, "delegation ended");
  return true;
}

/** Drops those that are over; the audit keeps what they were. Gives the others. */
async function forgetOver(nowMs: number, state: StateStore): Promise<NamedDelegation[]> {
  const open: NamedDelegation[] = [];
  for (const { name, revision, body } of await state.list("delegation")) {
    if (Date.parse(body.until) > nowMs) open.push({ name, delegation: body });
    else await state.remove("delegation", name, revision);
  }
  return open;
}
