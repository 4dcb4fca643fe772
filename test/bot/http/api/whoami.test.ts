import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readLocalToken } from "../../../../adapters/local/index.ts";
import { RIGHTS, type Scope, tokenHash } from "../../../../core/people/index.ts";
import { assertLeaksNoSecret } from "../../../support/leaks.ts";
import { logged, metric, openWorld, type World } from "../../../support/world.ts";

const TOKEN = "Hq3v0kLkJm4cVtB2yQn8xWzR5sD7fGhJ1pAeUiOoTtM";
const DAY_MS = 86_400_000;

interface Who {
  kind: string;
  userId?: string;
  token?: string;
  roles?: string[];
  unsure?: string[];
  against?: string | null;
  rights: { right: string; scope: Scope }[];
  error?: { code: string; message: string };
}

const ROLES = {
  roles: [
    { name: "sre-oncall", of: { tag: "sre-oncall" }, rights: ["events.read", "events.replay"] },
    {
      ...{ name: "dev", of: { users: ["ZhangSan"] }, rights: ["events.*", "tasks.read"] },
      on: { types: ["vm.*"], businesses: ["shop"] },
    },
  ],
};

function openWithToken(t: TestContext, user = "zhangsan"): Promise<World> {
  const expires = new Date(Date.now() + DAY_MS).toISOString();
  const entry = { id: "ci", hash: tokenHash(TOKEN), user, rights: ["events.read", "events.send"], expires };
  return openWorld(t, { files: { "roles.yaml": ROLES, "tokens.yaml": { tokens: [entry] } } });
}

async function whoami(world: World, token: string, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${token}`;
  const answer = await fetch(`${world.url()}/api/v1/whoami`, { headers: { authorization, ...headers } });
  return { status: answer.status, who: (await answer.json()) as Who };
}

test("tells a person's roles and rights, kept to what the token was given", async (t) => {
  const world = await openWithToken(t);
  const { status, who } = await whoami(world, TOKEN);
  assert.equal(status, 200);
  assert.deepEqual(who, {
    ...{ kind: "user", userId: "zhangsan", token: "ci" },
    ...{ roles: ["sre-oncall", "dev"], unsure: [], against: null },
    rights: [
      { right: "events.read", scope: { kind: "everything" } },
      {
        right: "events.send",
        scope: { kind: "limited", anyOf: [{ types: ["vm.*"], businesses: ["shop"] }] },
      },
    ],
  });

  world.jump(DAY_MS + 1000);
  const late = await whoami(world, TOKEN);
  assert.deepEqual([late.status, late.who.error?.code], [401, "expired_token"]);
  assert.equal(await metric(world, "whale_access_refused_total", { reason: "expired_token", right: "-" }), 1);
  const ready = (await (await fetch(`${world.url()}/readyz`)).json()) as { warnings: { about: string }[] };
  assert.ok(ready.warnings.some(({ about }) => about === "token ci"));
  assertLeaksNoSecret([TOKEN], world.lines);
});

test("gives nothing to a member who is disabled", async (t) => {
  const { who } = await whoami(await openWithToken(t, "sunqi"), TOKEN);
  assert.deepEqual([who.roles, who.against, who.rights], [[], "inactive", []]);
});

test("gives what roles name a person for, and no more, while WeCom is down", async (t) => {
  const world = await openWithToken(t);
  await world.wecom.close();
  const { who } = await whoami(world, TOKEN);
  assert.deepEqual([who.roles, who.unsure], [["dev"], ["sre-oncall"]]);
  assert.deepEqual(who.rights[0]?.scope.kind, "limited");
  await logged(world, { msg: "roles cannot be read from the directory" });
});

test("knows the command line by the token of this run alone", async (t) => {
  const world = await openWorld(t);
  const dataDir = join(world.home, "data");
  const first = await readLocalToken(dataDir);
  assert.match(first, /^[\w-]{43}$/);
  const { who } = await whoami(world, first);
  assert.deepEqual([who.kind, who.rights.map(({ right }) => right)], ["local", [...RIGHTS]]);
  assert.equal((await whoami(world, first, { "x-forwarded-for": "10.0.0.1" })).status, 401);

  await world.stop();
  writeFileSync(join(dataDir, "local-token"), "planted");
  await world.start();
  const second = await readLocalToken(dataDir);
  assert.equal((await whoami(world, first)).status, 401);
  assert.equal((await whoami(world, "planted")).status, 401);
  assert.equal((await whoami(world, second)).status, 200);
  // One who mistakes the address writes it into the log.
  await fetch(`${world.url()}/hooks/${second}`);
  await logged(world, { msg: "hook refused" });
  assertLeaksNoSecret([first, second], world.lines);
});

test("lets nobody in without a token", async (t) => {
  const world = await openWorld(t);
  const answer = await fetch(`${world.url()}/api/v1/whoami`);
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get("www-authenticate"), 'Bearer realm="whale"');
});
