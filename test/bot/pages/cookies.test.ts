import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Context } from "koa";
import { cookieJar, createSeals } from "../../../bot/pages/cookies.ts";

const SEALS = createSeals("a-secret-of-this-test-that-is-long");

describe("a seal", () => {
  test("opens for its purpose, with its key, and for nothing else", () => {
    const sealed = SEALS.seal("session", { userId: "zhangsan" });
    assert.deepEqual(SEALS.open("session", sealed), { userId: "zhangsan" });
    assert.equal(SEALS.open("login", sealed), null);
    assert.equal(createSeals("another-secret-of-this-test-000000").open("session", sealed), null);
  });

  test("does not open when anything of it is changed", () => {
    const sealed = SEALS.seal("session", { userId: "zhangsan" });
    const [body = "", mark = ""] = sealed.split(".");
    const other = Buffer.from('{"userId":"wangwu"}').toString("base64url");
    for (const text of [
      "",
      ".",
      body,
      `${body}.`,
      `.${mark}`,
      `${other}.${mark}`,
      `${sealed}.`,
      `${sealed}x`,
    ]) {
      assert.equal(SEALS.open("session", text), null, text);
    }
  });

  test("does not show the secret that its key is drawn from", () => {
    assert.ok(!SEALS.seal("session", {}).includes("secret"));
  });

  test("tells texts apart however they are put together", () => {
    assert.notEqual(SEALS.mark("form", ["ab", "c"]), SEALS.mark("form", ["a", "bc"]));
    assert.notEqual(SEALS.mark("form", ["a", "b"]), SEALS.mark("answer", ["a", "b"]));
  });
});

describe("a cookie", () => {
  function written(isHttps: boolean): string[] {
    const lines: string[] = [];
    const ctx = { append: (_: string, line: string) => void lines.push(line) } as unknown as Context;
    const jar = cookieJar(isHttps);
    jar.write(ctx, "session", { value: "v", maxAgeSeconds: 60 });
    jar.clear(ctx, "session");
    return lines;
  }

  test("is for no script and no other site, and goes when it is cleared", () => {
    assert.deepEqual(written(false), [
      "whale-session=v; Max-Age=60; Path=/; HttpOnly; SameSite=Lax",
      "whale-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    ]);
  });

  test("with https goes over nothing else, and is this host's alone", () => {
    assert.equal(
      written(true)[0],
      "__Host-whale-session=v; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure",
    );
  });
});
