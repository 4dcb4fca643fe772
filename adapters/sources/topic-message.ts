import type { EventStatus, Occurrence, Severity } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { firstLine, firstText, withoutSecrets } from "./fields.ts";
import { makeOccurrence } from "./make-occurrence.ts";

/** The envelope of a message service around what is told. */
export interface Envelope {
  id: string;
  topic: string;
  subject: string;
  /** When it was sent; undefined when it does not say. */
  sentAt: string | undefined;
}

/** The last part of a topic's name. */
export function topicName(topic: string): string {
  return topic.slice(topic.lastIndexOf(":") + 1) || "topic";
}

/** A message of no known form: a point, named after its topic. */
export function plainMessage(
  envelope: Envelope,
  message: string | JsonObject,
  severity: Severity,
): Occurrence {
  const text = typeof message === "string" ? message : "";
  return point(envelope, {
    name: `message of ${topicName(envelope.topic)}`,
    title: firstText(firstLine(envelope.subject), firstLine(text)),
    severity,
    annotations: { message: text },
    detail: typeof message === "string" ? { text: message } : withoutSecrets(message),
  });
}

/**
 * The topic will not deliver here any more: worth a look, since alerts stop coming. It is not a handshake,
 * because to call its URL would subscribe again. The URL holds a token and is left out.
 */
export function unsubscribed(envelope: Envelope): Occurrence {
  return point(envelope, {
    name: "UnsubscribeConfirmation",
    title: `订阅已取消，不再收到 ${topicName(envelope.topic)} 的消息 (unsubscribed from the topic)`,
    severity: "warning",
    annotations: {},
    detail: { topic: envelope.topic },
  });
}

interface Told {
  name: string;
  title: string;
  severity: Severity;
  annotations: Record<string, string>;
  detail: JsonObject;
}

function point({ id, topic, sentAt }: Envelope, told: Told): Occurrence {
  const status: EventStatus = "point";
  const incident = [topic, told.name, told.title].join("|");
  return makeOccurrence({
    ...told,
    subject: "",
    status,
    time: sentAt,
    incident,
    delivery: id,
    labels: { topic },
  });
}
