import { ChatOpsError } from "../../core/errors.ts";
import type {
  CardReceipt,
  CardSending,
  CardUpdating,
  FileSending,
  Logger,
  Messenger,
  TextSending,
  UpdateOutcome,
} from "../../core/ports/index.ts";
import { checkCard } from "./card-limits.ts";
import type { TemplateCard } from "./card-model.ts";
import { renderCard } from "./card-render.ts";
import type { WecomClient } from "./client.ts";
import { refusedBySender } from "./errors.ts";
import { textMessages } from "./markdown.ts";
import { checkRecipients, idsIn, recipientsByCall } from "./recipients.ts";
import { sendAnswer, updateAnswer, uploadAnswer } from "./schema.ts";

/** WeCom drops an identical message that comes within this many seconds. */
const REPEAT_SECONDS = 600;

interface Parts {
  client: WecomClient;
  agentId: number;
  log: Logger;
}

interface SendAnswer {
  invaliduser?: string;
  unlicenseduser?: string;
  msgid?: string;
  response_code?: string;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof ChatOpsError && error.code === code;
}

function refuseBroken(card: TemplateCard, update: boolean): void {
  const [first] = checkCard(card, "app", { update });
  if (first) throw refusedBySender("wecom.card_invalid", `the card's ${first.path} ${first.rule}`);
}

function unreachableIn(answer: SendAnswer, impossible: readonly string[]): string[] {
  return [...new Set([...impossible, ...idsIn(answer.invaliduser), ...idsIn(answer.unlicenseduser)])];
}

function receiptOf(answer: SendAnswer, impossible: readonly string[]): CardReceipt {
  return {
    ...(answer.msgid ? { messageId: answer.msgid } : {}),
    ...(answer.response_code ? { code: answer.response_code } : {}),
    unreachable: unreachableIn(answer, impossible),
  };
}

async function sendCard({ client, agentId, log }: Parts, sending: CardSending): Promise<CardReceipt> {
  const { reachable, impossible } = checkRecipients(sending.recipients);
  const template_card = renderCard(sending.card, sending.cardId);
  refuseBroken(template_card, false);
  const touser = reachable.join("|");
  const body = { touser, msgtype: "template_card", agentid: agentId, enable_id_trans: 0, template_card };
  try {
    const answer = await client.call({ method: "POST", api: "message/send", body }, sendAnswer);
    return receiptOf(answer, impossible);
  } catch (error) {
    if (!sending.mayBeRepeat || !hasCode(error, "wecom.card_id_refused")) throw error;
    // Our ids are checked before, so this one is refused because the earlier try got through.
    log.info({ cardId: sending.cardId }, "WeCom knows the card already, an earlier try delivered it");
    return { unreachable: impossible };
  }
}

async function updateCard({ client, agentId }: Parts, updating: CardUpdating): Promise<UpdateOutcome> {
  const { reachable } = checkRecipients(updating.recipients);
  const template_card = renderCard(updating.card);
  refuseBroken(template_card, true);
  const code = { response_code: updating.code, enable_id_trans: 0 };
  const body = { userids: reachable, agentid: agentId, ...code, template_card };
  try {
    await client.call({ method: "POST", api: "message/update_template_card", body }, updateAnswer);
    return "updated";
  } catch (error) {
    if (!hasCode(error, "wecom.code_spent")) throw error;
    return updating.mayBeRepeat ? "updated" : "code_spent";
  }
}

async function sendText(
  { client, agentId }: Parts,
  sending: TextSending,
): Promise<{ unreachable: string[] }> {
  const messages = textMessages(sending.markdown);
  const repeat = { enable_duplicate_check: 1, duplicate_check_interval: REPEAT_SECONDS };
  return inCalls(sending.recipients, async (people) => {
    if (messages.length === 0) throw refusedBySender("wecom.empty_text", "there is no text to send");
    const unreachable: string[] = [];
    // One after the other, so that they are read in order.
    for (const content of messages) {
      const head = { touser: people.join("|"), msgtype: "markdown", agentid: agentId };
      const body = { ...head, markdown: { content }, ...(sending.dropRepeat ? repeat : {}) };
      const answer = await client.call({ method: "POST", api: "message/send", body }, sendAnswer);
      unreachable.push(...unreachableIn(answer, []));
    }
    return unreachable;
  });
}

/** Sends to all, in as many calls as it takes; gives whom none of them reached. */
async function inCalls(
  recipients: readonly string[],
  send: (people: readonly string[]) => Promise<string[]>,
): Promise<{ unreachable: string[] }> {
  const { calls, impossible } = recipientsByCall(recipients);
  const unreachable = new Set(impossible);
  for (const people of calls) {
    const missed = await send(people).catch((error: unknown) => {
      // The people of the other calls may be there.
      if (calls.length === 1 || !hasCode(error, "wecom.nobody_reachable")) throw error;
      return people;
    });
    for (const userId of missed) unreachable.add(userId);
  }
  return { unreachable: [...unreachable] };
}

/** WeCom takes files of more than 5 bytes and up to 20 MB. */
const FILE_BYTES = { least: 6, most: 20 * 1024 * 1024 };

async function sendFile(
  { client, agentId }: Parts,
  sending: FileSending,
): Promise<{ unreachable: string[] }> {
  const { name, bytes } = sending;
  if (bytes.length < FILE_BYTES.least || bytes.length > FILE_BYTES.most) {
    throw refusedBySender("wecom.bad_file", `a file of ${bytes.length} bytes cannot be sent`);
  }
  const file = { name, bytes };
  const send = async (people: readonly string[]) => {
    const upload = { method: "POST", api: "media/upload", query: { type: "file" }, file } as const;
    const { media_id } = await client.call(upload, uploadAnswer);
    const body = { touser: people.join("|"), msgtype: "file", agentid: agentId, file: { media_id } };
    return unreachableIn(await client.call({ method: "POST", api: "message/send", body }, sendAnswer), []);
  };
  return inCalls(sending.recipients, (people) =>
    send(people).catch((error: unknown) => {
      if (!hasCode(error, "wecom.media_gone")) throw error;
      return send(people);
    }),
  );
}

/** Makes the sending side of one app. */
export function createMessenger(parts: Parts): Messenger {
  return {
    sendCard: (sending) => sendCard(parts, sending),
    updateCard: (updating) => updateCard(parts, updating),
    sendText: (sending) => sendText(parts, sending),
    sendFile: (sending) => sendFile(parts, sending),
  };
}
