import type { ChoiceReason, NowhereReason, PassReason, WaitReason } from "../clusters/choice.ts";

/** How a task's cluster was chosen, in one language. */
export interface ChoiceTexts {
  /** Row label, at most 5 characters. */
  label: string;
  chosen: Record<ChoiceReason, string>;
  passed: Record<PassReason, string>;
  /** Why a task waits, or can go nowhere. */
  nobody: Record<WaitReason | Exclude<NowhereReason, "no_allowed_cluster">, string>;
}

export const choiceZh: ChoiceTexts = {
  label: "集群",
  chosen: {
    only_one: "只有它可用",
    kept: "沿用之前的选择",
    others_refused: "别的刚刚没有接受",
    reserve_serves: "自己的集群都不可用，由后备执行",
    own_first: "自己的集群优先于后备",
    others_degraded: "别的状况不佳",
    highest_priority: "优先级最高",
    by_share: "按权重分配",
  },
  passed: {
    not_configured: "已不在配置中",
    not_serving: "不再服务这类任务",
    lacks_action: "没有这个动作",
    lacks_pack: "Pack 版本不符",
    pack_unread: "读不到 Pack 版本",
    stopped: "已被人停用",
    draining: "正在排空",
    down: "不可用",
    full: "已满",
    refused_lately: "刚刚没有接受",
    reserve: "后备",
    degraded: "状况不佳",
    lower_priority: "优先级较低",
    smaller_share: "按权重未轮到",
    not_kept: "之前没有选它",
  },
  nobody: {
    clusters_stopped: "可用的集群都已被人停用，恢复后再启动",
    clusters_full: "可用的集群都满了，有空位就启动",
    clusters_draining: "可用的集群都在排空，恢复后再启动",
    clusters_down: "可用的集群都不可用，恢复后再启动",
    packs_unread: "现在读不到集群的 Pack 版本，读到就启动",
    clusters_unusable: "现在没有集群能执行，一有就启动",
    action_on_no_cluster: "没有一个可用的集群有这个动作",
    pack_on_no_cluster: "没有一个可用的集群有所需版本的 Pack，请先发布，或改规则、路由里的 packs",
  },
};

export const choiceEn: ChoiceTexts = {
  label: "Where",
  chosen: {
    only_one: "the only usable one",
    kept: "chosen before",
    others_refused: "others have just not taken it",
    reserve_serves: "from the reserve: none of its own is usable",
    own_first: "its own go before the reserve",
    others_degraded: "others are degraded",
    highest_priority: "highest priority",
    by_share: "by weight",
  },
  passed: {
    not_configured: "not configured any more",
    not_serving: "does not serve such tasks any more",
    lacks_action: "has no such action",
    lacks_pack: "not the pack version that is needed",
    pack_unread: "its pack versions cannot be read",
    stopped: "stopped by people",
    draining: "draining",
    down: "down",
    full: "full",
    refused_lately: "has just not taken it",
    reserve: "reserve",
    degraded: "degraded",
    lower_priority: "lower priority",
    smaller_share: "not its turn by weight",
    not_kept: "not chosen before",
  },
  nobody: {
    clusters_stopped: "people have stopped all of its clusters: it starts when one is released",
    clusters_full: "all of its clusters are full: it starts when there is room",
    clusters_draining: "all of its clusters are draining: it starts when one is back",
    clusters_down: "all of its clusters are down: it starts when one is back",
    packs_unread: "the pack versions of its clusters cannot be read now: it starts when they can",
    clusters_unusable: "none of its clusters can take it now: it starts as soon as one can",
    action_on_no_cluster: "none of its clusters has the action",
    pack_on_no_cluster:
      "none of its clusters has the pack version that is needed: release it, or change packs in the rule or route",
  },
};
