import { type AibotDeps, createAibot } from "../adapters/aibot/index.ts";
import type { Outbound } from "../adapters/outbound/index.ts";
import { checkedCard, createRobot, type Wecom } from "../adapters/wecom/index.ts";
import type { ThrottleStore } from "../core/ports/index.ts";
import type { GroupPosts } from "./channels/index.ts";
import type { Config } from "./config/index.ts";

/** What those who write into groups stand on. */
export interface PostParts extends Omit<AibotDeps, "renderCard" | "throttle"> {
  throttle: ThrottleStore;
  wecom: Pick<Wecom, "appchat">;
  /** The way out of robots. */
  http: Outbound;
}

/** Who writes into groups. */
export function postsOver(
  { aibot, wecom: { apiBase } }: Pick<Config, "aibot" | "wecom">,
  { wecom, http, ...parts }: PostParts,
): GroupPosts {
  const robotOf = (key: string) => createRobot({ key, apiBase, http, ...parts });
  const renderCard: AibotDeps["renderCard"] = (view, { cardId, update }) =>
    checkedCard(view, { channel: "aibot", taskId: cardId, update });
  return {
    appchat: wecom.appchat.send,
    robot: (key, markdown) => robotOf(key).send(markdown),
    bot: aibot === null ? null : createAibot(aibot, { ...parts, renderCard }),
  };
}
