import type { Finding } from "../doctor/index.ts";
import { localTimes } from "./local-time.ts";
import { plainText } from "./plain-text.ts";

const WORDS: Record<Finding["outcome"], string> = {
  holds: "成立 holds  ",
  reduced: "减弱 reduced",
  fails: "不行 FAILS  ",
};

/** A finding as lines for the terminal. What others' servers said in it cannot command the terminal. */
export function findingLines({ about, outcome, message, todo }: Finding, timeZone: string): string[] {
  const line = plainText(`${WORDS[outcome]}  ${about}: ${localTimes(message, timeZone)}`);
  return todo === undefined ? [line] : [line, plainText(`              → ${todo}`)];
}
