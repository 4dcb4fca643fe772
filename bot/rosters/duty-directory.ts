import { ChatOpsError } from "../../core/errors.ts";
import type { Membership, People } from "../../core/people/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { OnDuty, RosterKeeper } from "./keeper.ts";

/**
 * The directory for people who may be named by a duty roster too: those on duty at the moment of asking stand in
 * for the roster's name. Where it is not known who is on duty nobody is entitled by it, and nothing can be sent.
 */
export function dutyDirectory(directory: Directory, rosters: Pick<RosterKeeper, "onDuty">): Directory {
  return {
    expand: async (people) => {
      if (people.duty === undefined) return directory.expand(people);
      const found = await rosters.onDuty(people.duty);
      if (found.outcome === "known") return directory.expand(standIn(people, found));
      const message = `who is on duty on ${people.duty} is not known: ${found.why}`;
      throw new ChatOpsError(message, { code: "duty.unknown", retryable: true, reached: "no" });
    },
    vouch: async (userId, groups) => {
      const found = await Promise.all(
        groups.map(async ({ duty }) => (duty === undefined ? null : rosters.onDuty(duty))),
      );
      const named = groups.map((group, at) => standIn(group, found[at] ?? null));
      const vouched: Membership = await directory.vouch(userId, named);
      const unsure = found.some((one) => one?.outcome === "unknown");
      return vouched.outcome === "not_entitled" && unsure ? { outcome: "duty_unknown" } : vouched;
    },
    nameOf: (userId) => directory.nameOf(userId),
  };
}

function standIn({ duty, ...people }: People, found: OnDuty | null): People {
  if (duty === undefined || found?.outcome !== "known") return people;
  return { ...people, users: [...(people.users ?? []), ...found.people] };
}
