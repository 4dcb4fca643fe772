import type { Finding } from "../wire-doctor.ts";
import { plainText } from "./plain-text.ts";

const WORDS: Record<Finding["outcome"], string> = {
  holds: "成立 holds  ",
  reduced: "减弱 reduced",
  fails: "不行 FAILS  ",
};

/** A finding as a line for the terminal. What others' servers said in it cannot command the terminal. */
export function findingLine({ about, outcome, message }: Finding): string {
  return plainText(`${WORDS[outcome]}  ${about}: ${message}`);
}
