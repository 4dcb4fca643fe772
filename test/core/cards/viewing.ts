import { markdownText } from "../../../adapters/wecom/index.ts";
import type { MessageViewing } from "../../../core/cards/index.ts";
import { type Language, textsOf } from "../../../core/texts/index.ts";
import { shownAll } from "../../support/secrecy.ts";

const NAMES: Record<string, string> = { zhangsan: "张三", lisi: "李四", wangwu: "王五" };

/** What cards and messages need beside a task, with WeCom's markup made plain. */
export function aViewing(language: Language = "zh", overrides: Partial<MessageViewing> = {}): MessageViewing {
  return {
    texts: textsOf(language),
    timeZone: "Asia/Shanghai",
    nameOf: (id) => NAMES[id] ?? id,
    resultRows: [],
    shown: shownAll,
    plain: markdownText,
    ...overrides,
  };
}
