import type { Progress } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";

/** How far a workflow is, in one line; empty where there is nothing to count. */
export function progressLine(progress: Progress | null | undefined, texts: Texts): string {
  if (!progress) return "";
  const { total, done, failed, running, current, isWhole } = progress;
  const words = texts.wordsOf({
    zh: `${isWhole ? "共" : "至少"} ${total} 个子任务，完成 ${done}，失败 ${failed}，进行中 ${running}`,
    en: `${done} of ${isWhole ? "" : "at least "}${total} done, ${failed} failed, ${running} under way`,
  });
  return current.length > 0 ? `${words} (${current.join(" ")})` : words;
}
