import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { Agent, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { decrypt, getSignature } from "@wecom/crypto";
import axios, { type AxiosInstance } from "axios";
import { XMLParser } from "fast-xml-parser";
import Koa, { type Context } from "koa";
import type { Orders, Report } from "../orders.ts";

/** What the plain server is made of. */
interface Bare {
  env: Readonly<Record<string, string>>;
  file: FileHandle;
  http: AxiosInstance;
  token: string;
  cards: number;
}

interface PostedAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
}

const xml = new XMLParser({ parseTagValue: false });

async function live({ env, folder }: Orders): Promise<void> {
  const file = await open(join(folder, "bare.log"), "a");
  const http = axios.create({ httpAgent: new Agent({ keepAlive: true }), proxy: false });
  const token = await http.get<{ access_token: string }>(`${env["WECOM_API"]}/cgi-bin/gettoken`);
  const bare: Bare = { env, file, http, token: token.data.access_token, cards: 0 };
  const app = new Koa();
  app.use((ctx) => (ctx.path === "/wecom/callback" ? onClick(ctx, bare) : onAlert(ctx, bare)));
  const server = app.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ kind: "listening", url: `http://127.0.0.1:${port}` } satisfies Report);
  });
}

/** Keeps the alert, sends its card, answers. */
async function onAlert(ctx: Context, bare: Bare): Promise<void> {
  const text = await bodyOf(ctx.req);
  const { alerts } = JSON.parse(text) as { alerts: PostedAlert[] };
  await keep(bare, text);
  for (const alert of alerts) await callWecom(bare, "message/send", cardOf(alert, ++bare.cards));
  answer(ctx, 202);
}

/** Opens and keeps the click, reads who it was and whether they may, starts the action, answers. */
async function onClick(ctx: Context, bare: Bare): Promise<void> {
  const click = opened(await bodyOf(ctx.req), ctx.query, bare.env);
  if (click === null) return answer(ctx, 401);
  await keep(bare, JSON.stringify(click));
  const user = (await callWecom(bare, `user/get?userid=${click["FromUserName"]}`)) as { status: number };
  const tag = (await callWecom(bare, "tag/get?tagid=1")) as { userlist: { userid: string }[] };
  const mayDecide = tag.userlist.some((member) => member.userid === click["FromUserName"]);
  if (user.status !== 1 || !mayDecide) return answer(ctx, 403);
  await bare.http.post(`${bare.env["ST2_API"]}/v1/executions`, startOf(click), {
    headers: { "st2-api-key": bare.env["ST2_KEY"] ?? "" },
  });
  answer(ctx, 200);
}

function answer(ctx: Context, status: number): void {
  ctx.status = status;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Durable when it returns. */
async function keep({ file }: Bare, line: string): Promise<void> {
  await file.appendFile(`${line}\n`);
  await file.datasync();
}

async function callWecom({ env, http, token }: Bare, call: string, body?: object): Promise<unknown> {
  const url = `${env["WECOM_API"]}/cgi-bin/${call}${call.includes("?") ? "&" : "?"}access_token=${token}`;
  const answer = body ? await http.post<unknown>(url, body) : await http.get<unknown>(url);
  return answer.data;
}

function opened(body: string, query: Context["query"], env: Bare["env"]): Record<string, string> | null {
  const { xml: envelope } = xml.parse(body) as { xml: { Encrypt: string } };
  const { msg_signature: signature, timestamp, nonce } = query;
  const expected = getSignature(env["WECOM_TOKEN"] ?? "", String(timestamp), String(nonce), envelope.Encrypt);
  if (expected !== signature) return null;
  const { message } = decrypt(env["WECOM_AES_KEY"] ?? "", envelope.Encrypt);
  return (xml.parse(message) as { xml: Record<string, string> }).xml;
}

function startOf(click: Record<string, string>): object {
  const whale = { request_id: click["TaskId"], approved_by: [click["FromUserName"]] };
  return { action: "disk.cleanup", parameters: parametersOf("vm-shop-db-03"), context: { whale } };
}

function parametersOf(host: string): object {
  return { host, paths: ["/var/log"], older_than_days: 7, dry_run: false };
}

/** As many rows, buttons and bytes as Whale's card of the same alert. */
function cardOf({ labels, annotations }: PostedAlert, no: number): object {
  const host = labels["hostname"] ?? "";
  const row = (keyname: string, value = "") => ({ keyname, value });
  const template_card = {
    card_type: "button_interaction",
    source: { desc: "告警 · shop", desc_color: 2 },
    main_title: { title: `磁盘清理 · ${host}`, desc: annotations["summary"] },
    quote_area: { type: 0, title: "参数", quote_text: JSON.stringify(parametersOf(host)) },
    sub_title_text: "送达后 30 分钟内有效，逾期不执行 · 需 1 人批准",
    horizontal_content_list: [
      row("主机", host),
      row("挂载点", labels["mountpoint"]),
      row("使用率", `${annotations["usage"]}%`),
      row("将清理", "/var/log 下 7 天前的旧日志"),
      row("操作", "disk.cleanup"),
      row("目标", host),
    ],
    task_id: `${createHash("sha256").update(`${host} ${no}`).digest("hex")}@1`,
    button_list: [
      { type: 0, text: "批准", style: 1, key: "approve" },
      { type: 0, text: "拒绝", style: 3, key: "reject" },
    ],
  };
  const head = { touser: "zhangsan|lisi", msgtype: "template_card", agentid: 1000002, enable_id_trans: 0 };
  return { ...head, template_card };
}

process.once("message", (orders: Orders) => void live(orders));
