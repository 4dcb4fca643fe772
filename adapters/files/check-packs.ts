import { validRange } from "semver";
import type { Path } from "./home-file.ts";
import { type Located, problemAt } from "./located.ts";
import { keysAt, textAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";

/** What is said of a text that is no range of versions. */
export const RANGE_WORDS: Words = {
  zh: "不是版本范围，如 ^1.2、>=1.0 <2",
  en: "is no range of versions such as ^1.2, >=1.0 <2",
};

/** Versions of packs that something needs: `packs: { disk: ">=1.4 <2" }`. */
export function checkPackNeeds(located: Located, path: Path): Problem[] {
  return keysAt(located, path).flatMap((pack) => {
    const range = textAt(located, [...path, pack]);
    if (range === undefined || validRange(range) !== null) return [];
    return [problemAt(located, [...path, pack], RANGE_WORDS)];
  });
}
