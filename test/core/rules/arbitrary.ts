import fc from "fast-check";
import type { Json, JsonObject } from "../../../core/ids/index.ts";
import type { Feature, FeatureNode, Operator, ShortForm } from "../../../core/rules/index.ts";

// Values are few and alike, so that a drawn feature often holds for a drawn event.

const scalar = fc.oneof(
  fc.constantFrom<Json>(
    85,
    "85",
    "85.0",
    "",
    "a",
    "ab",
    "AB",
    "vm-1",
    "vm-12",
    "磁盘",
    true,
    "true",
    null,
    0,
    "-1",
    " 7 ",
    "1e2",
    100,
    1.5,
  ),
  fc.constantFrom<Json>(
    "10.0.0.1",
    "10.9.0.1",
    "2026-11-25T07:59:30Z",
    "2026-11-25T09:00:00Z",
    "a\nb",
    "𠮷x",
  ),
  fc.integer({ min: -3, max: 100 }),
);
/** Any value that a field of an event may have. */
export const anyJson: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("a", "b"), scalar, { maxKeys: 2 }),
  fc.array(fc.dictionary(fc.constantFrom("a", "b"), scalar, { maxKeys: 2 }), { maxLength: 3 }),
);

const PATTERNS = [
  "^a",
  "\\d+",
  "^vm-.$",
  "^$",
  "t|f",
  "",
  "$",
  "^",
  "vm-1$",
  "^vm-1$",
  "^vm-\\d+$",
  "b",
  "^a.*",
  "^vm-\\d",
  "^vm\\b",
  "^v[^a]+",
  "^磁",
  "^𠮷?x",
  "a+b",
  "\\.1$",
  "^10\\.\\d",
];
const WILDCARDS = ["*", "vm-*", "*1", "*m*", "vm-?", "a*b", "?b", "", "85", "10.*.1", "𠮷?", "v*-1*"];

type Word = Operator | ShortForm;
const ofValues: [Word[], fc.Arbitrary<Json>][] = [
  [["equals", "nequals", "contains", "ncontains", "eq", "neq"], anyJson],
  [["iequals", "ieq"], fc.constantFrom<Json>("a", "Ab", "VM-1", 85, "85", "TRUE")],
  [
    ["startswith", "endswith", "istartswith", "iendswith", "icontains", "incontains"],
    fc.constantFrom<Json>("a", "vm", "VM-", "", 8, "5", true, "1", "b", "盘"),
  ],
  [["greaterthan", "lessthan", "gt", "lt"], fc.constantFrom<Json>(0, 85, "85", "1e2", -1, 1, 50, 7)],
  [["between"], fc.constantFrom<Json>([0, 85], ["-1", "1e2"], [85, 85], [7, 50])],
  [
    ["inside", "ninside", "in", "nin"],
    fc.oneof(fc.array(anyJson, { maxLength: 4 }), fc.array(scalar, { maxLength: 3 })),
  ],
  [["regex", "iregex"], fc.constantFrom<Json>(...PATTERNS)],
  [["matchwildcard"], fc.constantFrom<Json>(...WILDCARDS)],
  [["cidr"], fc.constantFrom<Json>("10.0.0.0/8", "10.0.0.0/16", "10.0.0.1", "0.0.0.0/0")],
  [["timediff_lt", "timediff_gt", "td_lt", "td_gt"], fc.constantFrom<Json>(0, 30, "60", -3600)],
];

/** A test at one of some paths, also of items. */
export function aTest(path: fc.Arbitrary<string>): fc.Arbitrary<Feature> {
  const valued = ofValues.map(([ops, value]) => fc.record({ path, op: fc.constantFrom(...ops), value }));
  const plain: fc.Arbitrary<Feature> = fc.oneof(
    ...valued,
    fc.record({ path, op: fc.constantFrom<Word[]>("exists", "nexists") }),
  );
  const items = fc.constantFrom<NonNullable<Feature["items"]>[]>("any", "all", "none");
  return fc.oneof(
    { weight: 5, arbitrary: plain },
    fc.tuple(plain, items).map(([feature, quantifier]) => ({ ...feature, items: quantifier })),
  );
}

function aSearch(path: fc.Arbitrary<string>): fc.Arbitrary<Feature> {
  const inner = fc.array(aTest(fc.constantFrom("item", "item.a", "item.b")), { minLength: 1, maxLength: 2 });
  const condition = fc.constantFrom<NonNullable<Feature["condition"]>[]>("any", "all", "any2any", "all2any");
  return fc.tuple(path, inner, condition).map(([where, features, how]) => ({
    path: where,
    op: "search",
    value: features as unknown as Json,
    condition: how,
  }));
}

/** A test, search or group at one of some paths. */
export function aNode(path: fc.Arbitrary<string>): fc.Arbitrary<FeatureNode> {
  const { node } = fc.letrec<{ node: FeatureNode; leaf: FeatureNode }>((tie) => ({
    leaf: fc.oneof({ weight: 6, arbitrary: aTest(path) }, aSearch(path)),
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 6, arbitrary: tie("leaf") },
      fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      tie("node").map((not) => ({ not })),
    ),
  }));
  return node;
}

export const RECEIVED_AT = "2026-11-25T08:00:00.000Z";

/** An event that has some of these details. */
export function anyEvent(keys: readonly string[]): fc.Arbitrary<{ receivedAt: string; detail: JsonObject }> {
  return fc.dictionary(fc.constantFrom(...keys), anyJson, { maxKeys: keys.length }).map((detail) => ({
    receivedAt: RECEIVED_AT,
    detail: JSON.parse(JSON.stringify(detail)) as JsonObject,
  }));
}
