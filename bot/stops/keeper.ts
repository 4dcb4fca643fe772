import { errorText } from "../../core/errors.ts";
import type { Audit, Clock, Logger, StateStore } from "../../core/ports/index.ts";
import { type Stop, type StopScope, stopName } from "../../core/stops/index.ts";

/** What people have stopped, as every process sees it. */
export interface StopKeeper {
  /** Those in force as of the last look. */
  current(): readonly Stop[];
  /** Looks whether anybody changed them. What cannot be looked at stays as it was, and is logged. */
  refresh(): Promise<void>;
  /** Those in force, the latest first. */
  list(): Promise<Stop[]>;
  /** Stops a scope from now on; `by` is an actor's name. Who stopped it before keeps it. */
  order(order: { scope: StopScope; why: string }, by: string): Promise<StopOutcome>;
  /** Ends a scope's stop now. False when there is none. */
  lift(scope: StopScope, by: string): Promise<boolean>;
}

export interface StopOutcome {
  outcome: "stopped" | "stopped_before";
  stop: Stop;
}

export interface StopKeeperDeps {
  state: StateStore;
  audit: Pick<Audit, "append">;
  clock: Clock;
  log: Logger;
}

export function createStopKeeper(deps: StopKeeperDeps): StopKeeper {
  const { state, log } = deps;
  let seen = -1;
  let stops: readonly Stop[] = [];
  const refresh = async (): Promise<void> => {
    try {
      const version = await state.version();
      if (version === seen) return;
      stops = await all(state);
      seen = version;
    } catch (error) {
      log.warn({ reason: errorText(error) }, "stops could not be read, those read before stay in force");
    }
  };
  return {
    current: () => stops,
    refresh,
    list: async () => (await all(state)).sort((one, other) => other.at.localeCompare(one.at)),
    order: (order, by) => stop(order, by, deps),
    lift: (scope, by) => lift(scope, by, deps),
  };
}

async function all(state: StateStore): Promise<Stop[]> {
  return (await state.list("stop")).map(({ body }) => body);
}

async function stop(
  { scope, why }: { scope: StopScope; why: string },
  by: string,
  { state, audit, clock, log }: StopKeeperDeps,
): Promise<StopOutcome> {
  const at = new Date(clock.nowMs()).toISOString();
  const name = stopName(scope);
  const body: Stop = { scope, by, at, why };
  const put = await state.put({ kind: "stop", name, expected: null, body });
  if (put.outcome === "conflict") return { outcome: "stopped_before", stop: put.current?.body ?? body };
  await audit.append({ at, who: by, what: "stop.order", object: name, detail: { why } });
  log.warn({ by, stop: name, why }, "stopped: nothing new of this starts");
  return { outcome: "stopped", stop: body };
}

async function lift(
  scope: StopScope,
  by: string,
  { state, audit, clock, log }: StopKeeperDeps,
): Promise<boolean> {
  const name = stopName(scope);
  const found = (await state.list("stop")).find((one) => one.name === name);
  if (!found || !(await state.remove("stop", name, found.revision))) return false;
  const at = new Date(clock.nowMs()).toISOString();
  await audit.append({ at, who: by, what: "stop.lift", object: name, detail: { why: found.body.why } });
  log.warn({ by, stop: name }, "stop lifted");
  return true;
}
