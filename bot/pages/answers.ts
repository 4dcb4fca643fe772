import type { Context } from "koa";
import type { replyText } from "../../core/cards/index.ts";
import type { CookieJar, Seals } from "./cookies.ts";
import type { Session } from "./sessions.ts";

/** What is told of a decision: as chat tells it, or what only a page has to tell. */
export type About =
  | Parameters<typeof replyText>[1]
  | "decision_taken"
  | "sent_before"
  /** In the words that were found for it. */
  | { said: string };

interface Of {
  session: Session;
  taskId: string;
}

/** What a form has come to, from the answer to it until the page that is shown next; so that a page can be reloaded. */
export interface Answers {
  keep(ctx: Context, of: Of, about: About): void;
  /** Null when there is none for this session and task. It is told once. */
  take(ctx: Context, of: Of): About | null;
}

const KEPT_SECONDS = 60;

/** Answers in a sealed cookie: no link can make a page say what did not happen. */
export function createAnswers(seals: Seals, jar: CookieJar): Answers {
  return {
    keep: (ctx, { session, taskId }, about) => {
      const value = seals.seal("answer", { session: session.id, taskId, about });
      jar.write(ctx, "answer", { value, maxAgeSeconds: KEPT_SECONDS });
    },
    take: (ctx, { session, taskId }) => {
      const kept = jar.read(ctx, "answer");
      if (kept === "") return null;
      jar.clear(ctx, "answer");
      const data = seals.open("answer", kept);
      return data?.["session"] === session.id && data["taskId"] === taskId ? (data["about"] as About) : null;
    },
  };
}
