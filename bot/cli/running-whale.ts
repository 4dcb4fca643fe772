import { ChatOpsError, errorCode, errorText, isChatOpsError } from "../../core/errors.ts";
import { environment, foldersOf } from "../config/index.ts";
import { localAccess } from "../wire-local.ts";

/** REST of the process that runs on this machine's data folder. */
export interface RunningWhale {
  /** An answer that says yes; what says no is thrown as `cli.refused`, in the words of the answer. */
  get(path: string, query?: URLSearchParams): Promise<Response>;
  /** The same, with a body sent. */
  post(path: string, body: object): Promise<Response>;
  /** The same, for what is to end. */
  delete(path: string): Promise<Response>;
}

/** For so long nobody at a terminal wonders whether anything goes on. */
const SILENCE_MS = 5_000;

/** Finds the running process. It throws `cli.not_running`, or `cli.no_answer`, with what to do about it. */
export async function runningWhale(): Promise<RunningWhale> {
  const { dataDir } = foldersOf(environment(), process.cwd());
  const { origin, token } = await localAccess(dataDir).catch((cause: unknown) => {
    if (isChatOpsError(cause)) throw notRunning(dataDir, cause);
    throw cause;
  });
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const silence = setTimeout(() => console.error(stillWaiting(origin)), SILENCE_MS);
    const asked = fetch(`${origin}${path}`, { ...init, headers }).finally(() => clearTimeout(silence));
    const answer = await asked.catch((thrown: Error) => {
      // What fetch throws says only that it failed.
      const cause = thrown.cause ?? thrown;
      throw errorCode(cause) === "ECONNREFUSED" ? notRunning(dataDir, cause) : noAnswer(origin, cause);
    });
    if (answer.ok) return answer;
    throw new ChatOpsError(await refusalOf(answer), { code: "cli.refused" });
  };
  return {
    get: (path, query) => ask(query ? `${path}?${query}` : path),
    post: (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) }),
    delete: (path) => ask(path, { method: "DELETE" }),
  };
}

function notRunning(dataDir: string, cause: unknown): ChatOpsError {
  const message = [
    `这个数据目录上没有 Whale 在运行 (no Whale runs on this data folder): ${dataDir}`,
    "  先用 npm start 启动；如果它用别的目录，请设置 WHALE_HOME 或 WHALE_DATA，并以运行它的用户执行",
    "  (start it with npm start; where it uses another folder set WHALE_HOME or WHALE_DATA; be the user who runs it)",
  ].join("\n");
  return new ChatOpsError(message, { code: "cli.not_running", cause });
}

/** Something that takes long and a process that hangs look the same from here. */
function stillWaiting(origin: string): string {
  return [
    `${origin} 还没有应答，继续等待；Ctrl-C 只停止等待，所求的事可能照做，进程可能卡住：看它的日志和 /readyz`,
    "  (no answer yet, still waiting; Ctrl-C ends the waiting alone, what was asked may still be done; the process may be stuck: see its log and /readyz)",
  ].join("\n");
}

/** Somebody listens there, so that starting another one is no help. */
function noAnswer(origin: string, cause: unknown): ChatOpsError {
  const message = [
    `${origin} 没有给出应答 (no answer came): ${errorText(cause)}`,
    "  那里的进程可能卡住或正在退出：看它的日志和 /readyz；所求的事可能已做，先查再重做",
    "  (the process there may be stuck or about to end: see its log and /readyz; what was asked may be done: look before asking again)",
  ].join("\n");
  return new ChatOpsError(message, { code: "cli.no_answer", cause });
}

async function refusalOf(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const { error } = JSON.parse(text) as { error: { message: string } };
    return error.message;
  } catch {
    // Somebody else listens there now.
    return `${answer.status} ${text.slice(0, 200)}`;
  }
}
