import assert from "node:assert/strict";
import { request } from "node:http";
import net from "node:net";
import { test } from "node:test";
import { drillType } from "../../scenarios/drill.ts";
import { openWorld, post, until } from "../../support/world.ts";

const JSON_TYPE = { "content-type": "application/json" };

test("odd requests do not disturb the process", async (t) => {
  const world = await openWorld(t, { files: drillType });
  const { port } = new URL(world.url());
  const alive = async () => assert.equal((await fetch(`${world.url()}/healthz`)).status, 200);

  await t.test("other methods and paths are not found", async () => {
    const asked: [method: string, path: string][] = [
      ["GET", "/hooks/generic"],
      ["PUT", "/hooks/generic"],
      ["DELETE", "/wecom/callback"],
      ["POST", "/healthz"],
      ["GET", "/"],
      ["GET", "/hooks/generic/../../etc/passwd"],
      ["POST", "/hooks/%2e%2e%2fgeneric"],
      ["POST", "/hooks/%ff"],
    ];
    for (const [method, path] of asked) {
      const { status } = await fetch(world.url() + path, { method });
      assert.ok([400, 404, 405].includes(status), `${method} ${path} → ${status}`);
    }
    await alive();
  });

  await t.test("HEAD asks as GET does, without a body", async () => {
    const answer = await fetch(`${world.url()}/readyz`, { method: "HEAD" });
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "");
  });

  await t.test("a body that breaks off is forgotten", async () => {
    const socket = net.connect(Number(port), "127.0.0.1");
    socket.write('POST /hooks/generic HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"event');
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.destroy();
    await alive();
  });

  await t.test("a body that comes byte by byte is taken", async () => {
    const body = '{"event_type":"drill","id":"slow","detail":{"usage":1}}';
    const status = await new Promise<number>((resolve, reject) => {
      const slow = request({ port, path: "/hooks/generic", method: "POST", headers: JSON_TYPE }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      slow.once("error", reject);
      for (const byte of body) slow.write(byte);
      slow.end();
    });
    assert.equal(status, 202);
  });

  await t.test("a body far beyond the limit is cut off and its connection closed", async () => {
    const socket = net.connect(Number(port), "127.0.0.1");
    // Writing goes on into a connection that the other side has closed; that is the point.
    socket.on("error", () => undefined);
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
    });
    let closed = false;
    socket.once("close", () => {
      closed = true;
    });
    socket.write("POST /hooks/generic HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    for (let sent = 0; sent < 20; sent++) socket.write(chunk);
    await until(world, "the answer and the end of the connection", () => closed);
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /connection: close/i);
    await alive();
  });

  await t.test("a thousand nested lists and a prototype's name are data", async () => {
    const deep = `${"[".repeat(1000)}${"]".repeat(1000)}`;
    const nested = await post(world, "generic", `{"event_type":"drill","detail":{"a":${deep}}}`);
    assert.ok([202, 400].includes(nested.status));
    const proto = '{"event_type":"drill","id":"p","detail":{"__proto__":{"admin":true},"constructor":1}}';
    assert.ok([202, 400].includes((await post(world, "generic", proto)).status));
    assert.equal(({} as Record<string, unknown>)["admin"], undefined);
    await alive();
  });
});
