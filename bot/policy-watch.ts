import { errorText } from "../core/errors.ts";
import { isNearExpiry, type Policy, policyStanding } from "../core/policies/index.ts";
import type { Clock, Logger, Outbox, StateStore } from "../core/ports/index.ts";
import { counted } from "../core/texts/index.ts";
import type { Warning } from "./http/index.ts";
import type { InForce } from "./in-force.ts";
import type { Languages } from "./languages/index.ts";
import { type Loop, startLoop } from "./workers/index.ts";

export interface PolicyWatchDeps {
  inForce: () => Pick<InForce, "policies">;
  state: StateStore;
  outbox: Outbox;
  textsFor: Languages["textsFor"];
  /** Makes text of files plain in the channel's markup. */
  plain: (text: string) => string;
  clock: Clock;
  log: Logger;
}

/** Sees to it that no policy ends by surprise. */
export interface PolicyWatch {
  /** Policies near their end or behind it. */
  warnings(): Warning[];
  /** Looks from time to time; the log and, once for each approval, its approver in chat hear of an end to come. */
  start(): Loop;
}

const ROUND_MS = 3_600_000;

export function policyWatch(deps: PolicyWatchDeps): PolicyWatch {
  const { inForce, clock, log } = deps;
  const near = () => inForce().policies.filter((policy) => isNearExpiry(policy, clock.nowMs()));
  const over = () =>
    inForce().policies.filter((policy) => policyStanding(policy, clock.nowMs()).state === "expired");
  const round = async () => {
    for (const policy of near()) await tell(policy, deps);
    return { more: false, nextDueAtMs: clock.nowMs() + ROUND_MS };
  };
  return {
    warnings: () => [...near(), ...over()].map((policy) => warningOf(policy, clock.nowMs())),
    start: () => startLoop({ name: "policies", clock, log, maxIdleMs: ROUND_MS, round }),
  };
}

function warningOf(policy: Policy, nowMs: number): Warning {
  const { state, daysLeft } = policyStanding(policy, nowMs);
  const about = `policy ${policy.id}`;
  if (state === "expired") {
    const message = `has expired at ${policy.expires}; what relies on it is held: whale policies approve ${policy.id}, or name people (已过期，用到它的任务不会执行，请重新批准或写明由谁批准)`;
    return { about, message };
  }
  const message = `expires at ${policy.expires}, in ${counted(daysLeft ?? 0, "day")}; what relies on it is refused from then on: whale policies approve ${policy.id} (还有 ${daysLeft} 天到期，届时用到它的任务会被拒绝，请重新批准)`;
  return { about, message };
}

async function tell(policy: Policy, deps: PolicyWatchDeps): Promise<void> {
  const { state, outbox, textsFor, plain, clock, log } = deps;
  const { id, expires, approvedBy: to } = policy;
  const { daysLeft } = policyStanding(policy, clock.nowMs());
  log.warn({ policy: id, expires, daysLeft }, "a policy will expire");
  try {
    const name = `policy:${policy.digest}`;
    if ((await state.list("notice")).some((notice) => notice.name === name)) return;
    const texts = await textsFor(to);
    const text = texts.policyExpires({ policy: plain(id), days: daysLeft ?? 0, expires: plain(expires) });
    const body = { kind: "answer" as const, to, text };
    // Said before it is remembered: a crash in between says it twice, never not at all.
    await outbox.add([{ key: `notice:${name}`, taskId: null, lane: 4, body, dueAtMs: clock.nowMs() }]);
    const at = new Date(clock.nowMs()).toISOString();
    await state.put({ kind: "notice", name, expected: null, body: { at } });
  } catch (error) {
    log.warn({ policy: id, reason: errorText(error) }, "the approver of a policy could not be told");
  }
}
