import { parsePath } from "../../core/params/index.ts";
import { checkDuration } from "./check-values.ts";
import type { Located } from "./located.ts";
import { problemAt, problemAtKey, problemMissing } from "./located.ts";
import { itemsAt, keysAt, textAt } from "./look.ts";
import type { Problem } from "./problem.ts";

/** What can be said of a rule's throttle and of its `forEach` without the other files. */
export function checkThrottle(located: Located): Problem[] {
  return [...checkOwn(located), ...checkSharedOnce(located), ...checkForEach(located)];
}

/** A bucket of the rule's own is whole, or there is none and the rule asks shared ones. */
function checkOwn(located: Located): Problem[] {
  const given = keysAt(located, ["throttle"]);
  const isShared = given.includes("shared");
  const hasOwn = given.some((key) => key !== "shared");
  if (given.length === 0 || (isShared && !hasOwn)) return checkDuration(located, ["throttle", "per"]);
  const missing = ["key", "limit", "per"].filter((key) => !given.includes(key));
  return [
    ...missing.map((key) => problemMissing(located, ["throttle", key])),
    ...checkDuration(located, ["throttle", "per"]),
  ];
}

function checkSharedOnce(located: Located): Problem[] {
  const seen = new Set<string>();
  return itemsAt(located, ["throttle", "shared"]).flatMap((path) => {
    const name = textAt(located, path);
    if (name === undefined) return [];
    if (seen.has(name)) return [problemAt(located, path, { zh: "重复", en: "is there twice" })];
    seen.add(name);
    return [];
  });
}

function checkForEach(located: Located): Problem[] {
  const path = textAt(located, ["forEach"]);
  if (path === undefined || parsePath(path)) return [];
  return [
    problemAt(located, ["forEach"], {
      zh: "应为事件里一个列表的路径，如 detail.disks",
      en: "must be the path of a list in the event, such as detail.disks",
    }),
  ];
}

/** What can be said of throttles.yaml alone. */
export function checkThrottles(located: Located): Problem[] {
  const names = keysAt(located, []);
  const odd = names.filter((name) => !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name));
  return [
    ...odd.map((name) =>
      problemAtKey(located, [name], {
        zh: "名称应为字母、数字、_ . -，最多 64 个字符",
        en: "a name must be letters, digits, _ . - and at most 64 characters",
      }),
    ),
    ...names.flatMap((name) => checkDuration(located, [name, "per"])),
  ];
}
