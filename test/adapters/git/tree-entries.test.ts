import assert from "node:assert/strict";
import { join, normalize } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { followLink } from "../../../adapters/git/links.ts";
import { parseTree, pathFault, type TreeEntry, treeFault } from "../../../adapters/git/tree-entries.ts";

const file = (path: string, mode = "100644", bytes = 1): TreeEntry => ({ mode, oid: "0", bytes, path });

const REFUSED: [name: string, entries: TreeEntry[], message: RegExp][] = [
  ["a submodule", [file("sub", "160000")], /子模块/],
  ["a folder as an entry", [file("sub", "040000")], /不是文件/],
  ["an absolute path", [file("/etc/passwd")], /走出目录/],
  ["a path that goes up", [file("a/../../x")], /走出目录/],
  ["a path of nothing", [file("a//x")], /走出目录/],
  ["a folder named .GIT", [file(".GIT/config")], /冒充/],
  ["a folder named .git below another", [file("a/.git/hooks/x")], /冒充/],
  ["a name with a sign that is not seen", [file(".g\u200cit/x")], /冒充/],
  ["a name in wide letters", [file("．ｇｉｔ/x")], /冒充/],
  ["a name with dots behind it", [file(".git. ./x")], /冒充/],
  ["a stream of .git", [file(".git::$INDEX_ALLOCATION/x")], /冒充/],
  ["a short name of DOS", [file("GIT~1/x")], /冒充/],
  ["a backslash", [file("a\\b")], /反斜杠/],
  ["a control sign", [file("a\nb")], /控制字符/],
  ["a long name", [file("x".repeat(256))], /太长/],
  ["one path twice", [file("a"), file("a")], /出现两次/],
  ["a file where a folder is", [file("a"), file("a/b")], /既是文件又是目录/],
  ["too many bytes", [file("a", "100644", 60), file("b", "100644", 60)], /太大|超过上限/],
];

describe("a commit's files are refused", () => {
  for (const [name, entries, message] of REFUSED) {
    test(`for ${name}`, () => assert.match(treeFault(entries, 100) ?? "none", message));
  }

  test("where a name is no UTF-8", () => {
    const listing = Buffer.concat([Buffer.from("100644 blob 0 1\ta"), Buffer.from([0xff, 0])]);
    assert.equal(parseTree(listing), null);
  });
});

test("usual names are fine, and a listing is read as git prints it", () => {
  const listing =
    "100644 blob ab       1\t.gitignore\x00100755 blob cd      12\ta b/名 称.py\x00120000 blob ef       3\tx\0";
  const entries = parseTree(Buffer.from(listing));
  assert.deepEqual(entries, [
    { mode: "100644", oid: "ab", bytes: 1, path: ".gitignore" },
    { mode: "100755", oid: "cd", bytes: 12, path: "a b/名 称.py" },
    { mode: "120000", oid: "ef", bytes: 3, path: "x" },
  ]);
  assert.equal(treeFault(entries ?? [], 100), null);
});

const part = fc.constantFrom("..", ".", "", "a", "b", ".git", ".GIT", "c\\d", "git~1", "x y");
const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));

test("whatever the path: what is taken stays below the folder and is never .git", () => {
  fc.assert(
    fc.property(path, (one) => {
      if (pathFault(one) !== null) return;
      assert.equal(normalize(join("/root", one)), `/root/${one}`);
      assert.ok(!one.toLowerCase().split("/").includes(".git"));
    }),
  );
});

/** A tree of some files and links, whose texts are anything. */
const link = fc.record({ path: fc.constantFrom("l1", "d/l2", "d/e/l3", "l4"), target: path });

test("whatever links say: the file that one stands for is a file of the tree", () => {
  const files = ["f", "d/f", "d/e/f"].map((one) => file(one));
  fc.assert(
    fc.property(fc.uniqueArray(link, { selector: (one) => one.path }), (links) => {
      const entries = [...files, ...links.map((one) => file(one.path, "120000"))];
      const tree = new Map(entries.map((entry) => [entry.path, entry]));
      const targets = new Map(links.map((one) => [one.path, one.target]));
      for (const one of links) {
        const found = followLink(one.path, tree, targets);
        if (found.outcome === "file") assert.ok(files.includes(found.entry));
      }
    }),
  );
});

const LINKS: [name: string, links: Record<string, string>, message: RegExp | "file"][] = [
  ["a file beside it", { "d/l": "f" }, "file"],
  ["a file above it", { "d/l": "../f" }, "file"],
  ["a file through another link", { "d/l": "../l2/f", l2: "d" }, "file"],
  ["an absolute path", { "d/l": "/d/f" }, /仓库外面/],
  ["more than the root", { "d/l": "../../root/d/f" }, /仓库外面/],
  ["more than the root through a link", { "d/l": "l2/../../../f", "d/l2": ".." }, /仓库外面/],
  ["itself", { "d/l": "l" }, /没有尽头/],
  ["each other", { "d/l": "../l2", l2: "d/l" }, /没有尽头/],
  ["a folder", { "d/l": "../d" }, /没有指向/],
  ["nothing", { "d/l": "gone" }, /没有指向/],
];

describe("a link to", () => {
  for (const [name, links, expected] of LINKS) {
    test(name, () => {
      const entries = [file("f"), file("d/f"), ...Object.keys(links).map((one) => file(one, "120000"))];
      const tree = new Map(entries.map((entry) => [entry.path, entry]));
      const found = followLink("d/l", tree, new Map(Object.entries(links)));
      if (expected === "file") assert.equal(found.outcome, "file");
      else assert.match(found.outcome === "unsafe" ? found.message : "none", expected);
    });
  }
});
