import type { ItemChange, PackChange, ParameterChange, ParameterPart, ReleasePlan } from "./plan.ts";
import { useWords } from "./uses.ts";

interface Words {
  zh: string;
  en: string;
}

const CHANGE_WORDS: Readonly<Record<ItemChange["change"], Words>> = {
  added: { zh: "新增", en: "added" },
  removed: { zh: "删除", en: "removed" },
  changed: { zh: "修改", en: "changed" },
};
const KIND_WORDS: Readonly<Record<string, Words>> = {
  action: { zh: "动作", en: "action" },
  alias: { zh: "别名", en: "alias" },
  rule: { zh: "StackStorm 规则", en: "StackStorm rule" },
  sensor: { zh: "传感器", en: "sensor" },
};
const PART_WORDS: Readonly<Record<ParameterPart, Words>> = {
  type: { zh: "类型", en: "type" },
  required: { zh: "是否必填", en: "whether required" },
  default: { zh: "默认值", en: "default" },
  enum: { zh: "可选值", en: "choices" },
  bounds: { zh: "取值范围", en: "bounds" },
  immutable: { zh: "是否固定", en: "whether fixed" },
  secret: { zh: "是否保密", en: "whether secret" },
};

/** A plan in one line, for a card's title or a list. */
export function planSummary(plan: ReleasePlan): Words {
  if (plan.packs.length === 0) return { zh: "没有变化", en: "nothing changes" };
  const items = plan.packs.flatMap((pack) => pack.items);
  const count = (change: ItemChange["change"]) => items.filter((one) => one.change === change).length;
  const [added, changed, removed] = [count("added"), count("changed"), count("removed")];
  const zh = `${plan.packs.length} 个包有变化：内容新增 ${added} 项、修改 ${changed} 项、删除 ${removed} 项`;
  const packs = plan.packs.length === 1 ? "1 pack changes" : `${plan.packs.length} packs change`;
  const en = `${packs}: items added ${added}, changed ${changed}, removed ${removed}`;
  if (plan.compatible) return { zh, en };
  return { zh: `${zh}；有不兼容的变化`, en: `${en}; some of it is not compatible` };
}

/** A plan line by line: what of Whale it touches, and what changes, pack by pack. */
export function planLines(plan: ReleasePlan): Words[] {
  const changes = plan.packs.flatMap((pack) => [packLine(pack), ...pack.items.map(itemLine)]);
  return [planSummary(plan), ...touchedWords(plan), ...changes];
}

function touchedWords({ touches }: ReleasePlan): Words[] {
  if (touches.length === 0) return [];
  const named = touches.map(useWords);
  const zh = `涉及：${named.map((one) => one.zh).join("、")}`;
  return [{ zh, en: `touches: ${named.map((one) => one.en).join(", ")}` }];
}

function packLine({ ref, change, before, after }: PackChange): Words {
  const { zh, en } = CHANGE_WORDS[change];
  const versions = [before, after].filter((one) => one !== null);
  const moved = before === after ? (before ?? "") : versions.join(" → ");
  return { zh: `包 ${ref} ${zh} ${moved}`, en: `pack ${ref} ${en} ${moved}` };
}

function itemLine(item: ItemChange): Words {
  const { zh, en } = CHANGE_WORDS[item.change];
  const kind = KIND_WORDS[item.kind] ?? { zh: item.kind, en: item.kind };
  const details = [
    ...[...runnerWords(item), ...enabledWords(item), ...item.parameters.map(parameterWords)],
    ...losersWords(item),
  ];
  const breaking = item.compatible ? [] : [{ zh: "不兼容", en: "not compatible" }];
  const all = [...details, ...breaking];
  if (all.length === 0) return { zh: `  ${zh}${kind.zh} ${item.ref}`, en: `  ${kind.en} ${item.ref} ${en}` };
  return {
    zh: `  ${zh}${kind.zh} ${item.ref}：${all.map((one) => one.zh).join("；")}`,
    en: `  ${kind.en} ${item.ref} ${en}: ${all.map((one) => one.en).join("; ")}`,
  };
}

function runnerWords({ runner }: ItemChange): Words[] {
  if (!runner) return [];
  const moved = `${runner.before} → ${runner.after}`;
  return [{ zh: `执行器 ${moved}`, en: `runner ${moved}` }];
}

/** Who named what is gone. */
function losersWords({ change, touches }: ItemChange): Words[] {
  if (change !== "removed" || touches.length === 0) return [];
  const named = touches.map(useWords);
  return [
    {
      zh: `还在用：${named.map(({ zh }) => zh).join("、")}`,
      en: `used by ${named.map(({ en }) => en).join(", ")}`,
    },
  ];
}

function enabledWords({ enabled }: ItemChange): Words[] {
  if (enabled === undefined) return [];
  return [enabled ? { zh: "启用", en: "enabled" } : { zh: "停用", en: "disabled" }];
}

function parameterWords(change: ParameterChange): Words {
  const { name } = change;
  if (change.change === "added") {
    const [zh, en] = change.required ? ["必填", "required"] : ["可选", "optional"];
    return { zh: `新参数 ${name}（${zh}）`, en: `new parameter ${name} (${en})` };
  }
  if (change.change === "removed") return { zh: `去掉参数 ${name}`, en: `parameter ${name} gone` };
  const parts = change.what.map((part) => PART_WORDS[part]);
  return {
    zh: `参数 ${name} 改了${parts.map(({ zh }) => zh).join("、")}`,
    en: `parameter ${name}: ${parts.map(({ en }) => en).join(", ")} changed`,
  };
}
