import { clockTime } from "../../core/cards/index.ts";
import type { NamedDelegation } from "../../core/delegations/index.ts";
import type { Clock, Directory, Outbox } from "../../core/ports/index.ts";
import type { Languages } from "../languages/index.ts";

export interface TellingDeps {
  outbox: Pick<Outbox, "add">;
  directory: Pick<Directory, "nameOf">;
  textsFor: Languages["textsFor"];
  /** Makes text of people plain in the channel's markup. */
  plain: (text: string) => string;
  timeZone: string;
  clock: Clock;
}

/** Tells a delegate in chat that from now on they stand in for somebody. */
export type TellDelegate = (given: NamedDelegation) => Promise<void>;

export function tellDelegate(deps: TellingDeps): TellDelegate {
  const { outbox, directory, textsFor, plain, timeZone, clock } = deps;
  return async ({ name, delegation }) => {
    const { from, to, until, why } = delegation;
    const absent = plain(await directory.nameOf(from));
    const facts = { from: absent, until: clockTime(Date.parse(until), timeZone), why: plain(why) };
    const body = { kind: "answer" as const, to, text: (await textsFor(to)).commands.delegatedToYou(facts) };
    await outbox.add([{ key: `delegated:${name}`, taskId: null, lane: 4, body, dueAtMs: clock.nowMs() }]);
  };
}
