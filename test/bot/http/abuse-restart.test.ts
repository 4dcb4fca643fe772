import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openArchive } from "../../../adapters/sqlite/archive/index.ts";
import { openStore } from "../../../adapters/sqlite/index.ts";
import { systemClock } from "../../../adapters/telemetry/index.ts";
import { demoCompany } from "../../../fixtures/simulators/wecom/index.ts";
import { COMPILE_CACHE } from "../../support/compile-cache.ts";
import { silentLog } from "../../support/log.ts";
import { copySampleHome } from "../../support/sample-home.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { FIXTURES, until } from "../../support/world.ts";

const MAIN = join(FIXTURES, "..", "bot", "main.ts");
const SECRET = "secret-of-the-process-0001";
const BODY = '{"event_type":"vm.disk.usage","detail":{"host":"vm-1","usage":1}}';
/** An address at which nobody listens: neither WeCom nor StackStorm is needed to take events. */
const NOBODY = "http://127.0.0.1:9";

interface Process {
  child: ChildProcess;
  /** Everything it wrote. */
  output(): string;
  /** Its exit code once it is gone; null when it was killed. */
  gone: Promise<number | null>;
}

/** The product as `npm start` runs it, in a process of its own that does not outlive the test. */
function start(t: TestContext, home: string): Process {
  const env = {
    ...{ PATH: process.env["PATH"], HOST: "127.0.0.1", PORT: "0", WHALE_HOME: home },
    ...{ WECOM_API: NOBODY, WECOM_CORP_ID: demoCompany.corpId, WECOM_SECRET: demoCompany.corpSecret },
    ...{ WECOM_AGENT_ID: String(demoCompany.agentId), WECOM_TOKEN: demoCompany.token },
    ...{ WECOM_AES_KEY: demoCompany.encodingAesKey, HZ_ST2_API: NOBODY, HZ_ST2_KEY: "key" },
    ...{ PROMETHEUS_HOOK_TOKEN: "token", SIGNED_SECRET: SECRET },
  };
  const child = spawn(process.execPath, [MAIN], {
    env: { ...COMPILE_CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  const keep = (chunk: Buffer) => {
    written += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const gone = new Promise<number | null>((resolve) => child.once("exit", resolve));
  t.after(() => void child.kill("SIGKILL"));
  return { child, output: () => written, gone };
}

/** The address of a process, once it says that it listens. */
function listening({ child, output, gone }: Process): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const port = /"port":(\d+).*"msg":"listening"/.exec(output())?.[1];
      if (port) resolve(`http://127.0.0.1:${port}/hooks/signed`);
    };
    child.stdout?.on("data", look);
    void gone.then(() => reject(new Error(`it did not start: ${output()}`)));
  });
}

function signedRequest(): RequestInit {
  const stamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", SECRET).update(`${stamp}.${BODY}`).digest("hex");
  const headers = { "x-whale-signature": signature, "x-whale-timestamp": stamp };
  return { method: "POST", body: BODY, headers };
}

/** Sends the same request many times at once; the ids that were acknowledged. */
async function flood(url: string, request: RequestInit, times: number): Promise<string[]> {
  const sent = Array.from({ length: times }, async () => {
    const answer = await fetch(url, request);
    assert.equal(answer.status, 202);
    const { events } = (await answer.json()) as { events: { eventId: string }[] };
    return events.map(({ eventId }) => eventId);
  });
  // The process may be killed in between: what was not answered is not claimed.
  const settled = await Promise.allSettled(sent);
  return settled.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
}

/** Waits until everything that was taken is in the archive too. */
async function archived(readyz: URL): Promise<void> {
  await until({ lines: [] }, "the archive to have caught up", async () => {
    const { behind } = (await (await fetch(readyz)).json()) as { behind?: { archive: number } };
    return behind?.archive === 0;
  });
}

test("one signed body sent 1,000 times at once, the process killed meanwhile, is one event; a second process refuses the folder", async (t) => {
  const folder = tempFolder();
  t.after(folder.remove);
  const home = join(folder.path, "home");
  copySampleHome(home);
  const source = { name: "signed", kind: "generic", auth: { hmac: { secret: `\${SIGNED_SECRET}` } } };
  writeFileSync(join(home, "sources", "signed.yaml"), JSON.stringify(source));

  const first = start(t, home);
  const url = await listening(first);
  const request = signedRequest();
  const answered = await flood(url, request, 1_000);
  assert.equal(answered.length, 1_000);

  const second = start(t, home);
  assert.equal(await second.gone, 1);
  assert.match(second.output(), /data folder .* is in use by another Whale/);
  const beside = await flood(url, request, 1);

  const cut = flood(url, request, 500);
  first.child.kill("SIGKILL");
  const before = [...answered, ...beside, ...(await cut)];
  await first.gone;

  const third = start(t, home);
  const thirdUrl = await listening(third);
  const after = await flood(thirdUrl, request, 100);
  assert.equal(after.length, 100);
  assert.equal(new Set([...before, ...after]).size, 1);
  await archived(new URL("/readyz", thirdUrl));
  third.child.kill("SIGTERM");
  assert.equal(await third.gone, 0);
  assert.ok(!`${first.output()}${second.output()}${third.output()}`.includes(SECRET));

  const store = openStore({ dataDir: join(home, "data"), clock: systemClock, log: silentLog });
  t.after(() => store.close());
  assert.ok(await store.journal.event(before[0] ?? ""));
  const archive = await openArchive({ dataDir: join(home, "data"), log: silentLog });
  t.after(() => archive.close());
  assert.equal(await archive.count(), 1);
});
