import assert from "node:assert/strict";
import { test } from "node:test";
import { createOutbound, type OutboundOptions } from "../../../adapters/outbound/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";

const GOOD: OutboundOptions = { name: "svc", timeoutMs: 1000, maxResponseBytes: 1000 };

const REFUSED: [name: string, change: Partial<OutboundOptions>, says: RegExp][] = [
  ["a name that cannot begin an error code", { name: "My Service" }, /name "My Service"/],
  ["a timeout of 0", { timeoutMs: 0 }, /timeoutMs .* not 0/],
  ["a timeout that is longer than timers can be", { timeoutMs: 2 ** 31 }, /timeoutMs .* not 2147483648/],
  ["a negative limit of the answer", { maxResponseBytes: -1 }, /maxResponseBytes .* not -1/],
  ["a limit of the body that is not whole", { maxRequestBytes: 1.5 }, /maxRequestBytes .* not 1.5/],
  ["no sockets at all", { maxSockets: 0 }, /maxSockets .* not 0/],
  ["a base address that is not one", { baseUrl: "st2.example" }, /baseUrl/],
  ["a base address of another protocol", { baseUrl: "ftp://st2.example" }, /baseUrl/],
  ["a base address with a query", { baseUrl: "https://st2.example/?a=1" }, /baseUrl/],
  ["a proxy address of another protocol", { proxyUrl: "socks5://proxy.example" }, /proxyUrl/],
];

for (const [name, change, says] of REFUSED) {
  test(`refuses ${name}, naming the option`, () => {
    const options = { ...GOOD, ...change };
    assert.throws(() => createOutbound(options), { code: "outbound.bad_option", message: says });
  });
}

test("does not repeat a refused address, which may hold a password", () => {
  const options = { ...GOOD, proxyUrl: "socks5://whale:hunter22@proxy.example" };
  assert.throws(
    () => createOutbound(options),
    (thrown) => {
      assertLeaksNoSecret(["hunter22"], thrown);
      return true;
    },
  );
});
