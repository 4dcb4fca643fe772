import { normaliseUserId } from "../../core/people/index.ts";
import type { Clock, InboxItem, InboxPayload } from "../../core/ports/index.ts";
import type { CallbackCrypto, CallbackQuery, CryptoRefusal } from "./crypto.ts";
import { type Fields, fieldsOf, listAt, parseXml, textAnyCase, textOf } from "./xml.ts";

/** Why a callback was refused; the first reasons are the envelope's. */
export type CallbackRefusal = CryptoRefusal | "bad_xml" | "bad_message" | "other_agent";

/** Answer to the address check: `echo` is the whole body, without anything around it. */
export type VerifyOutcome =
  | { outcome: "verified"; echo: string }
  | { outcome: "refused"; reason: CryptoRefusal };

/** A verified callback, or why it was refused. `message` holds nothing of the body. */
export type OpenOutcome =
  | { outcome: "received"; item: InboxItem; kind: InboxPayload["kind"] }
  | { outcome: "refused"; reason: CallbackRefusal; message: string };

/** The receiving side of one self-built app. A repeat is received again: the inbox knows it by its key. */
export interface WecomCallback {
  /** Answers the check that WeCom makes when the address is saved. */
  verifyUrl(query: CallbackQuery): VerifyOutcome;
  /** Opens one delivery. The caller bounds the body (1 MB is ample). Never throws. */
  open(query: CallbackQuery, rawBody: Buffer): OpenOutcome;
}

interface Common {
  userId: string;
  createdAtSeconds: number;
  agent: string;
  kind: string;
}

const REFUSAL_TEXTS: Record<CryptoRefusal, string> = {
  bad_query: "msg_signature, timestamp, nonce and the ciphertext must each be given once",
  bad_signature: "the signature does not fit: the token differs or the body was changed",
  stale_timestamp: "the timestamp is too far from this clock",
  bad_ciphertext: "the ciphertext is not base64 of whole blocks",
  bad_padding: "the padding is wrong: the EncodingAESKey differs",
  bad_length: "the length field does not fit: the EncodingAESKey differs",
  other_receiver: "the message is for another company",
};

function refused(reason: CallbackRefusal, message: string): OpenOutcome {
  return { outcome: "refused", reason, message };
}

function text(fields: Fields, name: string): string {
  return textOf(fields[name]) ?? "";
}

function readCommon(fields: Fields): Common | null {
  const userId = normaliseUserId(text(fields, "FromUserName"));
  const created = text(fields, "CreateTime");
  const kind = text(fields, "MsgType");
  if (userId === "" || kind === "" || !/^\d{1,12}$/.test(created)) return null;
  return { userId, createdAtSeconds: Number(created), agent: textAnyCase(fields, "AgentID") ?? "", kind };
}

/** Retries may carry another ResponseCode, so the key leaves it out (reference/wecom.md 2.6). */
function dedupeKey(fields: Fields, common: Common): string {
  const messageId = text(fields, "MsgId");
  if (common.kind !== "event" && messageId !== "") {
    return [common.agent, common.userId, messageId].join("|");
  }
  const names = ["Event", "EventKey", "TaskId", "ChangeType"];
  const parts = names.map((name) => text(fields, name));
  return [common.agent, common.userId, String(common.createdAtSeconds), ...parts].join("|");
}

function isClick(event: string): boolean {
  return event === "template_card_event" || event === "template_card_menu_event";
}

function readPayload(fields: Fields, common: Common): InboxPayload {
  const { userId, createdAtSeconds, kind } = common;
  if (kind === "text") return { kind: "text", userId, text: text(fields, "Content"), createdAtSeconds };
  const event = kind === "event" ? text(fields, "Event") : kind;
  const menuKey = event === "click" ? text(fields, "EventKey") : "";
  // A button of the menu says what a message would say: its key is the command.
  if (menuKey !== "") return { kind: "text", userId, text: menuKey, createdAtSeconds };
  const cardId = text(fields, "TaskId");
  if (!isClick(event) || cardId === "") return { kind: "other", userId, event, createdAtSeconds };
  const code = text(fields, "ResponseCode");
  const click = {
    kind: "click" as const,
    userId,
    cardId,
    button: text(fields, "EventKey"),
    createdAtSeconds,
  };
  const selected = readSelected(fields);
  return {
    ...click,
    ...(code === "" ? {} : { code }),
    ...(selected.length === 0 ? {} : { selected: Object.fromEntries(selected) }),
  };
}

/** What was chosen in the card's dropdowns or boxes, by question. */
function readSelected(fields: Fields): [question: string, options: string[]][] {
  return listAt(fields, ["SelectedItems", "SelectedItem"]).map((node) => {
    const item = fieldsOf(node);
    const options = listAt(item, ["OptionIds", "OptionId"]).map((option) => textOf(option) ?? "");
    return [text(item, "QuestionKey"), options];
  });
}

function readMessage(xml: string, agentId: number, receivedAtMs: number): OpenOutcome {
  const inner = parseXml(xml);
  if (inner.outcome === "refused") return refused(inner.reason, inner.message);
  const { fields } = inner;
  const common = readCommon(fields);
  if (common === null) return refused("bad_message", "FromUserName, CreateTime or MsgType is missing");
  if (common.agent !== "" && common.agent !== String(agentId)) {
    return refused("other_agent", "the message is for another app");
  }
  const payload = readPayload(fields, common);
  const item = { key: dedupeKey(fields, common), payload, receivedAtMs };
  return { outcome: "received", item, kind: payload.kind };
}

/** Makes the receiving side: envelope, cryptography, parsing. */
export function createCallback(crypto: CallbackCrypto, agentId: number, clock: Clock): WecomCallback {
  function verifyUrl(query: CallbackQuery): VerifyOutcome {
    const echostr = query["echostr"];
    // Frameworks turn a raw + in a query into a blank; base64 has no blanks.
    const opened = crypto.open(query, typeof echostr === "string" ? echostr.replaceAll(" ", "+") : echostr);
    return opened.outcome === "opened" ? { outcome: "verified", echo: opened.message } : opened;
  }

  function open(query: CallbackQuery, rawBody: Buffer): OpenOutcome {
    const envelope = parseXml(rawBody.toString("utf8"));
    if (envelope.outcome === "refused") return refused(envelope.reason, envelope.message);
    const cipherText = textOf(envelope.fields["Encrypt"]);
    if (!cipherText) return refused("bad_xml", "there is no Encrypt element");
    const opened = crypto.open(query, cipherText);
    if (opened.outcome === "refused") return refused(opened.reason, REFUSAL_TEXTS[opened.reason]);
    return readMessage(opened.message, agentId, clock.nowMs());
  }

  return { verifyUrl, open };
}
