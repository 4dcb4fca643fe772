import assert from "node:assert/strict";
import type { LookupFunction } from "node:net";
import { describe, test } from "node:test";
import { createGuard } from "../../../adapters/outbound/index.ts";
import { httpServer } from "../../support/http-server.ts";
import { client } from "./client.ts";

/** A resolver that gives these answers one after the other, and the last one ever after. */
function resolver(...answers: string[][]): LookupFunction {
  return (_name, options, done) => {
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all) done(null, found);
    else done(null, found[0]?.address ?? "", found[0]?.family ?? 4);
  };
}

const refused = [
  ...["http://169.254.169.254/", "http://2852039166/", "http://0xa9fea9fe/", "http://100.100.100.200/latest"],
  ...["http://0.0.0.0:1/", "http://[::]/", "http://[fe80::1]/", "http://[fd00:ec2::254]/"],
  ...["http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:a9fe:a9fe::1]/"],
  ...["http://168.63.129.16/", "http://255.255.255.255/"],
];
const taken = [
  "http://127.0.0.1/",
  "http://10.0.0.1/",
  "http://192.168.1.1/",
  "http://[::1]/",
  "http://[fd00::1]/",
];

describe("an address as it stands", () => {
  for (const url of refused) {
    test(`is refused: ${url}`, () => assert.equal(createGuard().refusesHost(new URL(url).hostname), true));
  }
  for (const url of taken) {
    test(`is taken: ${url}`, () => assert.equal(createGuard().refusesHost(new URL(url).hostname), false));
  }

  test("is taken where it is allowed by name, and nothing beside it", () => {
    const guard = createGuard({ allow: ["169.254.10.0/24", "nonsense"] });
    assert.equal(guard.refusesHost("169.254.10.9"), false);
    assert.equal(guard.refusesHost("169.254.11.9"), true);
  });

  test("is refused before anything is sent, and the error says that nothing was", async (t) => {
    const outbound = client(t, { guard: createGuard() });
    const asked = outbound.request({ method: "GET", url: "http://169.254.169.254/latest/meta-data" });
    await assert.rejects(asked, { code: "svc.refused_address", reached: "no" });
  });
});

describe("a name", () => {
  test("that leads to a refused address is not connected to, whatever stands beside it", async (t) => {
    for (const addresses of [["169.254.169.254"], ["127.0.0.1", "169.254.169.254"], ["fe80::1"]]) {
      const outbound = client(t, { guard: createGuard({ lookup: resolver(addresses) }) });
      const asked = outbound.request({ method: "GET", url: "http://st2.example/" });
      await assert.rejects(asked, { code: "svc.refused_address", reached: "no" });
    }
  });

  test("that leads elsewhere the second time is judged again: each connection by its own answer", async (t) => {
    const server = await httpServer(t, (_request, response) => response.end("here"));
    const lookup = resolver(["127.0.0.1"], ["169.254.169.254"]);
    const outbound = client(t, { guard: createGuard({ lookup }), headers: { connection: "close" } });
    const url = `http://st2.example:${new URL(server.origin).port}/`;
    assert.equal((await outbound.request({ method: "GET", url })).text, "here");
    await assert.rejects(outbound.request({ method: "GET", url }), { code: "svc.refused_address" });
  });

  test("is not looked up for a redirect, which is not followed", async (t) => {
    const server = await httpServer(t, (_request, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    });
    const outbound = client(t, { baseUrl: server.origin, guard: createGuard() });
    assert.equal((await outbound.request({ method: "GET", path: "/" })).status, 302);
  });
});
