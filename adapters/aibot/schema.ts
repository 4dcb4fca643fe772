import { type Static, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { BotChat, BotIncoming } from "../../core/ports/index.ts";

const Text = Type.String({ minLength: 1 });
const Content = Type.Object({ content: Type.String() });
const Item = Type.Object({ msgtype: Type.String(), text: Type.Optional(Content) });
const Mixed = Type.Object({ msg_item: Type.Array(Item) });
const Quote = Type.Object({
  msgtype: Type.String(),
  text: Type.Optional(Content),
  mixed: Type.Optional(Mixed),
});

const Chosen = Type.Object({
  question_key: Text,
  option_ids: Type.Optional(
    Type.Object({ option_id: Type.Optional(Type.Union([Type.Array(Type.String()), Type.String()])) }),
  ),
});
const Clicked = Type.Object({
  event_key: Type.String(),
  task_id: Text,
  selected_items: Type.Optional(
    Type.Object({ selected_item: Type.Optional(Type.Union([Type.Array(Chosen), Chosen])) }),
  ),
});

const Frame = Type.Object({
  headers: Type.Object({ req_id: Text }),
  body: Type.Object({
    msgid: Type.Optional(Text),
    create_time: Type.Optional(Type.Integer()),
    chatid: Type.Optional(Text),
    chattype: Type.Optional(Type.String()),
    from: Type.Optional(Type.Object({ userid: Text })),
    msgtype: Type.String(),
    text: Type.Optional(Content),
    mixed: Type.Optional(Mixed),
    voice: Type.Optional(Content),
    quote: Type.Optional(Quote),
    event: Type.Optional(
      Type.Object({ eventtype: Type.String(), template_card_event: Type.Optional(Clicked) }),
    ),
  }),
});
type Frame = Static<typeof Frame>;
type Body = Frame["body"];

const frames = compiled(Frame);

function compiled<S extends TSchema>(schema: S) {
  const validator = Compile(schema);
  return (value: unknown): value is Static<S> => validator.Check(value);
}

/** What a frame of WeCom is to us. `kicked`: another connection of this bot took this one's place. */
export type Reading =
  | { outcome: "incoming"; incoming: BotIncoming }
  | { outcome: "kicked" }
  | { outcome: "ignored"; what: string };

/** Reads a callback frame, of which only the fields we use are looked at. */
export function readFrame(frame: unknown, nowMs: number): Reading {
  if (!frames(frame)) return { outcome: "ignored", what: "malformed" };
  const { body } = frame;
  const requestId = frame.headers.req_id;
  if (body.event?.eventtype === "disconnected_event") return { outcome: "kicked" };
  const from = body.from?.userid;
  if (from === undefined) return { outcome: "ignored", what: "malformed" };
  if (body.event?.eventtype === "enter_chat") {
    return { outcome: "incoming", incoming: { kind: "entered", requestId, from } };
  }
  const id = body.msgid ?? requestId;
  const createdAtSeconds = body.create_time ?? Math.floor(nowMs / 1000);
  const common = { id, requestId, from, chat: chatOf(body, from), createdAtSeconds };
  if (body.msgtype === "event") return readEvent(body, common);
  const text = textOf(body);
  if (text === null) return { outcome: "ignored", what: body.msgtype };
  const quoted = body.quote ? textOf(body.quote) : null;
  const incoming = { kind: "message" as const, ...common, text: withoutMention(text, common.chat) };
  return { outcome: "incoming", incoming: quoted === null ? incoming : { ...incoming, quoted } };
}

type Common = Omit<Extract<BotIncoming, { kind: "message" }>, "kind" | "text" | "quoted">;

function readEvent({ event }: Body, common: Common): Reading {
  const click = event?.template_card_event;
  if (event?.eventtype !== "template_card_event" || !click) {
    return { outcome: "ignored", what: event?.eventtype ?? "event" };
  }
  const selected = selectedIn(click);
  const clicked = { kind: "click" as const, ...common, cardId: click.task_id, button: click.event_key };
  return { outcome: "incoming", incoming: selected === null ? clicked : { ...clicked, selected } };
}

/** chatids keep their case, ids of people do not. */
function chatOf({ chatid, chattype }: Body, from: string): BotChat {
  return chattype === "group" || chatid !== undefined
    ? { kind: "group", chatId: chatid ?? "" }
    : { kind: "single", chatId: from };
}

function textOf({ msgtype, text, mixed, voice }: Pick<Body, "msgtype" | "text" | "mixed" | "voice">) {
  if (msgtype === "text") return text?.content ?? null;
  if (msgtype === "voice") return voice?.content ?? null;
  if (msgtype !== "mixed") return null;
  return (
    mixed?.msg_item
      .map((item) => item.text?.content ?? "")
      .join(" ")
      .trim() ?? null
  );
}

/** In a group everything that comes begins with a mention of the bot, whose name is not told. */
function withoutMention(text: string, { kind }: BotChat): string {
  return kind === "group" ? text.replace(/^\s*[@＠]\S+\s*/u, "").trim() : text.trim();
}

function selectedIn({ selected_items }: Static<typeof Clicked>): Record<string, string[]> | null {
  const chosen = [selected_items?.selected_item ?? []].flat();
  if (chosen.length === 0) return null;
  return Object.fromEntries(
    chosen.map(({ question_key, option_ids }) => [question_key, [option_ids?.option_id ?? []].flat()]),
  );
}
