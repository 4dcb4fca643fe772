import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import type { JsonObject } from "../../../core/ids/index.ts";
import { inScope, type Right } from "../../../core/people/index.ts";
import type { Archive, ConfigStore } from "../../../core/ports/index.ts";
import type { ConfigVersion } from "../../../core/versions/index.ts";
import type { HomeKeeper } from "../../home/index.ts";
import { answering, refuseApi } from "./answers.ts";
import { connectionsByType } from "./connections.ts";
import { answerChanged } from "./event-type-answers.ts";
import type { ApiDeps, LetIn } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface EventTypeDeps extends ApiDeps {
  configs: ConfigStore;
  archive: Pick<Archive, "overview">;
  changeType: HomeKeeper["changeType"];
  /** What the text of an event type's file says. */
  definition: (text: string) => JsonObject;
  readJson: ReadJson;
}

const ALL = "/api/v1/event-types";
const ONE = `${ALL}/:type`;

/** Event types over REST: list, look, create, change, retire. */
export function eventTypeRoutes(router: Router, deps: EventTypeDeps): void {
  const { log } = deps;
  router.get(
    ALL,
    answering(log, (ctx: RouterContext) => list(ctx, deps)),
  );
  router.get(
    ONE,
    answering(log, (ctx: RouterContext) => show(ctx, deps)),
  );
  router.get(
    `${ONE}/versions/:no`,
    answering(log, (ctx: RouterContext) => showVersion(ctx, deps)),
  );
  router.post(
    ALL,
    answering(log, (ctx: RouterContext) => create(ctx, deps)),
  );
  router.put(
    ONE,
    answering(log, (ctx: RouterContext) => change(ctx, deps)),
  );
  router.delete(
    ONE,
    answering(log, (ctx: RouterContext) => retire(ctx, deps)),
  );
}

/** The caller, who has the right on the type of the address, or on some type where it names none; else null. */
async function callerWith(ctx: RouterContext, right: Right, { guard }: EventTypeDeps): Promise<LetIn | null> {
  const type = ctx.params["type"];
  const guarded = await guard(ctx, right, type === undefined ? "some" : { type });
  return guarded.outcome === "allowed" ? guarded : null;
}

async function list(ctx: RouterContext, deps: EventTypeDeps): Promise<void> {
  const caller = await callerWith(ctx, "types.read", deps);
  if (!caller) return;
  const latest = await deps.configs.latest("event-type");
  const retiredToo = ctx.query["retired"] === "true";
  const visible = latest.filter(({ name }) => inScope(caller.scope, { type: name }));
  const shown = visible.filter((version) => retiredToo || version.change !== "retired");
  const seen = connectionsByType(await deps.archive.overview());
  const eventTypes = shown.map((version) => {
    return { ...summaryOf(version, deps), connections: seen.get(version.name) ?? [] };
  });
  const names = new Set(shown.map(({ name }) => name));
  const others = [...seen].filter(([type]) => !names.has(type) && inScope(caller.scope, { type }));
  ctx.body = { eventTypes, undeclared: others.map(([type, connections]) => ({ type, connections })) };
}

function summaryOf(version: ConfigVersion, { definition }: EventTypeDeps) {
  const { title, owner, strict } = definition(version.text);
  return { ...headOf(version), title, owner, strict: strict === true };
}

function headOf({ name, no, change, by, at }: ConfigVersion) {
  return { type: name, version: no, change, by, at };
}

async function show(ctx: RouterContext, deps: EventTypeDeps): Promise<void> {
  if (!(await callerWith(ctx, "types.read", deps))) return;
  const name = typeOf(ctx);
  const versions = await deps.configs.versions({ kind: "event-type", name });
  const [newest] = versions;
  if (!newest) return unknownType(ctx, name);
  ctx.set("ETag", `"${newest.no}"`);
  ctx.body = { ...fullOf(newest, deps), versions: versions.map(headOf) };
}

function fullOf(version: ConfigVersion, { definition }: EventTypeDeps) {
  return { ...headOf(version), definition: definition(version.text) };
}

async function showVersion(ctx: RouterContext, deps: EventTypeDeps): Promise<void> {
  if (!(await callerWith(ctx, "types.read", deps))) return;
  const name = typeOf(ctx);
  const no = numberOf(ctx.params["no"] ?? "");
  const version = await deps.configs.version({ kind: "event-type", name }, no);
  if (!version) return unknownType(ctx, name);
  ctx.body = { ...fullOf(version, deps), text: version.text };
}

/** A version's number; 0, which no version has, for what is none. */
function numberOf(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function typeOf(ctx: RouterContext): string {
  return ctx.params["type"] ?? "";
}

function unknownType(ctx: RouterContext, type: string): void {
  const message = `没有这个事件类型或版本 (no such event type or version): ${type.slice(0, 100)}`;
  refuseApi(ctx, 404, { code: "unknown_event_type", message });
}

async function create(ctx: RouterContext, deps: EventTypeDeps): Promise<void> {
  const caller = await callerWith(ctx, "types.write", deps);
  const definition = caller && (await jsonBody(ctx, deps.readJson));
  if (!caller || !definition) return;
  const type = typeof definition["type"] === "string" ? definition["type"] : "";
  if (!caller.permits({ type })) return;
  const changed = await deps.changeType({ type, definition, expected: 0, by: caller.who });
  if (changed.outcome === "changed") ctx.set("Location", `${ALL}/${encodeURIComponent(type)}`);
  answerChanged(ctx, changed, { status: 201, body: (version) => fullOf(version, deps) });
}

async function change(ctx: RouterContext, deps: EventTypeDeps): Promise<void> {
  const caller = await callerWith(ctx, "types.write", deps);
  if (!caller) return;
  const expected = expectedVersion(ctx);
  if (expected === null) {
    const message =
      '请用 If-Match: "<版本>" 写明改的是哪一版 (say with If-Match: "<version>" which version you change)';
    return refuseApi(ctx, 428, { code: "if_match_required", message });
  }
  const definition = await jsonBody(ctx, deps.readJson);
  if (definition === null) return;
  const type = typeOf(ctx);
  if (definition["type"] !== type) {
    const message =
      "请求体里的 type 与地址不同，不能改名 (the body's type is not the address's: a type cannot be renamed)";
    return refuseApi(ctx, 422, { code: "type_differs", message });
  }
  const changed = await deps.changeType({ type, definition, expected, by: caller.who });
  answerChanged(ctx, changed, { status: 200, body: (version) => fullOf(version, deps) });
}

async function retire(ctx: RouterContext, deps: EventTypeDeps): Promise<void> {
  const caller = await callerWith(ctx, "types.write", deps);
  if (!caller) return;
  const expected = expectedVersion(ctx);
  const changed = await deps.changeType({ type: typeOf(ctx), definition: null, expected, by: caller.who });
  answerChanged(ctx, changed, { status: 200, body: (version) => fullOf(version, deps) });
}

/** The version of `If-Match`; null without one. What names no version fits none. */
function expectedVersion(ctx: RouterContext): number | null {
  const header = ctx.get("If-Match");
  if (header === "") return null;
  const no = /^"(\d{1,9})"$/.exec(header.trim())?.[1];
  return no === undefined || Number(no) === 0 ? -1 : Number(no);
}
