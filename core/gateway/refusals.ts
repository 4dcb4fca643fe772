/** Why the gateway lets an operation through never. Closed: each is counted and told. */
export type GatewayRefusal =
  | "api_keys"
  | "configs"
  | "content"
  | "inquiries"
  | "keys"
  | "packs"
  | "rbac"
  | "re_emit"
  | "rules"
  | "sso"
  | "webhooks";

/** A sentence in both languages, as one text. */
export function bilingual(zh: string, en: string): string {
  return `${zh} (${en})`;
}

/** What is wrong with the operation, and what to do instead. */
export const GATEWAY_REFUSALS: Record<GatewayRefusal, string> = {
  api_keys: bilingual(
    "这里用鲸的令牌，由管理员用 `whale tokens new` 发放，写在 tokens.yaml",
    "tokens here are Whale's: an administrator makes them with `whale tokens new`, in tokens.yaml",
  ),
  configs: bilingual(
    "Pack 的配置随集群的部署改，不经过这里",
    "the configuration of a pack is changed with its cluster's deployment, not here",
  ),
  content: bilingual(
    "操作、别名、策略随 Pack 发布，不能在集群上单独改",
    "actions, aliases and policies come with the release of their pack and are not changed on a cluster alone",
  ),
  inquiries: bilingual(
    "工作流的询问在企业微信的卡片上回答，由有权限的人点",
    "what a workflow asks is answered on its card in WeCom, by whoever may",
  ),
  keys: bilingual(
    "键值会代入操作的参数，请在集群上由其管理员改",
    "keys are rendered into the parameters of actions; whoever runs the cluster changes them there",
  ),
  packs: bilingual("Pack 由发布流程装到集群，不经过这里", "packs get onto clusters with a release, not here"),
  rbac: bilingual(
    "权限由鲸的 roles.yaml 决定，自己的角色见 GET /user",
    "rights are Whale's, in roles.yaml; GET /user tells your roles",
  ),
  re_emit: bilingual(
    "重发触发器会不经授权就执行规则，请用 `whale events replay` 重放事件",
    "emitting a trigger again would run rules without approval; replay the event with `whale events replay`",
  ),
  rules: bilingual(
    "StackStorm 的规则不经授权就执行操作，请在 WHALE_HOME/rules 里写鲸的规则",
    "rules, triggers and sensors of StackStorm run actions without approval; write a rule of Whale in WHALE_HOME/rules",
  ),
  sso: bilingual(
    "这里没有单点登录，请用鲸的令牌：`st2 login 用户 -p 令牌`",
    "there is no single sign-on here; use a token of Whale: `st2 login USER -p TOKEN`",
  ),
  webhooks: bilingual(
    "事件请发到 POST /hooks/事件源，由鲸的规则决定执行什么",
    "send events to POST /hooks/SOURCE; rules of Whale decide what is run",
  ),
};
