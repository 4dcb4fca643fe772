import type { Home } from "../../adapters/files/index.ts";
import type { Checkup } from "../../adapters/wecom/index.ts";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import { type Finding, findingsAbout } from "./finding.ts";

export interface TargetDeps {
  checkup: Pick<Checkup, "group">;
  /** Resolves when a robot can write; `key` or the whole address. */
  checkRobot: (robot: { key: string } | { url: string }) => Promise<void>;
  fallbackUrl: string | null;
  /** Whether the app answers; else its groups are not asked about. */
  appWorks: boolean;
}

/** Whether reports can reach the groups that files name, and alerts the robot that stands in for the app. */
export async function lookAtTargets(groups: Home["groups"], deps: TargetDeps): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [name, group] of Object.entries(groups)) {
    if (group.kind === "appchat" && deps.appWorks) found.push(await lookAtGroup(name, group.chatId, deps));
    if (group.kind === "robot") found.push(await lookAtRobot(`group ${name}`, { key: group.key }, deps));
  }
  found.push(await lookAtFallback(deps));
  return found;
}

async function lookAtGroup(name: string, chatId: string, { checkup }: TargetDeps): Promise<Finding> {
  const { holds, fails } = findingsAbout(`group ${name}`);
  try {
    const group = await checkup.group(chatId);
    return holds("group_works", `${group.name}: ${group.members} 人 (members)`);
  } catch (error) {
    const todo = GROUP_TODO[isChatOpsError(error) ? error.code : ""];
    return fails("group_unreachable", errorText(error), todo ?? GROUP_TODO["wecom.bad_group"]);
  }
}

const GROUP_TODO: Readonly<Record<string, string>> = {
  "wecom.not_allowed":
    "应用群聊要求可见范围是根部门：管理后台 → 应用管理 → 该应用 → 可见范围；或在 groups.yaml 改用 robot (app-made groups need the root department in 可见范围; or use robot in groups.yaml)",
  "wecom.bad_group":
    "appchat 不是本应用建的群：用 appchat/create 建群后写进 groups.yaml，或改用 robot (the appchat is of no group of this app: make one, or use robot)",
};

const ROBOT_TODO =
  "群聊 → 右上角 → 消息推送 → 添加，把新的 Webhook 地址或 key 写回配置 (in the group: 消息推送 → add, and put its new address or key into the configuration)";

async function lookAtRobot(
  about: string,
  robot: { key: string } | { url: string },
  { checkRobot }: TargetDeps,
): Promise<Finding> {
  const { holds, fails } = findingsAbout(about);
  try {
    await checkRobot(robot);
    return holds("robot_works", "群机器人可用 (the robot can write)");
  } catch (error) {
    return fails("robot_unreachable", errorText(error), ROBOT_TODO);
  }
}

async function lookAtFallback(deps: TargetDeps): Promise<Finding> {
  const about = "fallback robot";
  if (deps.fallbackUrl !== null) return await lookAtRobot(about, { url: deps.fallbackUrl }, deps);
  const what = "没有设置：应用自己出问题时没有人会被告知 (not set: when the app itself fails nobody is told)";
  return findingsAbout(about).reduced(
    "no_fallback",
    what,
    "在 .env 里写 FALLBACK_ROBOT_URL (set it in .env)",
  );
}
