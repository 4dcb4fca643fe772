import type { TopicAuth } from "../../core/events/index.ts";

/** How a message service signs its bodies. */
export interface TopicFormat {
  type: string;
  topic: string;
  time: string;
  signature: string;
  certificate: string;
  /** The signed fields of a notification, and of everything else, in their order. */
  notification: readonly string[];
  others: readonly string[];
  /** The only field that may be absent. */
  optional: string;
  /** The hash that the body's version of the scheme means; undefined when there is none such. */
  hashOf(field: (name: string) => string | undefined): string | undefined;
  /** Whether the service itself has put its certificate there. */
  ownsCertificate(url: URL): boolean;
  /** Hosts that may be asked to confirm a subscription. */
  confirmHost: RegExp;
}

const SNS_HOST = /^sns\.[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}\.amazonaws\.com(?:\.cn)?$/;
const SNS_CERTIFICATE = /^\/SimpleNotificationService-[A-Za-z0-9]+\.pem$/;
const SNS_HASHES: ReadonlyMap<string, string> = new Map([
  ["1", "RSA-SHA1"],
  ["2", "RSA-SHA256"],
]);
const SMN_HOST = /^smn\.[a-z]{2,4}(?:-[a-z0-9]+)+\.myhuaweicloud\.com$/;
const SMN_CERTIFICATE = /^\/smn\/[A-Za-z0-9_-]+\.pem$/;

/** The two services: Amazon's SNS and Huawei's SMN. */
export const TOPIC_FORMATS: Readonly<Record<TopicAuth["kind"], TopicFormat>> = {
  sns: {
    ...{ type: "Type", topic: "TopicArn", time: "Timestamp", signature: "Signature", optional: "Subject" },
    certificate: "SigningCertURL",
    notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
    others: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
    hashOf: (field) => SNS_HASHES.get(field("SignatureVersion") ?? ""),
    ownsCertificate: (url) => SNS_HOST.test(url.hostname) && SNS_CERTIFICATE.test(url.pathname),
    confirmHost: SNS_HOST,
  },
  smn: {
    ...{ type: "type", topic: "topic_urn", time: "timestamp", signature: "signature", optional: "subject" },
    certificate: "signing_cert_url",
    notification: ["message", "message_id", "subject", "timestamp", "topic_urn", "type"],
    others: ["message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"],
    hashOf: (field) => (/^v1$/i.test(field("signature_version") ?? "v1") ? "RSA-SHA256" : undefined),
    ownsCertificate: (url) => SMN_HOST.test(url.hostname) && SMN_CERTIFICATE.test(url.pathname),
    confirmHost: /^(?:console|smn\.[a-z]{2,4}(?:-[a-z0-9]+)+)\.(?:my)?huaweicloud\.com$/,
  },
};

/** An https address without anything beside host and path; null for any other. */
export function plainHttps(text: string): URL | null {
  const url = text.length <= 2_048 ? URL.parse(text) : null;
  if (url?.protocol !== "https:" || url.port !== "" || url.username !== "" || url.password !== "")
    return null;
  return url;
}
