import type { PackProblem } from "../pack-content.ts";
import { type PlannedPack, planRelease, type ReleasePlan, removedInUse } from "../plan.ts";
import { type ActionUse, usersOf, useWords } from "../uses.ts";
import { errorOf } from "./content.ts";

/**
 * Actions that something of Whale names and that would not be there, and parameters that would be gone while they are
 * given. Without a plan only the packs that there will be are looked at.
 */
export function checkInUse(
  packs: readonly PlannedPack[],
  uses: readonly ActionUse[],
  plan: ReleasePlan = planRelease(packs, packs, uses),
): PackProblem[] {
  const absent = packs.flatMap((pack) => absentOf(pack, uses));
  const known = new Set(absent.map(({ action }) => action));
  const removed = removedInUse(plan, uses).filter(({ action }) => !known.has(action));
  const will = new Set(packs.flatMap(({ items }) => items.map(({ ref }) => ref)));
  return [...absent, ...removed].map(({ action, pack, users }) => {
    const words = wordsOf(action, users, will.has(action));
    return errorOf("in-use", "", { pack, ...words });
  });
}

function absentOf({ ref, items }: PlannedPack, uses: readonly ActionUse[]) {
  const there = new Set(items.flatMap((item) => (item.kind === "action" ? [item.ref] : [])));
  const ofPack = uses.filter(({ action }) => action.startsWith(`${ref}.`) && !action.includes("*"));
  const absent = [...new Set(ofPack.map(({ action }) => action))].filter((action) => !there.has(action));
  return absent.map((action) => ({ action, pack: ref, users: usersOf(uses, action) }));
}

function wordsOf(action: string, users: readonly ActionUse[], stays: boolean): { zh: string; en: string } {
  const named = users.map(useWords);
  const zh = named.map((one) => one.zh).join("、");
  const en = named.map((one) => one.en).join(", ");
  if (stays)
    return { zh: `${action} 少了还在用的参数：${zh}`, en: `${action} would lose a parameter given by ${en}` };
  return { zh: `发布后没有 ${action}，但还在用：${zh}`, en: `${action} would be gone, but is used by ${en}` };
}
