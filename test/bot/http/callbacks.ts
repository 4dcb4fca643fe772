import { randomBytes } from "node:crypto";
import {
  envelopeXml,
  type Happening,
  happeningXml,
} from "../../../fixtures/simulators/wecom/callback-xml.ts";
import { encrypt, sign } from "../../../fixtures/simulators/wecom/cipher.ts";
import { demoCompany } from "../../../fixtures/simulators/wecom/index.ts";

/** What a hand-made callback does differently from a true one. */
export interface Forgery {
  token?: string;
  receiveId?: string;
  encodingAesKey?: string;
  timestampSeconds?: number;
  /** Sent in place of the nonce that was signed. */
  nonce?: string;
  /** In place of the ciphertext, still signed rightly. */
  cipherText?: string;
  /** In place of the whole body. */
  body?: string;
}

export type Press = Pick<Extract<Happening, { kind: "click" }>, "userId" | "taskId" | "key"> & {
  responseCode?: string;
};

/** The XML of a click on a card, made at this instant. */
export function clickXml(press: Press, createdAtSeconds = nowSeconds()): string {
  const fixed = { kind: "click", event: "template_card_event", cardType: "button_interaction" } as const;
  const happening: Happening = { ...fixed, selected: null, responseCode: "hand-made-code", ...press };
  return happeningXml(demoCompany, happening, createdAtSeconds);
}

/** The XML of a text message. */
export function textXml(userId: string, text: string, messageId: string): string {
  return happeningXml(demoCompany, { kind: "text", userId, text, messageId }, nowSeconds());
}

/** One delivery as it goes over the wire, which somebody may have recorded. */
export interface Delivery {
  query: URLSearchParams;
  body: string;
}

/** Encrypts and signs a message. */
export function deliveryOf(xml: string, forgery: Forgery = {}): Delivery {
  const { query, cipherText } = sealed(xml, forgery);
  return { query, body: forgery.body ?? envelopeXml(demoCompany, cipherText) };
}

/** Posts a delivery to the callback address of a running Whale. */
export function deliver(url: string, { query, body }: Delivery): Promise<Response> {
  return fetch(`${url}/wecom/callback?${query}`, { method: "POST", body });
}

/** Encrypts, signs and posts a message. */
export function sendCallback(url: string, xml: string, forgery: Forgery = {}): Promise<Response> {
  return deliver(url, deliveryOf(xml, forgery));
}

/** The query of an address check, and its ciphertext as `echostr` in it. */
export function echoQuery(echo: string, forgery: Forgery = {}): URLSearchParams {
  const { query, cipherText } = sealed(echo, forgery);
  query.set("echostr", cipherText);
  return query;
}

function sealed(text: string, forgery: Forgery): { query: URLSearchParams; cipherText: string } {
  const { token, encodingAesKey, corpId } = demoCompany;
  const key = {
    encodingAesKey: forgery.encodingAesKey ?? encodingAesKey,
    receiveId: forgery.receiveId ?? corpId,
  };
  const cipherText = forgery.cipherText ?? encrypt(key, text);
  const timestamp = String(forgery.timestampSeconds ?? nowSeconds());
  const nonce = randomBytes(8).toString("hex");
  const signature = sign(forgery.token ?? token, timestamp, nonce, cipherText);
  const sent = { msg_signature: signature, timestamp, nonce: forgery.nonce ?? nonce };
  return { query: new URLSearchParams(sent), cipherText };
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
