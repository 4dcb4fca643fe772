import { randomBytes } from "node:crypto";
import type { Context } from "koa";
import type { Clock } from "../../core/ports/index.ts";
import { sameDigest } from "../http/same-secret.ts";
import type { CookieJar, Seals } from "./cookies.ts";

/** Somebody who has logged in with this browser. */
export interface Session {
  id: string;
  /** In lower case. */
  userId: string;
}

/** What a form carries, so that it counts once, from one session, for one task as it was shown. */
export interface FormMarks {
  nonce: string;
  /** The binding hash that the page showed. */
  hash: string;
  token: string;
}

/** Who has logged in, and which forms are theirs. */
export interface Sessions {
  read(ctx: Context): Session | null;
  /** Always a new one: what the browser had before counts no more. */
  begin(ctx: Context, userId: string): void;
  end(ctx: Context): void;
  /** Marks for a form; `task` is empty for one that is about the session alone. */
  marksFor(session: Session, about: { task: string; hash: string }): FormMarks;
  isOurs(session: Session, task: string, marks: FormMarks): boolean;
}

export interface SessionDeps {
  seals: Seals;
  jar: CookieJar;
  clock: Clock;
}

/** A working day: who comes back the next one logs in again, which inside WeCom is silent. */
const SESSION_SECONDS = 8 * 3600;
const NONCE = /^[0-9a-f]{32}$/;

/** Sessions that live in a sealed cookie alone, so that every process knows them. */
export function createSessions({ seals, jar, clock }: SessionDeps): Sessions {
  const tokenOf = ({ id }: Session, task: string, { nonce, hash }: Pick<FormMarks, "nonce" | "hash">) => {
    return seals.mark("form", [id, task, nonce, hash]);
  };
  return {
    read: (ctx) => {
      const { id, userId, untilMs } = seals.open("session", jar.read(ctx, "session")) ?? {};
      if (typeof id !== "string" || typeof userId !== "string" || typeof untilMs !== "number") return null;
      return clock.nowMs() < untilMs ? { id, userId } : null;
    },
    begin: (ctx, userId) => {
      const untilMs = clock.nowMs() + SESSION_SECONDS * 1000;
      const value = seals.seal("session", { id: freshNonce(), userId, untilMs });
      jar.write(ctx, "session", { value, maxAgeSeconds: SESSION_SECONDS });
    },
    end: (ctx) => jar.clear(ctx, "session"),
    marksFor: (session, { task, hash }) => {
      const nonce = freshNonce();
      return { nonce, hash, token: tokenOf(session, task, { nonce, hash }) };
    },
    isOurs: (session, task, marks) => {
      return NONCE.test(marks.nonce) && sameDigest(marks.token, tokenOf(session, task, marks));
    },
  };
}

/** Letters and digits that nobody can guess. */
export function freshNonce(): string {
  return randomBytes(16).toString("hex");
}
