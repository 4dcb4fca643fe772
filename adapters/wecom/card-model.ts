/** The five kinds of template card (reference/wecom.md 3.6), as WeCom takes them. */
export type TemplateCard =
  | TextNotice
  | NewsNotice
  | ButtonInteraction
  | VoteInteraction
  | MultipleInteraction;
export type CardType = TemplateCard["card_type"];

/** What a tap on something opens; `type` 1 is an address. */
interface Target {
  type: number;
  url?: string;
  appid?: string;
  pagepath?: string;
}

interface Source {
  icon_url?: string;
  desc?: string;
  /** 0 grey, 1 black, 2 red, 3 green. */
  desc_color?: number;
}

interface MainTitle {
  title?: string;
  desc?: string;
}

export interface QuoteArea extends Partial<Target> {
  title?: string;
  quote_text?: string;
}

/** `type` 0 text, 1 link, 2 attachment, 3 member. */
export interface CardRow {
  type?: number;
  keyname: string;
  value?: string;
  url?: string;
  media_id?: string;
  userid?: string;
}

interface ActionMenu {
  desc?: string;
  action_list: { text: string; key: string }[];
}

/** A link below the text; with `type` 3 the AI bot is asked `question`. */
interface Jump extends Partial<Target> {
  title: string;
  question?: string;
}

interface SelectOption {
  id: string;
  text: string;
}

/** A dropdown. The client shows the first option where `selected_id` names none. */
export interface Select {
  question_key: string;
  title?: string;
  selected_id?: string;
  /** Only in an update. */
  disable?: boolean;
  option_list: SelectOption[];
}

interface SubmitButton {
  text: string;
  key: string;
}

/** `type` 0 calls back with `key`, 1 opens `url`. */
export interface Button {
  type?: number;
  text: string;
  /** 1 primary, 2 plain, 3 red. */
  style?: number;
  key?: string;
  url?: string;
}

interface Common {
  source?: Source;
  /** Absent in an app's update. */
  task_id?: string;
  /** Only with the AI bot. */
  feedback?: { id: string };
}

interface Notice extends Common {
  action_menu?: ActionMenu;
  quote_area?: QuoteArea;
  horizontal_content_list?: CardRow[];
  jump_list?: Jump[];
  card_action: Target;
}

export interface TextNotice extends Notice {
  card_type: "text_notice";
  main_title?: MainTitle;
  emphasis_content?: { title?: string; desc?: string };
  sub_title_text?: string;
}

export interface NewsNotice extends Notice {
  card_type: "news_notice";
  main_title: MainTitle & { title: string };
  card_image?: { url: string; aspect_ratio?: number };
  image_text_area?: Partial<Target> & { title?: string; desc?: string; image_url: string };
  vertical_content_list?: { title: string; desc?: string }[];
}

/** What has inputs and, in an app's update, may show one grey text in place of its buttons. */
interface Interaction extends Common {
  main_title: MainTitle & { title: string };
  replace_text?: string;
}

export interface ButtonInteraction extends Interaction {
  card_type: "button_interaction";
  action_menu?: ActionMenu;
  quote_area?: QuoteArea;
  sub_title_text?: string;
  horizontal_content_list?: CardRow[];
  card_action?: Target;
  button_selection?: Select;
  button_list: Button[];
}

export interface VoteInteraction extends Interaction {
  card_type: "vote_interaction";
  checkbox: {
    question_key: string;
    /** 0: one of them; 1: any number. */
    mode?: number;
    disable?: boolean;
    option_list: (SelectOption & { is_checked?: boolean })[];
  };
  submit_button?: SubmitButton;
}

export interface MultipleInteraction extends Interaction {
  card_type: "multiple_interaction";
  select_list: Select[];
  submit_button?: SubmitButton;
}
