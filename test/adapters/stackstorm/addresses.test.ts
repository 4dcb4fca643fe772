import assert from "node:assert/strict";
import { test } from "node:test";
import { addressesOf } from "../../../adapters/stackstorm/index.ts";
import { aCluster } from "./support.ts";

const derived: [api: string, addresses: [api: string, auth: string, stream: string]][] = [
  ["https://st2.hz/api", ["https://st2.hz/api", "https://st2.hz/auth", "https://st2.hz/stream"]],
  ["https://st2.hz/api/", ["https://st2.hz/api", "https://st2.hz/auth", "https://st2.hz/stream"]],
  ["https://st2.hz/api/v1", ["https://st2.hz/api", "https://st2.hz/auth", "https://st2.hz/stream"]],
  ["https://w/st2/api", ["https://w/st2/api", "https://w/st2/auth", "https://w/st2/stream"]],
  ["http://10.0.0.7:9101", ["http://10.0.0.7:9101", "http://10.0.0.7:9100", "http://10.0.0.7:9102"]],
  ["http://10.0.0.7:9101/v1/", ["http://10.0.0.7:9101", "http://10.0.0.7:9100", "http://10.0.0.7:9102"]],
  ["http://[::1]:9101", ["http://[::1]:9101", "http://[::1]:9100", "http://[::1]:9102"]],
  ["https://st2.hz", ["https://st2.hz", "https://st2.hz/auth", "https://st2.hz/stream"]],
  [
    "https://st2.hz:8443/api",
    ["https://st2.hz:8443/api", "https://st2.hz:8443/auth", "https://st2.hz:8443/stream"],
  ],
];

for (const [api, [apiUrl, auth, stream]] of derived) {
  test(`three addresses come from ${api}`, () => {
    assert.deepEqual(addressesOf(aCluster("http://x", { api })), { api: apiUrl, auth, stream });
  });
}

test("addresses that are given go before those that are derived", () => {
  const given = { authUrl: "https://login.hz/st2/", streamUrl: "http://10.0.0.9:9102" };
  assert.deepEqual(addressesOf(aCluster("https://st2.hz", given)), {
    api: "https://st2.hz/api",
    auth: "https://login.hz/st2",
    stream: "http://10.0.0.9:9102",
  });
});

const refused = [
  "",
  "st2.hz/api",
  "ftp://st2.hz/api",
  "https://me:hunter22@st2.hz/api",
  "https://st2.hz/api?k=hunter22",
  "https://st2.hz/api#x",
];

for (const api of refused) {
  test(`the address "${api}" is refused without being repeated`, () => {
    assert.throws(
      () => addressesOf(aCluster("http://x", { api })),
      (error: Error & { code?: string }) =>
        error.code === "stackstorm.bad_config" &&
        /cluster hz: api/.test(error.message) &&
        !/hunter22/.test(error.message),
    );
  });
}
