import type { Context } from "koa";
import type { Logger } from "../../../core/ports/index.ts";
import { refuseApi } from "./answers.ts";

/** What REST may be asked to do. */
export type ApiRight = "types.read" | "types.write" | "config.reload";

/** `answered`: the caller may not, and has been told so. */
export type Guarded = { outcome: "allowed"; who: string } | { outcome: "answered" };

/** Finds out who calls and whether this person may do it, before anything of the request is looked at. */
export type Guard = (ctx: Context, right: ApiRight, object?: string) => Promise<Guarded>;

/** Lets nobody in: the guard of a process that knows no people. */
export const nobody: Guard = async (ctx) => {
  refuseApi(ctx, 403, { code: "forbidden", message: "REST 没有开放 (REST is not open to anybody here)" });
  return { outcome: "answered" };
};

/** What every route of the API needs. */
export interface ApiDeps {
  guard: Guard;
  log: Logger;
}
