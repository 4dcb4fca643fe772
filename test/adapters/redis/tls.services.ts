import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openRedisStore } from "../../../adapters/redis/index.ts";
import { leasesContract } from "../../contract/leases.ts";
import { freePort } from "../../support/free-port.ts";
import { NO_REDIS, type RedisServer, redisHarness, redisOptions, startRedis } from "../../support/redis.ts";
import { type SelfSigned, selfSigned } from "../../support/self-signed.ts";
import { tempFolder } from "../../support/sqlite.ts";

describe("a server that speaks TLS and wants a password", { skip: NO_REDIS }, () => {
  const password = "p4ss word:@/#";
  const folder = tempFolder();
  let pair: SelfSigned;
  let server: RedisServer;
  let secure: { port: number };

  before(async () => {
    pair = selfSigned();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder.path, name), text);
      return join(folder.path, name);
    };
    secure = { port: await freePort() };
    server = await startRedis([
      ...["--tls-port", String(secure.port), "--tls-auth-clients", "no", "--requirepass", password],
      ...["--tls-cert-file", file("cert.pem", pair.cert), "--tls-key-file", file("key.pem", pair.key)],
    ]);
  });
  after(async () => {
    await server.remove();
    folder.remove();
  });

  const trusted = () => ({ tls: true, caPem: pair.cert, password });
  leasesContract("redis over TLS", () => redisHarness(secure, trusted()));

  const opened = async (options: object) => {
    const store = await openRedisStore(redisOptions(secure, { timeoutMs: 1_500, ...options }));
    await store.close();
  };

  test("is not trusted without its certificate, nor with another's", async () => {
    await assert.rejects(opened({ tls: true, password }), { code: "store.unreachable" });
    await assert.rejects(opened({ ...trusted(), caPem: selfSigned().cert }), { code: "store.unreachable" });
  });

  test("is not spoken to in clear text", async () => {
    await assert.rejects(opened({ password }), { code: "store.unreachable" });
  });

  test("refuses a wrong password, and none, in words that do not repeat it", async () => {
    for (const given of [{ password: "wrong-secret" }, { password: undefined }]) {
      await assert.rejects(opened({ ...trusted(), ...given }), (error: Error & { code: string }) => {
        assert.equal(error.code, "store.refused");
        assert.doesNotMatch(error.message, /wrong-secret|p4ss/);
        return true;
      });
    }
  });
});
