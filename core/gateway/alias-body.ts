import type { JsonObject } from "../ids/index.ts";
import { bilingual } from "./refusals.ts";

/** What a body asks for: a text, and the alias and format that it is of where the caller names them. */
export type AliasStart =
  | { outcome: "read"; command: string; named: { name: string; format: string } | null }
  | { outcome: "refused"; message: string };

const MOST_TEXT = 20_000;

/**
 * Reads the body of `aliasexecution` (`name`, `format`, `command`) or of `match_and_execute` (`command`); what says
 * where an answer is to go is not carried over, since people are told by Whale (reference/stackstorm.md 6.2).
 */
export function readAliasStart(body: JsonObject, what: "alias" | "matched_alias"): AliasStart {
  const wanted = what === "alias" ? ["name", "format", "command"] : ["command"];
  const missing = wanted.find((field) => typeof body[field] !== "string" || body[field] === "");
  if (missing !== undefined) return refused(missing, "必须是文本", "must be a text");
  const { name, format, command } = body as Record<string, string>;
  if (command === undefined || command.length > MOST_TEXT) return refused("command", "太长", "is too long");
  const isNamed = what === "alias" && name !== undefined && format !== undefined;
  return { outcome: "read", command, named: isNamed ? { name, format } : null };
}

function refused(field: string, zh: string, en: string): AliasStart {
  return { outcome: "refused", message: bilingual(`${field} ${zh}`, `${field} ${en}`) };
}
