import { approvers } from "../approvals/quorum.ts";
import type { ClusterWords } from "../clusters/words.ts";
import { eachLanguage } from "../texts/each-language.ts";
import type { DriftFinding } from "./drift.ts";
import {
  ballotOf,
  isReleaseOver,
  placeAt,
  type Release,
  type ReleaseStage,
  type ReleaseStep,
  releaseCluster,
  releaseCode,
} from "./release.ts";
import type { ReleaseDiff } from "./release-diff.ts";
import type { ReleaseRefusal } from "./release-machine.ts";

/** What the stages are called. */
export const RELEASE_STAGE_WORDS: Readonly<Record<ReleaseStage, ClusterWords>> = {
  asked: { zh: "等待批准", en: "waits for approval" },
  starting: { zh: "已批准，核对中", en: "approved, being checked once more" },
  rolling: { zh: "发布中", en: "rolling out" },
  paused: { zh: "已暂停，下一个集群未动", en: "paused before the next cluster" },
  back: { zh: "回滚中", en: "being rolled back" },
  stopped: { zh: "回滚受阻，需要人处理", en: "the way back is blocked, a person is needed" },
  done: { zh: "已完成", en: "done" },
  rolled_back: { zh: "已回滚", en: "rolled back" },
  rejected: { zh: "被拒绝", en: "rejected" },
  expired: { zh: "无人批准，已作废", en: "void: not approved in time" },
  aborted: { zh: "已中止", en: "aborted" },
};

/** What the steps are called. */
export const RELEASE_STEP_WORDS: Readonly<Record<ReleaseStep, ClusterWords>> = {
  draining: { zh: "排空", en: "drain" },
  checking: { zh: "预检", en: "dry run" },
  workers: { zh: "更换 worker", en: "new image to the workers" },
  workers_wait: { zh: "等 worker 就绪", en: "workers become ready" },
  others: { zh: "更换 API、客户端、传感器", en: "new image to API, client, sensors" },
  others_wait: { zh: "等 API、客户端、传感器就绪", en: "API, client, sensors become ready" },
  registering: { zh: "注册内容", en: "content is registered" },
  removing: { zh: "删除已消失的内容", en: "vanished content is removed" },
  canary: { zh: "试运行", en: "canary" },
  undraining: { zh: "恢复启动", en: "takes starts again" },
};

/** Where a release stands, on one line. */
export function releaseWords(release: Release): ClusterWords {
  const { id, stage, step, problem, title, clusters, index, pausing } = release;
  const said = RELEASE_STAGE_WORDS[stage];
  const isAt = stage === "rolling" || stage === "back" || stage === "stopped";
  const where = isAt ? `${releaseCluster(release)} (${index + 1}/${clusters.length})` : "";
  const doing = RELEASE_STEP_WORDS[step];
  const why = problemWords(problem?.message ?? "");
  const zh = [said.zh, where, isAt ? doing.zh : "", pausing ? "之后暂停" : ""].filter(Boolean).join(" ");
  const en = [said.en, where, isAt ? doing.en : "", pausing ? "then pauses" : ""].filter(Boolean).join(" ");
  return {
    zh: [`发布 ${releaseCode(id)} ${title}：${zh}`, why.zh, leftDrained(release).zh]
      .filter(Boolean)
      .join("。"),
    en: [`release ${releaseCode(id)} ${title}: ${en}`, why.en, leftDrained(release).en]
      .filter(Boolean)
      .join(". "),
  };
}

/** What stands in a release's way. What a person said begins with who it was, and stays as it is. */
export function problemWords(message: string): ClusterWords {
  const said = message.replace(/^user:/, "");
  return /^(?:user:\S+|local): /.test(message) ? { zh: said, en: said } : eachLanguage(said);
}

/** That a release waits for people of whom none is there. */
export function nobodyToApproveWords({ id, title }: Release, of: string): ClusterWords {
  const code = releaseCode(id);
  return {
    zh: `发布 ${code} ${title}：找不到可以批准的人（${of}）。请检查这些人、标签、部门或值班表；补齐后由他们发送 发布 批准 ${code} 原因，否则到期作废`,
    en: `release ${code} ${title}: nobody of those who may approve can be found (${of}). Check these people, tags, departments or rosters; once somebody is there, they send release approve ${code} WHY, else it expires`,
  };
}

