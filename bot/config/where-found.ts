const APP = "企业微信管理后台「应用管理 → 自建 → 应用」";
const APP_EN = "in WeCom's admin console, 应用管理 → 自建 → the app";
const CALLBACK = `${APP}里「接收消息 → 设置API接收」`;
const CALLBACK_EN = `${APP_EN}, 接收消息 → 设置API接收`;
const BOT = "企业微信里智能机器人的 API 模式，选长连接后可见；不用机器人就两个都不设置";
const BOT_EN = "shown for the AI bot in API mode, 长连接; without a bot leave both out";

/** What a variable is and where its value is found, for those that only another system can tell. */
const FOUND: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  WECOM_CORP_ID: [
    "这是企业ID：企业微信管理后台「我的企业 → 企业ID」",
    "the company's id: in WeCom's admin console, 我的企业 → 企业ID",
  ],
  WECOM_AGENT_ID: [`这是应用的编号：${APP}里的 AgentId`, `the app's number: ${APP_EN}, AgentId`],
  WECOM_SECRET: [`这是应用的密钥：${APP}里的 Secret`, `the app's secret: ${APP_EN}, Secret`],
  WECOM_TOKEN: [`用来核对回调的签名：${CALLBACK}的 Token`, `checks callbacks: ${CALLBACK_EN}, Token`],
  WECOM_AES_KEY: [
    `用来解密回调：${CALLBACK}的 EncodingAESKey`,
    `decrypts callbacks: ${CALLBACK_EN}, EncodingAESKey`,
  ],
  WECOM_API: [
    "这是企业微信接口的地址；不经代理就不要设置",
    "the address of WeCom's API; leave it out where there is no proxy",
  ],
  WECOM_LOGIN: [
    "这是浏览器登录的地址；不是私有部署就不要设置",
    "where browsers log in; leave it out where WeCom is no private deployment",
  ],
  AIBOT_ID: [`这是机器人的 BotID：${BOT}`, `the bot's BotID: ${BOT_EN}`],
  AIBOT_SECRET: [`这是机器人的 Secret：${BOT}`, `the bot's Secret: ${BOT_EN}`],
  REDIS_URL: ["存放已确认的事件和任务的 Redis", "the Redis that holds what was acknowledged"],
  REDIS_PASSWORD: [
    "这是 Redis 里该用户的密码，问管理 Redis 的人；也可放进 REDIS_PASSWORD_FILE 指的文件",
    "that user's password in Redis, known to who runs it; a file that REDIS_PASSWORD_FILE names may hold it",
  ],
  ELASTICSEARCH_URL: ["供检索事件的 Elasticsearch", "the Elasticsearch in which events are searched"],
  ELASTICSEARCH_USER: [
    "这是 Elasticsearch 里的用户，所需权限见 adapters/README.md",
    "a user of Elasticsearch; adapters/README.md lists its rights",
  ],
  ELASTICSEARCH_PASSWORD: [
    "这是 Elasticsearch 里该用户的密码，也可放进 ELASTICSEARCH_PASSWORD_FILE 指的文件",
    "that user's password in Elasticsearch; a file that ELASTICSEARCH_PASSWORD_FILE names may hold it",
  ],
  ELASTICSEARCH_API_KEY: [
    "在 Elasticsearch 里创建（POST /_security/api_key），取答复里的 encoded",
    "made by Elasticsearch (POST /_security/api_key): take `encoded` of its answer",
  ],
};

/** The fault of a variable with what it is and where it is found; as it was where there is no more to say. */
export function withPlace(name: string, message: string): string {
  const found = FOUND[name];
  return found ? `${message}。${found[0]} (${found[1]})` : message;
}
