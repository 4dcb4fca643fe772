/** What people may do to a release that is there. */
export const RELEASE_DEEDS = ["approve", "reject", "pause", "resume", "retry", "rollback", "abort"] as const;
export type ReleaseDeedName = (typeof RELEASE_DEEDS)[number];

/** What a message, or a route, wants of releases. */
export type ReleaseOrder =
  | { what: "list" | "drift" }
  | { what: "show"; id: string }
  | { what: "diff"; from: string; to: string }
  /** `build`: absent for the newest of the set. */
  | { what: "ask"; set: string; build?: string; why: string }
  | { what: ReleaseDeedName; id: string; why: string };

export type ReleaseOrderFault = "no_set" | "no_id" | "no_reason";
export type ReadRelease =
  | { outcome: "read"; order: ReleaseOrder }
  | { outcome: "refused"; fault: ReleaseOrderFault };

/** What is told of a fault. */
export const RELEASE_ORDER_FAULTS: Readonly<Record<ReleaseOrderFault, { zh: string; en: string }>> = {
  no_set: { zh: "请写明共享 Pack：发布 申请 <集> [构建]", en: "which pack set? release ask SET [BUILD]" },
  no_id: { zh: "请写明发布的编号", en: "which release? write its id" },
  no_reason: { zh: "请写明原因", en: "say why" },
};

const MAX_WHY = 200;
const WORDS: Readonly<Record<string, "list" | "drift" | "show" | "diff" | "ask" | ReleaseDeedName>> = {
  ...{ list: "list", 列表: "list", show: "show", 查看: "show", drift: "drift", 漂移: "drift" },
  ...{ diff: "diff", 比较: "diff", ask: "ask", start: "ask", 申请: "ask" },
  ...{ approve: "approve", 批准: "approve", reject: "reject", 拒绝: "reject" },
  ...{ pause: "pause", 暂停: "pause", resume: "resume", 继续: "resume", retry: "retry", 重试: "retry" },
  ...{ rollback: "rollback", 回滚: "rollback", abort: "abort", 中止: "abort" },
};

/**
 * Nothing for the list; `show ID`; `ask SET [BUILD] [why]`; `diff ID ID`; `drift`; or what is to be done with one, its id
 * and why. A word that is none of these is the id of one to show.
 */
export function releaseOfWords(text: string): ReadRelease {
  const [first, ...rest] = text.split(/\s+/u).filter(Boolean);
  if (first === undefined) return read({ what: "list" });
  const what = WORDS[first.toLowerCase()];
  if (what === undefined) return read({ what: "show", id: first.toLowerCase() });
  if (what === "list" || what === "drift") return read({ what });
  if (what === "ask") return askOf(rest);
  const [id, ...others] = rest;
  if (id === undefined) return { outcome: "refused", fault: "no_id" };
  if (what === "show") return read({ what, id: id.toLowerCase() });
  if (what === "diff") return diffOf(id, others[0]);
  return read({ what, id: id.toLowerCase(), why: whyOf(others) });
}

function read(order: ReleaseOrder): ReadRelease {
  return { outcome: "read", order };
}

function whyOf(words: readonly string[]): string {
  return words.join(" ").slice(0, MAX_WHY);
}

function askOf([set, ...rest]: readonly string[]): ReadRelease {
  if (set === undefined) return { outcome: "refused", fault: "no_set" };
  const [second = "", ...others] = rest;
  const isBuild = /^b_[0-9a-z]{4,52}$/i.test(second);
  const build = isBuild ? { build: second.toLowerCase() } : {};
  return read({ what: "ask", set, ...build, why: whyOf(isBuild ? others : rest) });
}

function diffOf(from: string, to: string | undefined): ReadRelease {
  if (to === undefined) return { outcome: "refused", fault: "no_id" };
  return read({ what: "diff", from: from.toLowerCase(), to: to.toLowerCase() });
}
