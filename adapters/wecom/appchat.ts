import { Type } from "typebox";
import { ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import type { WecomClient } from "./client.ts";
import { refusedBySender } from "./errors.ts";
import { textMessages } from "./markdown.ts";
import { shape } from "./schema.ts";

/** The groups that the app itself made; it writes into them and hears nothing. */
export interface Appchat {
  /**
   * Sends markdown, in several numbered messages when it is longer than one may be. Throws `ChatOpsError` by the
   * table of reactions, where WeCom's reason is said in words that help.
   */
  send(chatId: string, markdown: string): Promise<void>;
}

const sent = shape(Type.Object({}));

/** What to do about the refusals of a group that its people can end. */
const HINTS: Readonly<Record<string, string>> = {
  "wecom.not_allowed":
    "应用的可见范围须是根部门，才能往应用群聊发消息（48002）(only an app whose visible scope is the root department may write into app-made groups)",
  "wecom.bad_group":
    "appchat 须是本应用建的、还在的群，chatid 区分大小写（86003、86008）(appchat must be a group that this app made and that still exists; its chatid keeps its case)",
};

/** Makes the sending side of the app's groups. */
export function createAppchat(client: Pick<WecomClient, "call">): Appchat {
  const sendOne = async (chatid: string, content: string): Promise<void> => {
    const body = { chatid, msgtype: "markdown", markdown: { content }, safe: 0 };
    await client.call({ method: "POST", api: "appchat/send", body }, sent);
  };
  return {
    send: async (chatId, markdown) => {
      const messages = textMessages(markdown);
      if (messages.length === 0) throw refusedBySender("wecom.empty_text", "there is no text to send");
      try {
        // One after the other, so that they are read in order.
        for (const content of messages) await sendOne(chatId, content);
      } catch (error) {
        throw explained(error);
      }
    },
  };
}

function explained(error: unknown): unknown {
  if (!isChatOpsError(error)) return error;
  const { code, retryable, reached, message } = error;
  const hint = HINTS[code];
  const facts = { code, retryable, reached, cause: error };
  return hint === undefined ? error : new ChatOpsError(`${message}: ${hint}`, facts);
}
