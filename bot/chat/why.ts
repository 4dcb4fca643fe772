import type { MessageViewing } from "../../core/cards/index.ts";
import { whyText } from "../../core/commands/index.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import {
  type AccessObject,
  type Actor,
  authorise,
  objectOfRule,
  type Right,
} from "../../core/people/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { Explainer } from "../explain/index.ts";
import type { RoleFinder } from "../people.ts";

export interface ChatWhyDeps {
  explainer: Explainer;
  rolesOf: RoleFinder;
  rules: () => readonly Rule[];
}

/** Answers `why EVENT [RULE]`. The same rights count as over REST. */
export async function answerWhy(
  { text, userId }: { text: string; userId: string },
  viewing: MessageViewing,
  deps: ChatWhyDeps,
): Promise<string> {
  const [typed = "", ruleId] = text.split(/\s+/).filter(Boolean);
  const { commands } = viewing.texts;
  const actor: Actor = {
    kind: "user",
    userId: userId.toLowerCase(),
    ...(await deps.rolesOf(userId.toLowerCase())),
  };
  const refused = denial(actor, "events.read", "some", viewing);
  if (refused !== null) return refused;
  const found = await deps.explainer.find(typed);
  const shown = viewing.plain(typed.slice(0, 60));
  if (found.outcome === "unknown") return commands.noSuchEvent(shown);
  if (found.outcome === "ambiguous") return commands.ambiguousEvent(shown);
  const { event } = found;
  return (
    denial(actor, "events.read", { type: event.type }, viewing) ??
    ofEvent(event, ruleId, { actor, viewing, deps })
  );
}

async function ofEvent(
  event: WhaleEvent,
  ruleId: string | undefined,
  { actor, viewing, deps }: { actor: Actor; viewing: MessageViewing; deps: ChatWhyDeps },
): Promise<string> {
  const objectOf = (id: string): AccessObject => {
    return objectOfRule(deps.rules().find((one) => one.id === id));
  };
  const refused = denial(actor, "rules.read", ruleId === undefined ? "some" : objectOf(ruleId), viewing);
  if (refused !== null) return refused;
  const explanations = await deps.explainer.explain(event, ruleId);
  if (!explanations) {
    return viewing.texts.commands.noSuchRule(viewing.plain((ruleId ?? "").slice(0, 60)));
  }
  const seen = explanations.filter((one) => {
    return authorise(actor, "rules.read", objectOf(one.ruleId)).outcome === "allowed";
  });
  return whyText(event, seen, viewing);
}

function denial(
  actor: Actor,
  right: Right,
  object: AccessObject | "some",
  { plain, texts }: MessageViewing,
): string | null {
  const decision = authorise(actor, right, object);
  return decision.outcome === "allowed" ? null : plain(texts.wordsOf(decision.message));
}
