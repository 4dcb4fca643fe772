import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Context } from "koa";
import { cookieJar, createSeals } from "../../../bot/pages/cookies.ts";
import { createSessions, type Session } from "../../../bot/pages/sessions.ts";
import { movableClock } from "../../support/clock.ts";

const TASK = { task: "t_1", hash: "f".repeat(64) };

/** A browser's side of it: what was set is what is sent. */
function aBrowser() {
  const cookies = new Map<string, string>();
  const ctx = {
    cookies: { get: (name: string) => cookies.get(name) },
    append: (_: string, line: string) => {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
      cookies.set(name, value);
    },
  } as unknown as Context;
  return { ctx, cookies };
}

function sessionsOf(secret = "a-secret-of-this-test-that-is-long") {
  const clock = movableClock();
  return { clock, sessions: createSessions({ seals: createSeals(secret), jar: cookieJar(false), clock }) };
}

function logIn(userId: string) {
  const parts = { ...sessionsOf(), ...aBrowser() };
  parts.sessions.begin(parts.ctx, userId);
  const session = parts.sessions.read(parts.ctx);
  assert.ok(session);
  return { ...parts, session };
}

describe("a session", () => {
  test("lasts for eight hours, in every process that has the key", () => {
    const { ctx, clock, sessions, session } = logIn("zhangsan");
    assert.equal(session.userId, "zhangsan");
    assert.equal(sessionsOf().sessions.read(ctx)?.id, session.id);
    assert.equal(sessionsOf("another-secret-of-this-test-00000").sessions.read(ctx), null);
    clock.advance(8 * 3_600_000 - 1);
    assert.ok(sessions.read(ctx));
    clock.advance(1);
    assert.equal(sessions.read(ctx), null);
  });

  test("is another one after each login, and none after it was ended", () => {
    const { ctx, sessions, session } = logIn("zhangsan");
    sessions.begin(ctx, "zhangsan");
    assert.notEqual(sessions.read(ctx)?.id, session.id);
    sessions.end(ctx);
    assert.equal(sessions.read(ctx), null);
  });
});

describe("the marks of a form", () => {
  const other: Session = { id: "0".repeat(32), userId: "zhangsan" };

  test("are good for their session, task and content", () => {
    const { sessions, session } = logIn("zhangsan");
    const marks = sessions.marksFor(session, TASK);
    assert.equal(sessions.isOurs(session, TASK.task, marks), true);
    assert.equal(sessions.isOurs(other, TASK.task, marks), false);
    assert.equal(sessions.isOurs(session, "t_2", marks), false);
    assert.equal(sessions.isOurs(session, TASK.task, { ...marks, hash: "0".repeat(64) }), false);
    assert.equal(sessions.isOurs(session, TASK.task, { ...marks, nonce: "0".repeat(32) }), false);
    assert.equal(sessions.isOurs(session, TASK.task, { ...marks, token: "" }), false);
  });

  test("are others on every page, so that each counts once", () => {
    const { sessions, session } = logIn("zhangsan");
    assert.notEqual(sessions.marksFor(session, TASK).nonce, sessions.marksFor(session, TASK).nonce);
  });
});
