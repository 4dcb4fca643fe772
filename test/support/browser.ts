/** What a browser shows of an answer. */
export interface Seen {
  status: number;
  /** Where it stands now. */
  url: string;
  text: string;
  headers: Headers;
}

/** A browser without a screen and without scripts: it keeps cookies and follows redirects as one does. */
export interface Browser {
  open(url: string): Promise<Seen>;
  /** One request, redirects not followed. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** Sends the form of a page whose action ends so, with what a person fills in. */
  send(
    page: Seen,
    action: string,
    filled?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Seen>;
  /** Cookies by name; those of other hosts are not kept apart, tests have one. */
  cookies: Map<string, string>;
}

export const WECOM_AGENT =
  "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 wxwork/4.1.30 MicroMessenger/7.0.1";
const DESKTOP_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";
const MOST_REDIRECTS = 8;

/** Opens a browser. `pass` is asked for each address that it is sent to, and may send it elsewhere. */
export function openBrowser({
  agent = DESKTOP_AGENT,
  language = "zh-CN",
  pass = (url: string) => url,
}: {
  agent?: string;
  language?: string;
  pass?: (url: string) => string;
} = {}): Browser {
  const cookies = new Map<string, string>();

  const once: Browser["fetch"] = async (url, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("user-agent", agent);
    headers.set("accept-language", language);
    if (cookies.size > 0) {
      headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) keep(cookies, line);
    return answer;
  };

  const follow = async (first: string, init?: RequestInit): Promise<Seen> => {
    let url = first;
    let answer = await once(url, init);
    for (let hops = 0; answer.status >= 300 && answer.status < 400; hops++) {
      if (hops === MOST_REDIRECTS) throw new Error(`sent round and round: ${url}`);
      url = pass(new URL(answer.headers.get("location") ?? "", url).href);
      answer = await once(url);
    }
    return { status: answer.status, url, text: await answer.text(), headers: answer.headers };
  };

  return {
    cookies,
    fetch: once,
    open: (url) => follow(url),
    send: (page, action, filled = {}, headers = {}) => {
      const body = new URLSearchParams({ ...hiddenFields(page.text), ...filled });
      const address = new URL(actionOf(page.text, action), page.url).href;
      return follow(address, { method: "POST", body, headers });
    },
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = ""] = line.split(";");
  const at = pair.indexOf("=");
  if (/max-age=0(;|$)/i.test(line)) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

/** The hidden fields of the last form of a page, which is the one about its matter. */
export function hiddenFields(text: string): Record<string, string> {
  const form = text.slice(text.lastIndexOf("<form"));
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  return Object.fromEntries(fields.map(([, name = "", value = ""]) => [name, value]));
}

function actionOf(text: string, ending: string): string {
  const found = [...text.matchAll(/\b(?:form)?action="([^"]+)"/g)].map(([, action = ""]) => action);
  const action = found.find((one) => one.endsWith(ending));
  if (action === undefined) throw new Error(`no form goes to ${ending}; there are: ${found.join(" ")}`);
  return action;
}
