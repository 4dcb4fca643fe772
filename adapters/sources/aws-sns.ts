import type { JsonObject } from "../../core/ids/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { readCloudWatch } from "./aws-cloudwatch.ts";
import { handshakeOf } from "./confirm-url.ts";
import { textAt } from "./fields.ts";
import { jsonOrText, missing, notOneOf, readObject } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import type { Delivery, Reading, SourceAdapter } from "./source-adapter.ts";
import { type Envelope, plainMessage, unsubscribed } from "./topic-message.ts";

/** Amazon SNS over HTTPS. Its JSON comes as text/plain; with raw delivery there is no envelope. */
export const awsSns: SourceAdapter = { kind: "aws-sns", read };

const OWN_HOST = /^sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/i;

function read({ body, headers, zone, options }: Delivery): Reading {
  const json = readObject(body);
  if (json.outcome === "refused") return json;
  const field = (key: string) => textAt(json.value, key);
  if (headers["x-amz-sns-rawdelivery"] === "true") return told(json.value, rawEnvelope(headers), zone);
  const [type, topic] = [field("Type"), field("TopicArn")];
  if (type === "") return missing("", "Type");
  const sentAt = readTime(json.value["Timestamp"], zone);
  const envelope: Envelope = { id: field("MessageId"), topic, subject: field("Subject"), sentAt };
  if (type === "SubscriptionConfirmation") {
    const asked = { field: "SubscribeURL", url: field("SubscribeURL"), topic, message: field("Message") };
    return handshakeOf({ ...asked, ownHost: OWN_HOST, moreHosts: options?.["confirmHosts"] });
  }
  if (type === "UnsubscribeConfirmation") return { outcome: "read", occurrences: [unsubscribed(envelope)] };
  if (type !== "Notification") {
    return notOneOf("", "Type", "Notification, SubscriptionConfirmation, UnsubscribeConfirmation");
  }
  return told(jsonOrText(json.value["Message"]), envelope, zone);
}

function rawEnvelope(headers: Delivery["headers"]): Envelope {
  const header = (name: string) => textAt(headers, name).toWellFormed();
  return {
    id: header("x-amz-sns-message-id"),
    topic: header("x-amz-sns-topic-arn"),
    subject: "",
    sentAt: undefined,
  };
}

function told(message: unknown, envelope: Envelope, zone: string): Reading {
  const occurrence =
    isJsonObject(message) && textAt(message, "AlarmName") !== ""
      ? readCloudWatch(message, envelope, zone)
      : plainMessage(envelope, plain(message), "unknown");
  return { outcome: "read", occurrences: [occurrence] };
}

function plain(message: unknown): string | JsonObject {
  return isJsonObject(message) ? message : textAt({ message }, "message") || JSON.stringify(message ?? "");
}
