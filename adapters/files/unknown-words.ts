import { closestWord } from "./closest-word.ts";
import type { Words } from "./problem.ts";

/** That a name is none of those known, with the one that was probably meant. */
export function unknownWords(
  zh: string,
  en: string,
  { name, known }: { name: string; known: readonly string[] },
): Words {
  const close = closestWord(name, known);
  if (close) return { zh: `没有这个${zh}，是不是 ${close}？`, en: `unknown ${en}, did you mean ${close}?` };
  const list = known.slice(0, 20);
  return {
    zh: `没有这个${zh}（已有：${list.join("、") || "无"}）`,
    en: `unknown ${en} (known: ${list.join(", ") || "none"})`,
  };
}
