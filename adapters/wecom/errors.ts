import { ChatOpsError } from "../../core/errors.ts";

/**
 * What to do about a refusal: `refresh` the token and try once more, `backoff` and try later, `fix` what we
 * sent, `drop` this item and tell who asked, or call an `admin` and try again when they may have put it right.
 */
export type Reaction = "refresh" | "backoff" | "fix" | "drop" | "admin";

/** How one errcode is taken. */
export interface ErrcodeRule {
  reaction: Reaction;
  /** Code of the error that is thrown. */
  code: string;
  retryable: boolean;
  /** Wait before the next try, in milliseconds. */
  retryAfterMs?: number;
}

/** An answer that is a refusal, with what it was an answer to. */
export interface Refusal {
  errcode: number;
  errmsg: string;
  api: string;
}

interface Row {
  errcodes: readonly number[];
  code: string;
  reaction: Reaction;
  retryAfterMs?: number;
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** A message must not be lost while somebody looks for what is wrong, and nobody must be asked too often meanwhile. */
export const ADMIN_PAUSE_MS = 60_000;

/** reference/wecom.md 5.2 as data. A later row wins over an earlier one. */
const ROWS: readonly Row[] = [
  { errcodes: [-1], code: "wecom.busy", reaction: "backoff" },
  { errcodes: [40001, 40014, 42001], code: "wecom.token_refused", reaction: "refresh", retryAfterMs: 60_000 },
  { errcodes: [45009], code: "wecom.rate_limited", reaction: "backoff", retryAfterMs: 60_000 },
  { errcodes: [45033, 45035, 45036], code: "wecom.conflict", reaction: "backoff", retryAfterMs: 5_000 },
  { errcodes: [40003, 46004, 60111], code: "wecom.unknown_person", reaction: "drop" },
  { errcodes: [81013], code: "wecom.nobody_reachable", reaction: "drop" },
  { errcodes: [60140], code: "wecom.code_spent", reaction: "drop" },
  { errcodes: [46003], code: "wecom.no_menu", reaction: "drop" },
  { errcodes: [40201], code: "wecom.content_blocked", reaction: "drop" },
  { errcodes: [50002, 60011, 60021, 92000], code: "wecom.out_of_scope", reaction: "drop" },
  { errcodes: [92002, 92003], code: "wecom.foreign_call", reaction: "drop" },
  { errcodes: [42052], code: "wecom.recall_too_late", reaction: "drop" },
  { errcodes: [40029, 42003, 42022], code: "wecom.login_code_spent", reaction: "drop" },
  { errcodes: [40031, 40032, 81012, 82001, 82002, 82003], code: "wecom.bad_recipients", reaction: "fix" },
  { errcodes: [82101, 82102], code: "wecom.bad_recipients", reaction: "fix" },
  { errcodes: [...span(42015, 42020), ...span(42027, 42051)], code: "wecom.card_invalid", reaction: "fix" },
  { errcodes: [42014], code: "wecom.card_id_refused", reaction: "fix" },
  { errcodes: [40008, 40033, 40035, 40058, 40063, 40093, 40206], code: "wecom.bad_request", reaction: "fix" },
  { errcodes: [41001, 44004, 45002, 48010, 82004], code: "wecom.bad_request", reaction: "fix" },
  { errcodes: [40004, 40007], code: "wecom.media_gone", reaction: "fix" },
  { errcodes: [42012], code: "wecom.ticket_refused", reaction: "fix" },
  { errcodes: [40050, 86003, 86006, 86007, 86008, 86215, 86216], code: "wecom.bad_group", reaction: "fix" },
  { errcodes: [93000, 93001, 93004, 93008, 93019], code: "wecom.robot_gone", reaction: "drop" },
  { errcodes: [93017, 93018], code: "wecom.bad_request", reaction: "fix" },
  { errcodes: [40013, 40091, 45031], code: "wecom.bad_credentials", reaction: "admin" },
  { errcodes: [40056, 301002], code: "wecom.bad_agent", reaction: "admin" },
  { errcodes: [40057, 43012], code: "wecom.no_callback", reaction: "admin" },
  { errcodes: [48002], code: "wecom.not_allowed", reaction: "admin" },
  { errcodes: [48006, 50003], code: "wecom.app_disabled", reaction: "admin" },
  { errcodes: [50001, 80001, 85005], code: "wecom.domain_not_trusted", reaction: "admin" },
  { errcodes: [60020], code: "wecom.ip_not_trusted", reaction: "admin" },
];

function ruleOf(row: Row): ErrcodeRule {
  const { code, reaction } = row;
  const retryAfterMs = row.retryAfterMs ?? (reaction === "admin" ? ADMIN_PAUSE_MS : undefined);
  const retryable = reaction === "refresh" || reaction === "backoff" || reaction === "admin";
  return retryAfterMs === undefined
    ? { reaction, code, retryable }
    : { reaction, code, retryable, retryAfterMs };
}

const RULES: ReadonlyMap<number, ErrcodeRule> = new Map(
  ROWS.flatMap((row) => row.errcodes.map((errcode) => [errcode, ruleOf(row)] as const)),
);

/** A code nobody has told us of: trying again unchanged would be a guess. */
const UNKNOWN: ErrcodeRule = { reaction: "admin", code: "wecom.refused", retryable: false };

/** How an errcode is taken; unknown ones are not tried again. */
export function ruleFor(errcode: number): ErrcodeRule {
  return RULES.get(errcode) ?? UNKNOWN;
}

/** Whether somebody must act at WeCom's console before such calls are answered again. */
export function needsAdmin(errcode: number): boolean {
  const { reaction, code } = ruleFor(errcode);
  return reaction === "admin" || code === "wecom.out_of_scope" || code === "wecom.robot_gone";
}

/** On `gettoken` these say that the credentials are wrong; asking again gets the address banned for an hour. */
export function isBadCredentials(errcode: number): boolean {
  return errcode === 40001 || ruleFor(errcode).code === "wecom.bad_credentials";
}

function explain({ errcode, errmsg, api }: Refusal): string {
  const address = errcode === 60020 ? /from ip:\s*([0-9a-f.:]+[0-9a-f])/i.exec(errmsg)?.[1] : undefined;
  const hint = address === undefined ? "" : ` (add ${address} to the app's 企业可信IP)`;
  return `WeCom answered ${api} with errcode ${errcode}${hint}: ${errmsg}`;
}

/**
 * The error for a refusal. Busy (-1) says nothing about what was done; every other errcode is a refusal
 * that did nothing, so its `reached` is `no` and the next try is no repeat.
 */
export function refusalError(refusal: Refusal): ChatOpsError {
  const { code, retryable, retryAfterMs } = ruleFor(refusal.errcode);
  const reached = refusal.errcode === -1 ? "maybe" : "no";
  const facts = retryAfterMs === undefined ? { code, retryable } : { code, retryable, retryAfterMs };
  return new ChatOpsError(explain(refusal), { ...facts, reached });
}

/** The error for an answer that is no answer of WeCom's API, for example a proxy's page. */
export function badAnswer(api: string, what: string): ChatOpsError {
  return new ChatOpsError(`WeCom's answer to ${api} ${what}`, { code: "wecom.bad_answer", retryable: true });
}

/** The error for something we refuse to send, before any network. */
export function refusedBySender(code: string, message: string): ChatOpsError {
  return new ChatOpsError(message, { code, retryable: false, reached: "no" });
}
