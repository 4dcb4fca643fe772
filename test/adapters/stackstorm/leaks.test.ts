import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Cluster } from "../../../core/clusters/index.ts";
import { refusedPort, tcpServer } from "../../support/http-server.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { watching } from "./sse.ts";
import {
  API_KEY,
  aClient,
  aCluster,
  aStart,
  EXECUTION_ID,
  fakeSt2,
  PASSWORD,
  passwordAuth,
  type Reply,
  type Seen,
} from "./support.ts";

const TOKEN = "5e86421776f946e98faea36c29e5a7c7";
const BASIC = Buffer.from(`${passwordAuth.user}:${PASSWORD}`).toString("base64");
const SECRETS = [API_KEY, PASSWORD, TOKEN, BASIC];

/** Uses everything that can fail and returns all that came out of it. */
async function everything(t: TestContext, cluster: Cluster): Promise<unknown[]> {
  const options = { requestTimeoutMs: 40, startTimeoutMs: 40, streamBackoffMinMs: 1, streamSilenceMs: 30 };
  const { st2, log, metrics } = aClient(t, [cluster], options);
  const watched = watching(t, st2);
  const query = { cluster: "hz", action: "a.b", requestId: "t_a-1", sinceMs: 0 };
  const answers: PromiseSettledResult<unknown>[] = await Promise.allSettled([
    st2.start(aStart()),
    st2.find(query),
    st2.get("hz", EXECUTION_ID),
    st2.list("hz", [EXECUTION_ID]),
    st2.children("hz", EXECUTION_ID),
    st2.output("hz", EXECUTION_ID),
    st2.probe("hz"),
    st2.readAction("hz", "core.noop"),
    st2.unclaimed(query),
    st2.control({ cluster: "hz", executionId: EXECUTION_ID, what: "cancel" }),
    st2.retryPolicies("hz", "core.noop"),
    st2.rerun({ ...query, executionId: EXECUTION_ID, steps: [] }),
    st2.reruns({ ...query, executionId: EXECUTION_ID }),
    st2.inquiries("hz"),
    st2.answer({ cluster: "hz", id: EXECUTION_ID, response: {} }),
    st2.tail({ cluster: "hz", executionId: EXECUTION_ID }, () => undefined, t.signal),
  ]);
  while (metrics.counted("stackstorm_stream_ends") === 0) await new Promise(setImmediate);
  await watched.stop();
  assert.ok(answers.some(({ status }) => status === "rejected"));
  return [...answers, ...log.lines, ...watched.hints];
}

/** The reason of a server that repeats every credential it was given, the password in clear too. */
function echo({ headers }: Seen): { faultstring: string } {
  const basic = headers.authorization?.replace("Basic ", "") ?? "";
  const clear = Buffer.from(basic, "base64").toString("utf8");
  const given = [headers["st2-api-key"], headers["x-auth-token"], basic, clear, clear.replace("robot:", "")];
  return { faultstring: `you sent ${given.join(" and ")}` };
}

const servers: [name: string, origin: (t: TestContext, login: boolean) => Promise<string>][] = [
  ...([400, 401, 403, 404, 429, 500, 503, 200] as const).map(
    (status): [string, (t: TestContext, login: boolean) => Promise<string>] => [
      `answers ${status} and repeats the credentials`,
      async (t, login) => {
        const granted: Reply = { status: 201, body: { token: TOKEN } };
        const fake = await fakeSt2(t, (seen) =>
          login && seen.url.pathname.startsWith("/auth") ? granted : { status, body: echo(seen) },
        );
        return fake.origin;
      },
    ],
  ),
  ["breaks every connection", async (t) => (await fakeSt2(t, () => null)).origin],
  ["never answers", async (t) => (await tcpServer(t, () => undefined)).origin],
  ["does not listen", async () => `http://127.0.0.1:${await refusedPort()}`],
];

for (const [name, origin] of servers) {
  for (const login of [true, false]) {
    test(`no secret gets out of a server that ${name}, ${login ? "with" : "without"} a login`, async (t) => {
      const byKey = aCluster(await origin(t, login));
      assertLeaksNoSecret(SECRETS, await everything(t, byKey));
      assertLeaksNoSecret(SECRETS, await everything(t, { ...byKey, auth: passwordAuth }));
    });
  }
}

test("no secret is ever part of an address", async (t) => {
  const fake = await fakeSt2(t, ({ url }) =>
    url.pathname.startsWith("/auth") ? { status: 201, body: { token: TOKEN } } : { status: 500 },
  );
  await everything(t, aCluster(fake.origin));
  await everything(t, aCluster(fake.origin, { auth: passwordAuth }));
  assert.ok(fake.seen.length > 10);
  assertLeaksNoSecret(
    SECRETS,
    fake.seen.map(({ url }) => url.href),
  );
});
