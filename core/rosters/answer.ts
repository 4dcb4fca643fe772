import type { Json } from "../ids/index.ts";
import { compileTemplate } from "../params/index.ts";
import { isUserId, normaliseUserId } from "../people/people.ts";

/** Who is on duty as a look-up's answer says, or why that cannot be read. Nobody on duty is an answer too. */
export type AnswerReading =
  | { outcome: "read"; people: string[] }
  | { outcome: "unreadable"; message: string };

/** More cannot be a shift, and would be a card to the whole company. */
const MOST_PEOPLE = 50;

/** Reads an answer through the template `users`: a list of userids, or a text with commas or spaces between. */
export function readAnswer(users: string, scope: Readonly<Record<string, unknown>>): AnswerReading {
  const compiled = compileTemplate(users);
  if (compiled.outcome === "invalid") return unreadable(compiled.message);
  const rendered = compiled.template.render(scope);
  if (rendered.outcome === "failed") return unreadable(rendered.message);
  return readUsers(rendered.value);
}

function readUsers(value: Json): AnswerReading {
  const listed = typeof value === "string" ? value.split(/[\s,;，；、]+/).filter(Boolean) : value;
  if (!Array.isArray(listed)) return unreadable("users gives neither a list nor a text");
  const people = listed.map((one) => (typeof one === "string" ? normaliseUserId(one) : ""));
  const odd = people.findIndex((one) => !isUserId(one));
  // The answer is foreign text: it is named by its place and not repeated.
  if (odd >= 0) return unreadable(`item ${odd + 1} of users is not a userid`);
  const distinct = [...new Set(people)];
  if (distinct.length > MOST_PEOPLE) return unreadable(`more than ${MOST_PEOPLE} people on duty`);
  return { outcome: "read", people: distinct };
}

function unreadable(message: string): AnswerReading {
  return { outcome: "unreadable", message };
}
