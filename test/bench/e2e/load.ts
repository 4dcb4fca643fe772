import { Agent, type IncomingMessage, request } from "node:http";
import { envelopeXml, happeningXml } from "../../../fixtures/simulators/wecom/callback-xml.ts";
import { encrypt, sign } from "../../../fixtures/simulators/wecom/cipher.ts";
import { demoCompany } from "../../../fixtures/simulators/wecom/index.ts";

/** The token that the sample source of the benchmark asks for. */
export const HOOK_TOKEN = "hook-token-of-the-benchmark";

/** A request whose bytes are ready, so that making it is no part of what is measured. */
export interface ReadyRequest {
  url: URL;
  headers: Record<string, string | number>;
  body: Buffer;
}

const agent = new Agent({ keepAlive: true });

/** Sends it and returns the status of the answer. */
export function send({ url, headers, body }: ReadyRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname, search } = url;
    const options = { agent, method: "POST", hostname, port, path: pathname + search, headers };
    const outgoing = request(options, (answer: IncomingMessage) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode ?? 0));
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** One firing alert of a machine of its own, as Alertmanager posts it. */
export function alertRequest(base: string, no: number): ReadyRequest {
  const hostname = `vm-shop-${String(no).padStart(6, "0")}`;
  const labels = {
    alertname: "NodeFilesystemAlmostOutOfSpace",
    device: "/dev/vda1",
    env: "prod",
    fstype: "ext4",
    hostname,
    instance: `${hostname}:9100`,
    job: "node-exporter",
    mountpoint: "/",
    severity: "critical",
  };
  const annotations = {
    summary: `磁盘将满：${hostname} 的 / 只剩不到 3%`,
    description: `${hostname} 上 / 已用 97.13%`,
    usage: "97.13",
  };
  const fingerprint = no.toString(16).padStart(16, "0");
  const times = { startsAt: new Date().toISOString(), endsAt: "0001-01-01T00:00:00Z" };
  const alert = { status: "firing", labels, annotations, ...times, fingerprint };
  return posting(new URL("/hooks/alertmanager", base), "application/json", {
    receiver: "whale",
    status: "firing",
    alerts: [alert],
    groupLabels: { alertname: labels.alertname, env: labels.env },
    commonLabels: labels,
    commonAnnotations: annotations,
    version: "4",
    groupKey: `{}:{alertname="${labels.alertname}"}`,
    truncatedAlerts: 0,
  });
}

/** One click on a card's approve button, encrypted and signed as WeCom does it. */
export function clickRequest(base: string, cardId: string): ReadyRequest {
  const { encodingAesKey, corpId, token } = demoCompany;
  const seconds = Math.floor(Date.now() / 1000);
  const click = {
    kind: "click" as const,
    userId: "zhangsan",
    event: "template_card_event" as const,
    taskId: cardId,
    key: "approve",
    cardType: "button_interaction",
    responseCode: `code-of-${cardId}`,
    selected: null,
  };
  const cipher = encrypt({ encodingAesKey, receiveId: corpId }, happeningXml(demoCompany, click, seconds));
  const url = new URL("/wecom/callback", base);
  const signed = { timestamp: String(seconds), nonce: String(1_000_000 + seconds) };
  url.search = new URLSearchParams({
    msg_signature: sign(token, signed.timestamp, signed.nonce, cipher),
    ...signed,
  }).toString();
  return posting(url, "text/xml", envelopeXml(demoCompany, cipher));
}

function posting(url: URL, type: string, content: object | string): ReadyRequest {
  const body = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
  const authorization = `Bearer ${HOOK_TOKEN}`;
  return { url, body, headers: { "content-type": type, "content-length": body.length, authorization } };
}
