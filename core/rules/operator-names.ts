/** What a feature may test. StackStorm's names, and `between` and `cidr`. */
export const OPERATORS = [
  "equals",
  "nequals",
  "iequals",
  "contains",
  "ncontains",
  "icontains",
  "incontains",
  "startswith",
  "istartswith",
  "endswith",
  "iendswith",
  "greaterthan",
  "lessthan",
  "between",
  "regex",
  "iregex",
  "matchwildcard",
  "inside",
  "ninside",
  "exists",
  "nexists",
  "timediff_lt",
  "timediff_gt",
  "cidr",
  "search",
] as const;
export type Operator = (typeof OPERATORS)[number];

/** StackStorm's short forms: the same operators. */
export const SHORT_FORMS = {
  eq: "equals",
  neq: "nequals",
  ieq: "iequals",
  gt: "greaterthan",
  lt: "lessthan",
  in: "inside",
  nin: "ninside",
  td_lt: "timediff_lt",
  td_gt: "timediff_gt",
} as const satisfies Readonly<Record<string, Operator>>;
export type ShortForm = keyof typeof SHORT_FORMS;

/** Every word that a file may write for an operator. */
export const OPERATOR_WORDS: readonly (Operator | ShortForm)[] = [
  ...OPERATORS,
  ...(Object.keys(SHORT_FORMS) as ShortForm[]),
];

/** The operator that a word stands for; null for an unknown one. */
export function operatorOf(word: string): Operator | null {
  if (Object.hasOwn(SHORT_FORMS, word)) return SHORT_FORMS[word as ShortForm];
  return OPERATORS.find((known) => known === word) ?? null;
}
