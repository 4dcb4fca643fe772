import type { AxiosResponse } from "axios";

/** What came back, whatever its status. */
export interface OutboundResponse {
  status: number;
  /** Names in lower case; a header that came several times is joined with commas. */
  headers: Record<string, string>;
  /** The parsed body, when the answer's content type says JSON and there is one; else undefined. */
  body: unknown;
  /** The body as text, always. */
  text: string;
}

const JSON_TYPE = /^(?:application|text)\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** Reads an answer. Throws a SyntaxError when it says that it is JSON and is not. */
export function readAnswer(response: AxiosResponse<string>, parse: boolean): OutboundResponse {
  const headers = plainHeaders(response.headers);
  const text = response.data ?? "";
  const isJson = parse && text !== "" && JSON_TYPE.test(headers["content-type"] ?? "");
  return { status: response.status, headers, body: isJson ? JSON.parse(text) : undefined, text };
}

function plainHeaders(headers: AxiosResponse["headers"]): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null) continue;
    plain[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : String(value);
  }
  return plain;
}
