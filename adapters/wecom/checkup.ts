import { randomBytes, randomInt } from "node:crypto";
import type { Clock } from "../../core/ports/index.ts";
import type { WecomClient } from "./client.ts";
import type { CallbackCrypto } from "./crypto.ts";
import { agentAnswer, groupAnswer } from "./schema.ts";

/** The app as WeCom's console has it. */
export interface AgentFacts {
  name: string;
  closed: boolean;
  /** The domain that logins may come back to; empty when none is set. */
  redirectDomain: string;
  scope: { users: number; departments: readonly number[]; tags: readonly number[] };
}

/** A call of the own callback as WeCom makes it when the address is saved. */
export interface SelfCall {
  query: Record<string, string>;
  /** What must be answered, with nothing around it. */
  echo: string;
}

/** Looks at what an app is set up with. Calls fail as all calls do. */
export interface Checkup {
  agent(): Promise<AgentFacts>;
  /** An app-made group. */
  group(chatId: string): Promise<{ name: string; members: number }>;
  /** Made anew each time, with the own token, key, receiver and time (reference/wecom.md 1.2). */
  selfCall(): SelfCall;
}

/** Makes the checkup of one app. */
export function createCheckup(parts: {
  client: WecomClient;
  crypto: CallbackCrypto;
  agentId: number;
  clock: Clock;
}): Checkup {
  const { client, crypto, agentId, clock } = parts;
  return {
    agent: async () => {
      const query = { agentid: String(agentId) };
      const answer = await client.call({ method: "GET", api: "agent/get", query }, agentAnswer);
      return {
        name: answer.name ?? "",
        closed: answer.close === 1,
        redirectDomain: answer.redirect_domain ?? "",
        scope: {
          users: answer.allow_userinfos?.user?.length ?? 0,
          departments: answer.allow_partys?.partyid ?? [],
          tags: answer.allow_tags?.tagid ?? [],
        },
      };
    },
    group: async (chatid) => {
      const call = { method: "GET" as const, api: "appchat/get", query: { chatid } };
      const { chat_info } = await client.call(call, groupAnswer);
      return { name: chat_info.name ?? "", members: chat_info.userlist.length };
    },
    selfCall: () => {
      const echo = String(randomInt(2 ** 47));
      const nonce = randomBytes(8).toString("hex");
      const sealed = crypto.seal(echo, { timestamp: String(Math.floor(clock.nowMs() / 1000)), nonce });
      const { encrypt: echostr, signature: msg_signature, timestamp } = sealed;
      return { query: { msg_signature, timestamp, nonce, echostr }, echo };
    },
  };
}
