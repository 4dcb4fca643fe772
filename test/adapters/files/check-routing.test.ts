import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded, refused } from "./home-dir.ts";

const CLUSTER = "api: http://127.0.0.1:9101/api\nauth: { apiKey: k-literal }\n";
const CLUSTERS = {
  "clusters/hz.yaml": `name: hz\n${CLUSTER}zone: hz\n`,
  "clusters/sh.yaml": `name: sh\n${CLUSTER}zone: sh\nbusinesses: [pay]\n`,
};

/** Routes, and what must be said of them: field and a part of the message. */
const REFUSALS: readonly [routes: string, field: string, message: RegExp][] = [
  ["[{ name: a, to: [hzz] }]", "routes[0].to[0]", /没有这个集群，是不是 hz？/],
  ["[{ name: a, to: [{ zone: bj }] }]", "routes[0].to[0]", /没有集群有这些标签/],
  ["[{ name: a, to: [3] }]", "routes[0].to[0]", /应为集群名，或标签的集合/],
  ["[{ name: a, to: [] }]", "routes[0].to", /至少要有 1 项/],
  ["[{ name: a, to: [hz], isolation: softly }]", "routes[0].isolation", /是不是 soft？|应为 strict/],
  ["[{ name: a, when: {}, to: [hz] }]", "routes[0].when", /全部任务就不写 when/],
  ["[{ name: a, when: { severities: [loud] }, to: [hz] }]", "routes[0].when.severities[0]", /应为 critical/],
  ["[{ name: a, to: [hz] }, { name: b, to: [hz] }]", "routes[1].name", /永远轮不到：.*a 拿走/],
  ["[{ name: a, when: { types: [x] }, to: [hz] }, { name: a, to: [hz] }]", "routes[1].name", /与第 1 行重复/],
  [
    "[{ name: a, when: { businesses: [shop] }, to: [sh] }]",
    "routes[0].when.businesses[0]",
    /都不服务这个业务/,
  ],
  ['[{ name: a, to: [hz], packs: { disk: "newest" } }]', "routes[0].packs.disk", /不是版本范围/],
  ["[{ name: a, to: [hz], packs: {} }]", "routes[0].packs", /至少/],
  // Its rule finds no cluster any more.
  ["[{ name: a, to: [sh] }]", "business", /没有集群服务这个业务/],
];

for (const [routes, field, message] of REFUSALS) {
  test(`routing.yaml is refused: routes: ${routes}`, async (t) => {
    const problems = await refused(t, { ...CLUSTERS, "routing.yaml": `routes: ${routes}\n` });
    const told = problems.find((one) => one.field === field);
    assert.match(told?.message ?? JSON.stringify(problems), message);
  });
}

test("a cluster's labels and allowed networks are refused with their reason", async (t) => {
  const text = `name: hz\n${CLUSTER}labels: { zone: x }\nallow: [metadata]\nweight: 0\n`;
  const problems = await refused(t, { "clusters/hz.yaml": text });
  assert.deepEqual(
    problems.map(({ field }) => field),
    ["labels.zone", "allow[0]", "weight"],
  );
});

test("routes are read in their order, strict where nothing is said, and clusters with what routes choose by", async (t) => {
  const routing =
    "routes:\n  - { name: a, when: { businesses: [pay], labels: { env: [prod] } }, to: [{ zone: sh }], isolation: soft }\n  - { name: b, to: [hz] }\n";
  const hz = `name: hz\n${CLUSTER}zone: hz\nlabels: { size: large }\nweight: 3\ncapacity: 20\nallow: [169.254.10.0/24]\n`;
  const home = await loaded(t, { ...CLUSTERS, "clusters/hz.yaml": hz, "routing.yaml": routing });
  assert.deepEqual(home.routes, [
    {
      name: "a",
      isolation: "soft",
      when: { businesses: ["pay"], labels: { env: ["prod"] } },
      to: [{ zone: "sh" }],
    },
    { name: "b", isolation: "strict", when: {}, to: ["hz"] },
  ]);
  const { labels, weight, capacity, allow } = home.clusters.find(({ name }) => name === "hz") ?? {};
  const expected = { labels: { size: "large" }, weight: 3, capacity: 20, allow: ["169.254.10.0/24"] };
  assert.deepEqual({ labels, weight, capacity, allow }, expected);
});