/** Whoever gives a blocked way back up has to take its cluster in hand. */
function leftDrained(release: Release): ClusterWords {
  const cluster = releaseCluster(release);
  if (release.stage !== "aborted" || placeAt(release)?.stands !== "touched") return { zh: "", en: "" };
  return {
    zh: `${cluster} 改了一半、仍在排空：处理好后发送 结束排空 ${cluster}`,
    en: `${cluster} is half changed and stays drained: once it is in order, send undrain ${cluster}`,
  };
}

const PLACE_WORDS = {
  touched: { zh: "进行中", en: "under way" },
  new: { zh: "已更新", en: "has it" },
  old: { zh: "已还原", en: "as before" },
} as const;
const WAITS: ClusterWords = { zh: "未开始", en: "not begun" };

/** Each cluster with how it stands: `hz-core 已更新`. */
export function placesWords(release: Release): ClusterWords {
  const { clusters, places, stage } = release;
  const lines = clusters.map((name) => {
    const isDrained = stage === "rolling" && name === releaseCluster(release) && !places[name];
    const place = isDrained ? { stands: "touched" as const } : places[name];
    // What was given up half-way is not under way.
    const isLeft = place?.stands === "touched" && isReleaseOver({ stage });
    const said = isLeft ? { zh: "改了一半", en: "half changed" } : place ? PLACE_WORDS[place.stands] : WAITS;
    return { zh: `${name} ${said.zh}`, en: `${name} ${said.en}` };
  });
  return { zh: lines.map(({ zh }) => zh).join("，"), en: lines.map(({ en }) => en).join(", ") };
}

/** Userids of those whose approval counts, in the order they gave it. */
export function releaseApprovers(release: Release): string[] {
  return approvers(ballotOf(release));
}

/** What is told to somebody of whom nothing is taken. */
export const RELEASE_REFUSALS: Readonly<
  Record<ReleaseRefusal | "no_such" | "other_step" | "held" | "stale", ClusterWords>
> = {
  wrong_stage: { zh: "发布现在不在这一步", en: "the release is not at that step now" },
  own_release: { zh: "不能批准自己提出的发布", en: "nobody approves a release of their own" },
  no_person: { zh: "只能由本人在聊天中批准", en: "only a person can approve, in chat" },
  not_entitled: { zh: "你不在可批准的人之中", en: "you are none of those who may decide" },
  other_content: { zh: "内容已经变化，请看新卡片", en: "it has changed: see the new card" },
  counted_before: { zh: "你的决定已计入", en: "your decision counts already" },
  reason_missing: {
    zh: "需要写明原因：发布 拒绝 编号 原因（批准同理）",
    en: "a reason is needed: release reject ID why (approve alike)",
  },
  not_safe: {
    zh: "集群已经改动，不能中止：请回滚",
    en: "the cluster is changed already, it cannot be aborted: roll it back",
  },
  nothing_to_undo: { zh: "没有可回滚的集群", en: "there is no cluster to roll back" },
  no_next_cluster: { zh: "已是最后一个集群", en: "this is the last cluster" },
  no_such: { zh: "没有这个编号的发布", en: "there is no release of this id" },
  other_step: { zh: "发布已经走到别的一步", en: "the release is at another step by now" },
  held: { zh: "集群正在另一个发布或升级中", en: "a cluster is in another release or an upgrade" },
  stale: {
    zh: "之后已有别的发布，不能再回滚它",
    en: "another release has come since, it cannot be rolled back",
  },
};

/** One thing that is not as it was released. */
export function driftWords(finding: DriftFinding): ClusterWords {
  const { wanted, live } = finding;
  const what = finding.kind === "part" ? `${finding.role} ${finding.workload}` : `pack ${finding.pack}`;
  return {
    zh: `${what}：应为 ${wanted}，实为 ${live ?? "没有"}`,
    en: `${what}: ${wanted} was released, ${live ?? "nothing"} is there`,
  };
}

/** How two releases differ, a line each. */
export function diffLines({ packs, added, removed }: ReleaseDiff): string[] {
  const shown = (at: ReleaseDiff["packs"][number]["from"]) =>
    at ? `${at.version}${at.commit ? ` (${at.commit.slice(0, 8)})` : ""}` : "-";
  return [
    ...packs.map(({ ref, from, to }) => `${ref} ${shown(from)} → ${shown(to)}`),
    ...added.map(({ kind, ref }) => `+ ${kind} ${ref}`),
    ...removed.map(({ kind, ref }) => `- ${kind} ${ref}`),
  ];
}
