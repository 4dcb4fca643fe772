import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createGit, openTree } from "../../../adapters/git/index.ts";
import { aWorkshop, type TestRepository } from "./repository.ts";

const MB = 1_048_576;
const never = () => new AbortController().signal;
const ABSENT = "0123456789".repeat(4);

describe("a repository's ref is resolved", () => {
  test("to the commit of a branch, a tag, an annotated tag and a commit, each by its full name", async (t) => {
    const { create, repos, packRepo } = aWorkshop(t);
    const made = create();
    const first = made.commit({ a: "1" });
    made.git("tag", "plain");
    const second = made.commit({ a: "2" });
    made.git("tag", "-am", "x", "signed", second);
    const ask = (ref: string) => repos.resolve(packRepo({ ref }), never());
    assert.deepEqual(await ask("main"), { outcome: "resolved", ref: "refs/heads/main", commit: second });
    assert.deepEqual(await ask("plain"), { outcome: "resolved", ref: "refs/tags/plain", commit: first });
    assert.deepEqual(await ask("signed"), { outcome: "resolved", ref: "refs/tags/signed", commit: second });
    assert.deepEqual(await ask(first), { outcome: "resolved", ref: first, commit: first });
    made.git("tag", "main", first);
    assert.equal((await ask("main")).outcome, "refused");
    assert.equal((await ask("refs/tags/main")).outcome, "resolved");
    assert.equal((await ask("gone")).outcome, "absent");
    assert.equal((await ask("--upload-pack=id")).outcome, "refused");
  });

  test("to the highest tag of a range, where no two commits have its version", async (t) => {
    const { create, repos, packRepo } = aWorkshop(t);
    const made = create();
    const first = made.commit({ a: "1" });
    for (const tag of ["v1.2.0", "1.10.0", "2.0.0", "nightly", "1.11.0-rc.1"]) made.git("tag", tag);
    const ask = (range: string) => repos.resolve(packRepo({ range }), never());
    assert.deepEqual(await ask("^1.0"), { outcome: "resolved", ref: "refs/tags/1.10.0", commit: first });
    assert.equal((await ask("^3")).outcome, "absent");
    const second = made.commit({ a: "2" });
    made.git("tag", "v1.10.0", second);
    assert.equal((await ask("^1.0")).outcome, "refused");
  });

  test("never where the repository is gone, or stands outside of the set's folders", async (t) => {
    const { home, create, repos, packRepo } = aWorkshop(t);
    const { dir } = create();
    const at = { ref: "main" };
    assert.equal((await repos.resolve({ ...packRepo(at), folders: [] }, never())).outcome, "refused");
    assert.equal(
      (await repos.resolve({ ...packRepo(at), folders: ["./scratch"] }, never())).outcome,
      "refused",
    );
    assert.equal(
      (await repos.resolve({ ...packRepo(at), url: "./git/../git/gone" }, never())).outcome,
      "refused",
    );
    assert.equal((await repos.resolve({ ...packRepo(at), url: home }, never())).outcome, "refused");
    rmSync(dir, { recursive: true });
    assert.equal((await repos.resolve(packRepo(at), never())).outcome, "refused");
  });
});

