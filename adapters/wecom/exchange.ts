import { ChatOpsError } from "../../core/errors.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { createRedactor, type Outbound } from "../outbound/index.ts";
import { cleanLine, shorten } from "./card-text.ts";
import { badAnswer } from "./errors.ts";
import { formOf } from "./form.ts";
import { anyAnswer } from "./schema.ts";

/** What a call sends beside the token. */
export interface ApiRequest {
  method: "GET" | "POST";
  /** Path below `/cgi-bin/`, for example `message/send`. */
  api: string;
  query?: Record<string, string>;
  body?: Record<string, unknown>;
  /** A file in place of a body, as the form field `media`. */
  file?: { name: string; bytes: Uint8Array };
}

/** An answer of the API, refusal or not. */
export interface Answer {
  errcode: number;
  /** Short, clean, free of secrets. */
  errmsg: string;
  body: unknown;
}

/** One request and its answer; `secretQuery` is added to the query and never shown. */
export type Exchange = (request: ApiRequest, secretQuery: Record<string, string>) => Promise<Answer>;

interface Response {
  status: number;
  body: unknown;
  text: string;
}

const MAX_ERRMSG = 300;

function httpError(api: string, status: number): ChatOpsError {
  const message = `WeCom's address answered ${api} with HTTP ${status}`;
  const retryable = status >= 500 || status === 408 || status === 429;
  return new ChatOpsError(message, { code: "wecom.http_status", retryable });
}

/** Some proxies relabel the content type, so JSON is tried whatever it says. */
function asJson(response: Response): unknown {
  if (response.body !== undefined) return response.body;
  try {
    return JSON.parse(response.text);
  } catch {
    // Not JSON: the caller says so with the status.
    return undefined;
  }
}

function readAnswer(api: string, response: Response): Answer {
  const body = asJson(response);
  const isAnswer = isJsonObject(body);
  if (response.status !== 200 && !(isAnswer && "errcode" in body)) throw httpError(api, response.status);
  if (!isAnswer) throw badAnswer(api, "is not a JSON object");
  const { errcode = 0, errmsg = "" } = anyAnswer.parse(api, body);
  return { errcode, errmsg, body };
}

/** Makes the exchange over one way out. Throws `ChatOpsError` when there is no answer of the API. */
export function createExchange(outbound: Outbound, secrets: readonly string[]): Exchange {
  return async (request, secretQuery) => {
    const { method, api, body, file } = request;
    const query = { ...request.query, ...secretQuery };
    const response = await outbound.request({
      method,
      path: `/cgi-bin/${api}`,
      query,
      body,
      raw: file && formOf(file),
    });
    const answer = readAnswer(api, response);
    const hide = createRedactor([...secrets, ...Object.values(secretQuery)]);
    return { ...answer, errmsg: shorten(cleanLine(hide(answer.errmsg)), MAX_ERRMSG) };
  };
}
