import { MAX_CHOICES, MAX_OPTION_CHARACTERS, MAX_OPTIONS } from "../../core/approvals/index.ts";
import { findServerTemplate } from "../../core/params/index.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";

/** What can be said of the parameters that a rule leaves to whoever approves. */
export function checkChoices(located: Located): Problem[] {
  const choices = itemsAt(located, ["choices"]);
  if (choices.length === 0) return [];
  return [
    ...checkRoom(located, choices),
    ...checkAskers(located),
    ...checkNames(located, choices),
    ...choices.flatMap((choice) => checkOptions(located, choice)),
  ];
}

/** WeCom's cards have room for so much (reference/wecom.md 3.6). */
function checkRoom(located: Located, choices: readonly Path[]): Problem[] {
  if (choices.length > MAX_CHOICES) {
    return [
      problemAt(located, ["choices"], {
        zh: `最多 ${MAX_CHOICES} 项：企业微信卡片最多三个下拉框，其一用于决定`,
        en: `holds at most ${MAX_CHOICES}: a card has three dropdowns at most, one of which is the decision`,
      }),
    ];
  }
  if (choices.length === 1 || itemsAt(located, ["offers"]).length === 0) return [];
  const words = {
    zh: "有两项选择的卡片没有按钮，不能再有 offers",
    en: "a card with two choices has no buttons, so that there can be no offers",
  };
  return [problemAt(located, ["offers"], words)];
}

/** Under a policy nobody is there to choose. */
function checkAskers(located: Located): Problem[] {
  if (textAt(located, ["approval", "policy"]) === undefined) return [];
  return [
    problemAt(located, ["choices"], {
      zh: "按策略执行的规则没有人来选择",
      en: "needs people: under a policy nobody is asked",
    }),
  ];
}

function checkNames(located: Located, choices: readonly Path[]): Problem[] {
  const params = new Set(keysAt(located, ["params"]));
  const inParams = { zh: "params 里已有这个参数", en: "is in params already" };
  return [
    ...checkTwice(located, choices, "name"),
    ...choices.flatMap((choice) => {
      const name = textAt(located, [...choice, "name"]);
      if (name === undefined || !params.has(name)) return [];
      return [problemAt(located, [...choice, "name"], inParams)];
    }),
  ];
}

function checkTwice(located: Located, items: readonly Path[], key: string): Problem[] {
  const seen = new Set<string>();
  return items.flatMap((item) => {
    const text = textAt(located, [...item, key]);
    if (text === undefined) return [];
    if (seen.has(text)) return [problemAt(located, [...item, key], { zh: "重复", en: "is there twice" })];
    seen.add(text);
    return [];
  });
}

function checkOptions(located: Located, choice: Path): Problem[] {
  const options = itemsAt(located, [...choice, "options"]);
  const preselected = textAt(located, [...choice, "preselected"]);
  const room = preselected === undefined ? MAX_OPTIONS - 1 : MAX_OPTIONS;
  const tooMany = {
    zh: `最多 ${room} 个选项（没有 preselected 时第一项是“请选择”）`,
    en: `holds at most ${room} options (without preselected the first is "please choose")`,
  };
  return [
    ...(options.length > room ? [problemAt(located, [...choice, "options"], tooMany)] : []),
    ...checkTwice(located, options, "id"),
    ...options.flatMap((option) => checkOption(located, option)),
    ...checkPreselected(located, choice, preselected),
  ];
}

function checkOption(located: Located, option: Path): Problem[] {
  const text = textAt(located, [...option, "text"]) ?? "";
  const problems: Problem[] = [];
  if ([...text].length > MAX_OPTION_CHARACTERS) {
    const words = {
      zh: `最多 ${MAX_OPTION_CHARACTERS} 个字符`,
      en: `must have at most ${MAX_OPTION_CHARACTERS} characters`,
    };
    problems.push(problemAt(located, [...option, "text"], words));
  }
  const value = valueAt(located, [...option, "value"]);
  if (value !== undefined && findServerTemplate({ value }) !== null) {
    const words: Words = {
      zh: "含 {{ 或 {%，StackStorm 会渲染它",
      en: "holds {{ or {%, which StackStorm would render",
    };
    problems.push(problemAt(located, [...option, "value"], words));
  }
  return problems;
}

function checkPreselected(located: Located, choice: Path, preselected: string | undefined): Problem[] {
  if (preselected === undefined) return [];
  const path = [...choice, "preselected"];
  const option = itemsAt(located, [...choice, "options"]).find((one) => {
    return textAt(located, [...one, "id"]) === preselected;
  });
  if (!option) {
    return [problemAt(located, path, { zh: "不是选项的 id", en: "is not the id of an option" })];
  }
  if (valueAt(located, [...option, "dangerous"]) !== true) return [];
  return [
    problemAt(located, path, { zh: "危险的选项不能预先选中", en: "a dangerous option is never preselected" }),
  ];
}
