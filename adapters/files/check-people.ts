import { rightsMeant, WRITTEN_RIGHTS } from "../../core/people/index.ts";
import { checkInstant } from "./check-values.ts";
import { closestWord } from "./closest-word.ts";
import type { Path } from "./home-file.ts";
import { type Located, problemAt, spotOf } from "./located.ts";
import { itemsAt, textAt } from "./look.ts";
import type { Problem } from "./problem.ts";

/** What can be said of roles.yaml alone. */
export function checkRoles(located: Located): Problem[] {
  const roles = itemsAt(located, ["roles"]);
  return [...checkUnique(located, roles, "name"), ...roles.flatMap((path) => checkRights(located, path))];
}

/** What can be said of tokens.yaml alone. A token that has expired is no fault: it is dead, and told as a warning. */
export function checkTokens(located: Located): Problem[] {
  const tokens = itemsAt(located, ["tokens"]);
  return [
    ...checkUnique(located, tokens, "id"),
    // One token of two people would be a guess.
    ...checkUnique(located, tokens, "hash"),
    ...tokens.flatMap((path) => checkRights(located, path)),
    ...tokens.flatMap((path) => checkInstant(located, [...path, "expires"])),
  ];
}

/** Each item's own text of a field, told where it stands a second time. */
export function checkUnique(located: Located, items: readonly Path[], field: string): Problem[] {
  const first = new Map<string, Path>();
  return items.flatMap((item) => {
    const path = [...item, field];
    const name = textAt(located, path);
    const other = name === undefined ? undefined : first.get(name);
    if (name !== undefined && other === undefined) first.set(name, path);
    if (other === undefined) return [];
    const { line } = spotOf(located, other);
    return [problemAt(located, path, { zh: `与第 ${line} 行重复`, en: `stands in line ${line} already` })];
  });
}

function checkRights(located: Located, owner: Path): Problem[] {
  return itemsAt(located, [...owner, "rights"]).flatMap((path) => {
    const written = textAt(located, path);
    if (written === undefined || rightsMeant(written).length > 0) return [];
    const close = closestWord(written, WRITTEN_RIGHTS);
    const known = WRITTEN_RIGHTS;
    const words = close
      ? { zh: `没有这个权限，是不是 ${close}？`, en: `unknown right, did you mean ${close}?` }
      : {
          zh: `没有这个权限（可用：${known.join("、")}）`,
          en: `unknown right (known: ${known.join(", ")})`,
        };
    return [problemAt(located, path, words)];
  });
}
