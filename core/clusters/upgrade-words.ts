import { eachLanguage } from "../texts/each-language.ts";
import { clusterAt, isUpgradeOver, type Upgrade, upgradeCode } from "./upgrade.ts";
import { type ClusterWords, STAGE_WORDS } from "./words.ts";

/** Why an upgrade that was asked for is not begun, or why nothing was done to one. */
export type UpgradeFault =
  | "no_such"
  | "other_step"
  | "under_way"
  | "in_release"
  | "unknown_cluster"
  | "stranded"
  | "nobody";

/** What is told of a fault; `about` are the clusters, businesses or the upgrade that it is about. */
export const UPGRADE_FAULTS: Readonly<Record<UpgradeFault, (about: string) => ClusterWords>> = {
  no_such: () => ({ zh: "没有这个编号的升级", en: "there is no upgrade of this id" }),
  other_step: () => ({ zh: "升级已经走到别的一步", en: "the upgrade is at another step by now" }),
  in_release: (about) => ({
    zh: `这些集群正在发布：${about}`,
    en: `a release is under way on: ${about}`,
  }),
  under_way: (about) => ({ zh: `已有升级在进行：${about}`, en: `an upgrade is under way: ${about}` }),
  unknown_cluster: (about) => ({ zh: `没有集群：${about}`, en: `there is no cluster ${about}` }),
  stranded: (about) => ({
    zh: `这些业务会没有可用的集群：${about}。确要如此请写 强制 和原因`,
    en: `these businesses would have no cluster left: ${about}. If it must be, force it and say why`,
  }),
  nobody: () => ({
    zh: "没有别人有这些集群的 clusters.write 权限，无人可以批准",
    en: "nobody else has the right clusters.write on these clusters, so that nobody can approve",
  }),
};

/** What comes of an approval. */
export const UPGRADE_PLAN: ClusterWords = {
  zh: "逐个集群：排空，请人升级，核对版本并试运行，恢复启动，再到下一个。24 小时内无人批准即作废。",
  en: "Each cluster in turn: drained, upgraded by a person, checked by version and canary, back. Void unless approved within 24 h.",
};

/** Where an upgrade stands, on one line. */
export function upgradeWords(upgrade: Upgrade): ClusterWords {
  const { id, stage, problem } = upgrade;
  const where = placeOf(upgrade);
  const said = STAGE_WORDS[stage];
  const why = whyOf(stage, problem?.message ?? "");
  const code = upgradeCode(id);
  const left = leftDrained(upgrade);
  return {
    zh: [`升级 ${code}：${where}${said.zh}`, why.zh, left.zh].filter(Boolean).join("。"),
    en: [`upgrade ${code}: ${where}${said.en}`, why.en, left.en].filter(Boolean).join(". "),
  };
}

/** Why it has stopped, as Whale has found; or why a person has ended it, in their words. */
function whyOf(stage: Upgrade["stage"], message: string): ClusterWords {
  if (stage === "stopped") return eachLanguage(message);
  const said = stage === "aborted" ? message : "";
  return { zh: said, en: said };
}

/** `hz-core (1/2) `; empty where no cluster is at hand. */
function placeOf(upgrade: Upgrade): string {
  const { stage, clusters, index } = upgrade;
  const cluster = clusterAt(upgrade);
  if (stage === "asked" || isUpgradeOver(upgrade) || cluster === null) return "";
  return `${cluster} (${index + 1}/${clusters.length}) `;
}

/** Whoever aborts one has to say himself that its cluster may take starts again. */
function leftDrained(upgrade: Upgrade): ClusterWords {
  const cluster = clusterAt(upgrade);
  if (upgrade.stage !== "aborted" || upgrade.approvedBy === undefined || cluster === null) {
    return { zh: "", en: "" };
  }
  return {
    zh: `若 ${cluster} 仍在排空，请发送 结束排空 ${cluster}`,
    en: `if ${cluster} is still drained, send undrain ${cluster}`,
  };
}

/** Each cluster of an upgrade with its versions: `hz-core 3.8.1 → 3.9.0`. */
export function upgradeVersions({ clusters, before, after }: Upgrade): string[] {
  return clusters.map((name) => {
    const versions = [before[name], after[name]].filter(Boolean).join(" → ");
    return versions === "" ? name : `${name} ${versions}`;
  });
}
