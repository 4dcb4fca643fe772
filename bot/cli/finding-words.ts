import type { Finding } from "../doctor/index.ts";
import { plainText } from "./plain-text.ts";

const WORDS: Record<Finding["outcome"], string> = {
  holds: "成立 holds  ",
  reduced: "减弱 reduced",
  fails: "不行 FAILS  ",
};

/** A finding as lines for the terminal. What others' servers said in it cannot command the terminal. */
export function findingLines({ about, outcome, message, todo }: Finding): string[] {
  const line = plainText(`${WORDS[outcome]}  ${about}: ${message}`);
  return todo === undefined ? [line] : [line, plainText(`              → ${todo}`)];
}
