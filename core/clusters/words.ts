import type { Drain } from "./drain.ts";
import type { HealthReason, HealthState } from "./health.ts";
import type { OrderFault } from "./order.ts";
import type { ClusterSight, ClusterState } from "./sight.ts";
import type { UpgradeRefusal, UpgradeStage } from "./upgrade.ts";

/** One sentence in both languages. */
export interface ClusterWords {
  zh: string;
  en: string;
}

/** What a cluster's state is called. */
export const STATE_WORDS: Readonly<Record<ClusterState, ClusterWords>> = {
  up: { zh: "正常", en: "up" },
  degraded: { zh: "降级", en: "degraded" },
  draining: { zh: "排空", en: "draining" },
  down: { zh: "不可用", en: "down" },
  unknown: { zh: "未探测", en: "not looked at yet" },
};

const REASON_WORDS: Readonly<Record<HealthReason, ClusterWords>> = {
  not_looked: { zh: "", en: "" },
  answers: { zh: "", en: "" },
  no_answer: { zh: "没有应答", en: "it does not answer" },
  unauthorised: {
    zh: "不接受鲸的密钥：可能已轮换或被停用，请更新集群文件里的 auth 再重新加载",
    en: "it takes Whale's key no more: rotated or disabled? Put the new one under auth in the cluster's file and reload",
  },
  bad_answer: { zh: "应答的不是 StackStorm", en: "what answers is not StackStorm" },
  starts_fail: {
    zh: "连续的启动没有应答，次数",
    en: "starts in a row were not answered, so many",
  },
  canary_failed: { zh: "试运行的空操作没有成功", en: "the canary did not succeed" },
  queue_stuck: {
    zh: "有执行一直没人取走（调度或 worker 停了？），个数",
    en: "runs are not taken up (scheduler or workers down?), so many",
  },
  clock_off: {
    zh: "它的时钟与鲸相差太多，请核对 NTP，相差",
    en: "its clock is off from Whale's, check NTP; by",
  },
};

/** Why a cluster is as it is; `message` is the fact behind it, as the engine told it. */
export function healthWords(reason: HealthReason, message: string): ClusterWords {
  const { zh, en } = REASON_WORDS[reason];
  if (message === "") return { zh, en };
  return zh === "" ? { zh: message, en: message } : { zh: `${zh}：${message}`, en: `${en}: ${message}` };
}

/** Why a cluster is as it is, where both languages are read: who drains it and why, and what is wrong with it. */
export function sightMessage(
  { ill }: Pick<ClusterSight, "ill">,
  drain: Pick<Drain, "by" | "why"> | null,
): string {
  const asked = drain ? [drain.by.replace(/^user:/, ""), drain.why] : [];
  return [...asked, ill ? `${ill.zh} (${ill.en})` : ""].filter(Boolean).join(" · ");
}

/** What people are told when a cluster has turned. */
export function turnedWords(
  cluster: string,
  { state, why }: { state: HealthState; why: ClusterWords },
): ClusterWords {
  const called = STATE_WORDS[state];
  return {
    zh: `集群 ${cluster} ${state === "up" ? "已恢复" : called.zh}${why.zh && `：${why.zh}`}`,
    en: `cluster ${cluster} is ${called.en}${state === "up" ? " again" : ""}${why.en && `: ${why.en}`}`,
  };
}

/** What is wrong with what was typed or sent. */
export const ORDER_FAULTS: Readonly<Record<OrderFault, ClusterWords>> = {
  no_cluster: { zh: "请写集群的名称", en: "name a cluster" },
  bad_duration: { zh: "时长应如 30m、2h，最长 30d", en: "a duration is written 30m or 2h, 30d at most" },
  bad_deadline: {
    zh: "到期后怎么办：等待 wait、取消 cancel、保留 leave；后两种要写时长",
    en: "at the deadline: wait, cancel or leave; the latter two need a duration",
  },
  no_reason: { zh: "强制或跳过时要写原因", en: "to force or to skip needs a reason" },
  no_id: { zh: "请写升级的编号", en: "name the upgrade by its id" },
};

/** Where an upgrade stands. */
export const STAGE_WORDS: Readonly<Record<UpgradeStage, ClusterWords>> = {
  asked: { zh: "等待另一人批准", en: "waits for another person's approval" },
  draining: { zh: "正在排空", en: "is being drained" },
  upgrading: { zh: "已排空，请现在升级它", en: "is drained: upgrade it now" },
  checking: { zh: "正在核对版本并试运行", en: "is being checked: version, canary" },
  stopped: { zh: "已停下，等人处理", en: "has stopped and waits for a person" },
  done: { zh: "全部完成", en: "all done" },
  aborted: { zh: "已中止", en: "aborted" },
  refused: { zh: "没有批准", en: "not approved" },
};

/** Why an upgrade took no step. */
export const UPGRADE_REFUSALS: Readonly<Record<UpgradeRefusal, ClusterWords>> = {
  wrong_stage: { zh: "现在不是做这一步的时候", en: "this is not its step now" },
  own_upgrade: { zh: "自己提出的升级要由别人批准", en: "who asks for an upgrade cannot approve it" },
  no_person: { zh: "要由有名有姓的人在聊天里批准", en: "a person has to approve it, in chat" },
};
