import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A message service of the tests: its key, and a certificate that vouches for itself, in PEM. */
export interface MessageService {
  key: KeyObject;
  certificate: string;
}

const RSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];

/** Makes a service whose certificate is valid from 2020 to `until` (YYMMDD). */
export function messageService(until = "491231"): MessageService {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const algorithm = tlv(0x30, tlv(0x06, Buffer.from(RSA_WITH_SHA256)), Buffer.from([0x05, 0x00]));
  const commonName = tlv(0x30, tlv(0x06, Buffer.from([0x55, 0x04, 0x03])), tlv(0x0c, Buffer.from("service")));
  const name = tlv(0x30, tlv(0x31, commonName));
  const validity = tlv(0x30, utcTime("200101"), utcTime(until));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const serial = tlv(0x02, Buffer.from([1]));
  const body = tlv(
    0x30,
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    serial,
    algorithm,
    name,
    validity,
    name,
    spki,
  );
  const signature = tlv(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const base64 = tlv(0x30, body, algorithm, signature).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  const certificate = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  return { key: privateKey, certificate };
}

function utcTime(day: string): Buffer {
  return tlv(0x17, Buffer.from(`${day}000000Z`));
}

function tlv(tag: number, ...content: Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  const { length } = bytes;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), bytes]);
}

export type Fields = Record<string, string>;

const SNS_NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const SNS_OTHER = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
const SMN_NOTIFICATION = ["message", "message_id", "subject", "timestamp", "topic_urn", "type"];
const SMN_OTHER = ["message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"];

export const SNS_CERTIFICATE = "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0a1b2c.pem";
export const SMN_CERTIFICATE = "https://smn.cn-north-4.myhuaweicloud.com/smn/SMN_cn-north-4_0a1b2c.pem";
export const TOPIC_ARN = "arn:aws:sns:us-west-2:123456789012:alarms";
export const TOPIC_URN = "urn:smn:cn-north-4:0123456789abcdef:alarms";

/** A body of SNS at an instant, signed; `over` changes fields before they are signed. */
export function snsBody(service: MessageService, nowMs: number, over: Fields = {}): Fields {
  const fields: Fields = {
    Type: "Notification",
    MessageId: "m-1",
    TopicArn: TOPIC_ARN,
    Message: "disk\nfull",
    Timestamp: new Date(nowMs).toISOString(),
    SignatureVersion: "2",
    SigningCertURL: SNS_CERTIFICATE,
    ...over,
  };
  const names = fields["Type"] === "Notification" ? SNS_NOTIFICATION : SNS_OTHER;
  const hash = fields["SignatureVersion"] === "1" ? "RSA-SHA1" : "RSA-SHA256";
  return { ...fields, Signature: signed(service, hash, names, fields) };
}

/** The same of SMN. */
export function smnBody(service: MessageService, nowMs: number, over: Fields = {}): Fields {
  const fields: Fields = {
    type: "Notification",
    message_id: "m-1",
    topic_urn: TOPIC_URN,
    message: "磁盘满",
    subject: "告警",
    timestamp: new Date(nowMs).toISOString(),
    signature_version: "v1",
    signing_cert_url: SMN_CERTIFICATE,
    ...over,
  };
  const names = fields["type"] === "Notification" ? SMN_NOTIFICATION : SMN_OTHER;
  return { ...fields, signature: signed(service, "RSA-SHA256", names, fields) };
}

function signed({ key }: MessageService, hash: string, names: readonly string[], fields: Fields): string {
  const lines = names.flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`]));
  return sign(hash, Buffer.from(lines.join("")), key).toString("base64");
}
