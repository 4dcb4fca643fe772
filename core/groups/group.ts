/** Where a group is in chat, by who writes into it. */
export type Group =
  /** A group that the app made (reference/wecom.md 3.11). */
  | { kind: "appchat"; chatId: string }
  /** A group with a webhook robot (3.12); the key is a secret. */
  | { kind: "robot"; key: string }
  /** A group that the AI bot was asked into (4); the only kind that takes cards with buttons. */
  | { kind: "aibot"; chatId: string };

/** The groups of groups.yaml, by name. */
export type Groups = ReadonlyMap<string, Group>;