describe("a commit is fetched", () => {
  test("as its files are stored, without history, filters and attributes, and nothing stays behind", async (t) => {
    const { home, scratch, create, repos, packRepo } = aWorkshop(t);
    const made = create();
    const commit = made.commit({
      "pack.yaml": "ref: disk\n",
      "actions/run.sh": "#!/bin/sh\n",
      "actions/empty.txt": "",
      "lib/名称 with space.py": "x = '$Id$'\n",
      "actions/lib.py": { link: "../lib/名称 with space.py" },
      "again.py": { link: "actions/lib.py" },
      ".gitattributes": "*.yaml text eol=crlf\nactions export-ignore\n*.py ident\n",
      "blob.bin": Buffer.from([0, 10, 255, 10, 13]),
    });
    made.commit({ "pack.yaml": "ref: later\n" });
    const into = join(home, "tree");
    const fetched = await repos.fetch(
      { repo: packRepo({ ref: "main" }), commit, into, maxBytes: MB },
      never(),
    );
    assert.deepEqual(fetched.outcome === "fetched" && fetched.files, 8, JSON.stringify(fetched));
    assert.equal(readFileSync(join(into, "pack.yaml"), "utf8"), "ref: disk\n");
    assert.equal(readFileSync(join(into, "again.py"), "utf8"), "x = '$Id$'\n");
    assert.ok(statSync(join(into, "again.py")).isFile());
    assert.deepEqual([...readFileSync(join(into, "blob.bin"))], [0, 10, 255, 10, 13]);
    const tree = await openTree("disk", into);
    assert.deepEqual(
      tree.files.filter((file) => tree.isExecutable(file)),
      ["actions/run.sh"],
    );
    assert.deepEqual([tree.files.length, tree.size("pack.yaml"), tree.size("gone")], [8, 10, 0]);
    assert.deepEqual(readdirSync(scratch), []);
  });

  test("after its branch was moved, as long as the repository still has it", async (t) => {
    const { home, create, repos, packRepo } = aWorkshop(t);
    const made = create();
    const first = made.commit({ a: "1" });
    made.git("checkout", "-q", "--orphan", "other");
    const second = made.commit({ a: "2" });
    made.git("branch", "-qf", "main", second);
    const fetch = (commit: string, into: string) =>
      repos.fetch({ repo: packRepo({ ref: "main" }), commit, into: join(home, into), maxBytes: MB }, never());
    assert.equal((await fetch(first, "one")).outcome, "fetched");
    made.git("reflog", "expire", "--expire=now", "--all");
    made.git("gc", "-q", "--prune=now");
    const gone = await fetch(first, "two");
    assert.equal(gone.outcome, "absent");
    assert.match(JSON.stringify(gone), /改写/);
    assert.equal((await fetch(ABSENT, "three")).outcome, "absent");
    assert.equal((await fetch(made.git("rev-parse", `${second}^{tree}`), "four")).outcome, "absent");
    assert.equal((await fetch("main", "five")).outcome, "refused");
    assert.deepEqual(readdirSync(join(home, "two")), []);
  });

  test("never into a folder that holds something", async (t) => {
    const { home, create, repos, packRepo } = aWorkshop(t);
    const commit = create().commit({ a: "1" });
    writeFileSync(join(home, "kept"), "x");
    const order = { repo: packRepo({ ref: "main" }), commit, into: home, maxBytes: MB };
    assert.equal((await repos.fetch(order, never())).outcome, "refused");
    assert.equal(readFileSync(join(home, "kept"), "utf8"), "x");
  });

  test("no further than its limit, whether it is large as it comes or as it is unpacked", async (t) => {
    const { home, scratch, create, repos, packRepo } = aWorkshop(t);
    const made = create();
    const fetch = (commit: string) =>
      repos.fetch(
        { repo: packRepo({ ref: "main" }), commit, into: join(home, "tree"), maxBytes: MB },
        never(),
      );
    const large = await fetch(made.commit({ a: randomBytes(3 * MB) }));
    assert.equal(large.outcome, "unsafe");
    assert.match(JSON.stringify(large), /超过上限/);
    assert.equal((await fetch(made.commit({ a: Buffer.alloc(3 * MB) }))).outcome, "unsafe");
    assert.deepEqual(readdirSync(join(home, "tree")), []);
    assert.deepEqual(readdirSync(scratch), []);
  });

  test("not at all once it is canceled, and git's helpers are gone with it", async (t) => {
    const { home, scratch, packRepo, create } = aWorkshop(t);
    const commit = create().commit({ a: "1" });
    const program = join(home, "slow-git");
    const told = join(home, "told");
    // A stand-in that starts a helper and never ends: what is tried is that both are killed.
    writeFileSync(
      program,
      `#!/bin/sh\n[ "$1" = init ] && exec git "$@"\nsleep 600 &\necho $! > ${told}\nwait\n`,
    );
    chmodSync(program, 0o755);
    const repos = createGit({ home, secretOf: () => undefined, scratch, program });
    const ending = new AbortController();
    const order = { repo: packRepo({ ref: "main" }), commit, into: join(home, "tree"), maxBytes: MB };
    const fetching = repos.fetch(order, ending.signal);
    let helper = "";
    while (helper === "") {
      await new Promise((resolve) => setTimeout(resolve, 5));
      helper = statSync(told, { throwIfNoEntry: false }) ? readFileSync(told, "utf8").trim() : "";
    }
    ending.abort();
    assert.equal((await fetching).outcome, "canceled");
    const state = () => readFileSync(`/proc/${helper}/stat`, "utf8").split(") ")[1]?.[0];
    assert.ok(!statSync(`/proc/${helper}`, { throwIfNoEntry: false }) || state() === "Z");
    assert.equal((await repos.fetch(order, AbortSignal.abort())).outcome, "canceled");
    assert.deepEqual(readdirSync(scratch), []);
  });
});

