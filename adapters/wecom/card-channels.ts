import type { CardType } from "./card-model.ts";

/** Where a card is shown: by the app, by the AI bot, or in a group by its robot. */
export const CARD_CHANNELS = ["app", "aibot", "robot"] as const;
export type CardChannel = (typeof CARD_CHANNELS)[number];

/** Characters that a place of a card shows; the client cuts what is longer without a sign. */
export interface CardSizes {
  source: number;
  title: number;
  /** The title of a card with boxes. */
  boxesTitle: number;
  subtitle: number;
  /** The line below the title of a card with boxes or dropdowns, which has no other text. */
  formText: number;
  emphasis: number;
  emphasisText: number;
  text: number;
  label: number;
  value: number;
  link: number;
  option: number;
  box: number;
  paragraphTitle: number;
  paragraphText: number;
  button: number;
}

/** What one channel takes (reference/wecom.md 3.5, 3.6, 3.12, 4.4). */
export interface ChannelRules {
  sizes: CardSizes;
  types: readonly CardType[];
  /** What a row may be: 0 text, 1 link, 2 attachment, 3 member. */
  rowTypes: readonly number[];
  /** What a link below the text may do: 0 nothing, 1 address, 2 mini program, 3 ask the bot. */
  linkTypes: readonly number[];
  /** Fields that cards have here and not everywhere. */
  fields: {
    /** `task_id` and `action_menu`. */
    answers: boolean;
    /** `type` and `url` of a button. */
    linkButtons: boolean;
    /** `replace_text` of an update. */
    replaceText: boolean;
    /** `feedback`. */
    feedback: boolean;
  };
  /** Whether an update must name the card; else it names none, because the code does. */
  updateNamesCard: boolean;
}

const APP_SIZES: CardSizes = {
  ...{ source: 20, title: 36, boxesTitle: 16, subtitle: 44, formText: 160 },
  ...{ emphasis: 14, emphasisText: 22, text: 160, label: 5, value: 30 },
  ...{ link: 18, option: 16, box: 17, paragraphTitle: 38, paragraphText: 160, button: 10 },
};

/** The reference names one size for all titles; a card with boxes keeps the smaller one of the app. */
const AIBOT_SIZES: CardSizes = {
  ...{ source: 13, title: 26, boxesTitle: 16, subtitle: 30, formText: 30 },
  ...{ emphasis: 10, emphasisText: 15, text: 112, label: 5, value: 26 },
  ...{ link: 13, option: 10, box: 11, paragraphTitle: 26, paragraphText: 112, button: 10 },
};

const NOTICES: readonly CardType[] = ["text_notice", "news_notice"];
const ALL: readonly CardType[] = [
  ...NOTICES,
  "button_interaction",
  "vote_interaction",
  "multiple_interaction",
];

/** The rules of each channel. */
export const CHANNEL_RULES: Readonly<Record<CardChannel, ChannelRules>> = {
  app: {
    ...{ sizes: APP_SIZES, types: ALL, rowTypes: [0, 1, 2, 3], linkTypes: [0, 1, 2] },
    fields: { answers: true, linkButtons: true, replaceText: true, feedback: false },
    updateNamesCard: false,
  },
  aibot: {
    ...{ sizes: AIBOT_SIZES, types: ALL, rowTypes: [0, 1, 3], linkTypes: [0, 1, 2, 3] },
    fields: { answers: true, linkButtons: false, replaceText: false, feedback: true },
    updateNamesCard: true,
  },
  robot: {
    ...{ sizes: APP_SIZES, types: NOTICES, rowTypes: [0, 1, 2, 3], linkTypes: [0, 1, 2] },
    fields: { answers: false, linkButtons: false, replaceText: false, feedback: false },
    updateNamesCard: false,
  },
};
