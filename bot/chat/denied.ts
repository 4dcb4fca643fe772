import type { MessageViewing } from "../../core/cards/index.ts";
import {
  type AccessObject,
  type Actor,
  authorise,
  denialWords,
  grantWords,
  type Right,
  type Role,
  rolesGranting,
} from "../../core/people/index.ts";
import type { Logger, Metrics } from "../../core/ports/index.ts";

export interface DenialDeps {
  /** The roles in force. */
  roles: () => readonly Role[];
  log: Logger;
  metrics: Metrics;
}

/** Null when somebody may; else what they are told: which right is missing, who has it, who may grant it. */
export type Denier = (
  asking: { actor: Actor; viewing: MessageViewing },
  right: Right,
  object: AccessObject | "some",
) => string | null;

export function denierOver({ roles, log, metrics }: DenialDeps): Denier {
  return ({ actor, viewing }, right, object) => {
    const decision = authorise(actor, right, object);
    if (decision.outcome === "allowed") return null;
    const { reason, message } = decision;
    metrics.count("chat_denials", { right, reason });
    log.info({ by: actor.kind === "user" ? actor.userId : actor.kind, right, reason }, "command denied");
    const { wordsOf } = viewing.texts;
    const granting = rolesGranting(roles(), right, object);
    const admins = rolesGranting(roles(), "config.reload", "some");
    const isForRoles = reason === "no_role" || reason === "outside_scope" || reason === "unknown_person";
    const grants = isForRoles ? `\n${wordsOf(grantWords(granting, admins))}` : "";
    return viewing.plain(wordsOf(message) + grants);
  };
}

/** What somebody is told who may do nothing, whatever it is; null for whoever the directory has nothing against. */
export function barred(
  { against }: { against: "inactive" | "unknown_person" | null },
  { texts, plain }: MessageViewing,
): string | null {
  if (against === null) return null;
  return plain(texts.wordsOf(denialWords(against, { right: "tasks.read", roles: [] })));
}