/** Trees that git itself would refuse to make or to check out; the others are tried without a repository. */
const TRICKS: [name: string, make: (made: TestRepository) => string, message: RegExp][] = [
  ["a submodule", (made) => made.commitTree([`160000 commit ${ABSENT}\tsub`]), /子模块/],
  ["a link out of the tree", (made) => made.commit({ "actions/x": { link: "../../x" } }), /指到了仓库外面/],
  ["a file named ..", (made) => made.commitTree([`100644 blob ${made.blob("x")}\t..`]), /走出目录/],
  ["a file named .GIT", (made) => made.commitTree([`100644 blob ${made.blob("x")}\t.GIT`]), /冒充 \.git/],
];

test("a commit is unsafe that holds a submodule, a link or a name that leads out", async (t) => {
  const { home, create, repos, packRepo } = aWorkshop(t);
  const made = create();
  const into = join(home, "tree");
  for (const [name, make, message] of TRICKS) {
    const order = { repo: packRepo({ ref: "main" }), commit: make(made), into, maxBytes: MB };
    const outcome = await repos.fetch(order, never());
    assert.equal(outcome.outcome, "unsafe", `${name}: ${JSON.stringify(outcome)}`);
    assert.match(JSON.stringify(outcome), message);
    assert.deepEqual(readdirSync(into), []);
  }
});

describe("a token", () => {
  test("is in git's environment alone, for its own origin, and in no word that comes back", async (t) => {
    const { home, scratch } = aWorkshop(t);
    const program = join(home, "telling-git");
    writeFileSync(
      program,
      `#!/bin/sh\necho "$@" > ${home}/args\nenv > ${home}/env\necho "fatal: no $GIT_CONFIG_VALUE_3" >&2\nexit 128\n`,
    );
    chmodSync(program, 0o755);
    const repos = createGit({
      home,
      scratch,
      program,
      secretOf: (name) => (name === "TOKEN" ? "s3cr3t-t0ken" : undefined),
    });
    const repo = { name: "x", url: "https://git.example:8443/ops/x.git", at: { ref: "main" } };
    const told = await repos.resolve({ ...repo, auth: { token: "TOKEN" } }, never());
    const basic = Buffer.from("oauth2:s3cr3t-t0ken").toString("base64");
    const [args, env] = ["args", "env"].map((file) => readFileSync(join(home, file), "utf8"));
    assert.match(env ?? "", new RegExp(`GIT_CONFIG_VALUE_3=Authorization: Basic ${basic}`));
    assert.match(env ?? "", /GIT_CONFIG_KEY_3=http\.https:\/\/git\.example:8443\/\.extraHeader/);
    assert.ok(!/NODE_|SSH_AUTH_SOCK|LD_PRELOAD/.test(env ?? ""));
    for (const text of [args, JSON.stringify(told)])
      assert.ok(!/s3cr3t/.test(text ?? "") && !text?.includes(basic));
    assert.match(args ?? "", /^ls-remote --quiet -- https:/);
    const unset = await repos.resolve({ ...repo, auth: { token: "OTHER" } }, never());
    assert.match(JSON.stringify(unset), /refused.*OTHER/);
  });

  test("of ssh is a key with known hosts, in paths that no shell could misread", async (t) => {
    const { home, scratch } = aWorkshop(t);
    const program = join(home, "telling-git");
    writeFileSync(program, `#!/bin/sh\nenv > ${home}/env\nexit 128\n`);
    chmodSync(program, 0o755);
    const repos = createGit({ home, scratch, program, secretOf: () => undefined });
    const repo = { name: "x", url: "git@git.example:ops/x.git", at: { ref: "main" } };
    const auth = { sshKeyFile: "/etc/whale/key", knownHostsFile: "/etc/whale/hosts" };
    await repos.resolve({ ...repo, auth }, never());
    const env = readFileSync(join(home, "env"), "utf8");
    assert.match(env, /GIT_ALLOW_PROTOCOL=ssh\n/);
    assert.match(env, /StrictHostKeyChecking=yes.*UserKnownHostsFile=\/etc\/whale\/hosts/);
    const odd = { ...auth, sshKeyFile: "/etc/$(id)" };
    assert.equal((await repos.resolve({ ...repo, auth: odd }, never())).outcome, "refused");
    assert.equal((await repos.resolve(repo, never())).outcome, "refused");
  });
});

test("a host that is not there is unreachable, and asking again may help", async (t) => {
  const { repos } = aWorkshop(t);
  const repo = { name: "x", url: "https://127.0.0.1:1/x.git", at: { ref: "main" } };
  const told = await repos.resolve(repo, never());
  assert.equal(told.outcome, "unreachable", JSON.stringify(told));
});
