import type { CardSizes, ChannelRules } from "./card-channels.ts";
import {
  BAD_PARAMETER,
  between,
  broken,
  bytes,
  type Check,
  chars,
  type FieldRule,
  isGiven,
  list,
  may,
  must,
  oneOf,
  type Part,
  shape,
  type Violation,
} from "./card-checks.ts";

const KEY_BYTES = 1024;
const ID_BYTES = 128;
const URL_BYTES = 2048;
const QUESTION_BYTES = 200;
const FEEDBACK_BYTES = 256;
const flag = oneOf([true, false]);

function address(errcode: number): Check {
  return bytes(URL_BYTES, errcode, /^https?:\/\/[^\s]+$/i);
}

const url = address(42028);
const appid = bytes(ID_BYTES, 42030);
const anyText = chars(Number.POSITIVE_INFINITY);
const pagepath = may(bytes(URL_BYTES, BAD_PARAMETER));

/** Which field each `type` of a link-like part needs, with the errcode when it is missing. */
type Needs = Record<number, { field: string; errcode: number }>;

const LINK_NEEDS: Needs = { 1: { field: "url", errcode: 42028 }, 2: { field: "appid", errcode: 42030 } };

function needsByType(needs: Needs): (part: Part, path: string) => Violation[] {
  return (part, path) => {
    const need = typeof part["type"] === "number" ? needs[part["type"]] : undefined;
    if (need === undefined || isGiven(part[need.field])) return [];
    return broken(`${path}.${need.field}`, `is required with type ${String(part["type"])}`, need.errcode);
  };
}

/** `source`; votes and forms have no colour. */
export function source(sizes: CardSizes, coloured: boolean): Check {
  const fields = { icon_url: may(url), desc: may(chars(sizes.source)) };
  return shape(coloured ? { ...fields, desc_color: may(oneOf([0, 1, 2, 3], null)) } : fields);
}

/** `main_title` with its two lengths. */
export function mainTitle(maxTitle: number, maxDesc: number, titleRequired: boolean): Check {
  const title = chars(maxTitle);
  return shape({ title: titleRequired ? must(title, 42033) : may(title), desc: may(chars(maxDesc)) });
}

/** The menu in the card's corner. */
export const actionMenu: Check = shape({
  desc: may(anyText),
  action_list: must(
    list(
      { min: 1, max: 3, errcode: 42037 },
      shape({ text: must(anyText, 42041), key: must(bytes(KEY_BYTES, 42039), 42039) }),
      { by: "key", errcode: 42051 },
    ),
    42037,
  ),
});

/** The card's id: unique for ever within the app, which only WeCom can check. */
export const taskId: Check = bytes(ID_BYTES, 42014, /^[0-9A-Za-z_\-@]+$/);

/** `quote_area`. */
export const quoteArea: Check = shape(
  {
    type: may(oneOf([0, 1, 2])),
    url: may(url),
    appid: may(appid),
    pagepath,
    title: may(anyText),
    quote_text: may(anyText),
  },
  needsByType(LINK_NEEDS),
);

/** `emphasis_content`. */
export function emphasisContent({ emphasis, emphasisText }: CardSizes): Check {
  return shape({ title: may(chars(emphasis)), desc: may(chars(emphasisText)) });
}

/** `horizontal_content_list`. */
export function rows({ sizes, rowTypes }: ChannelRules): Check {
  const row = shape(
    {
      type: may(oneOf(rowTypes)),
      keyname: must(chars(sizes.label), 42027),
      value: may(chars(sizes.value)),
      url: may(url),
      media_id: may(bytes(ID_BYTES, 42029)),
      userid: may(bytes(64, 42050)),
    },
    needsByType({
      1: { field: "url", errcode: 42028 },
      2: { field: "media_id", errcode: 42029 },
      3: { field: "userid", errcode: 42050 },
    }),
  );
  return list({ min: 0, max: 6, errcode: 42035 }, row);
}

/** `vertical_content_list`. */
export function verticalList({ paragraphTitle, paragraphText }: CardSizes): Check {
  const paragraph = shape({ title: must(chars(paragraphTitle), 42033), desc: may(chars(paragraphText)) });
  return list({ min: 0, max: 4, errcode: 42036 }, paragraph);
}

const LINK = { type: may(oneOf([0, 1, 2])), url: may(url), appid: may(appid), pagepath };

/** `jump_list`. */
export function jumpList({ sizes, linkTypes }: ChannelRules): Check {
  const asks = linkTypes.includes(3);
  const fields = {
    ...{ ...LINK, type: may(oneOf(linkTypes)), title: must(chars(sizes.link), 42042) },
    ...(asks ? { question: may(bytes(QUESTION_BYTES, 42042)) } : {}),
  };
  const needs = { ...LINK_NEEDS, ...(asks ? { 3: { field: "question", errcode: 42042 } } : {}) };
  return list({ min: 0, max: 3, errcode: 42042 }, shape(fields, needsByType(needs)));
}

/** `card_action`; `types` says whether it may do nothing. */
export function cardAction(types: readonly number[]): Check {
  const type = oneOf(types, 42045);
  const typeRule = types.includes(0) ? may(type) : must(type, 42045);
  return shape({ ...LINK, type: typeRule }, needsByType(LINK_NEEDS));
}

/** `card_image`. */
export const cardImage: Check = shape({
  url: must(address(42044), 42044),
  aspect_ratio: may(between(1.3, 2.25)),
});

/** `image_text_area`. */
export const imageTextArea: Check = shape(
  { ...LINK, title: may(anyText), desc: may(anyText), image_url: must(url, 42028) },
  needsByType(LINK_NEEDS),
);

const questionKey = must(bytes(KEY_BYTES, 42043), 42043);

function options(max: number, maxText: number, extra: Record<string, FieldRule> = {}): FieldRule {
  const option = shape({
    id: must(bytes(ID_BYTES, 42040), 42040),
    text: must(chars(maxText), 42041),
    ...extra,
  });
  return must(list({ min: 1, max, errcode: 42037 }, option, { by: "id", errcode: 42040 }), 42037);
}

/** One dropdown; a wrong `selected_id` only selects the first option. */
export function selection({ option }: CardSizes, update: boolean): Check {
  return shape({
    question_key: questionKey,
    title: may(anyText),
    selected_id: may(bytes(ID_BYTES, 42040)),
    option_list: options(10, option),
    ...(update ? { disable: may(flag) } : {}),
  });
}

/** `select_list`. */
export function selectList(sizes: CardSizes, update: boolean): Check {
  const size = { min: 1, max: 3, errcode: 42047 };
  return list(size, selection(sizes, update), { by: "question_key", errcode: 42043 });
}

/** `checkbox`. */
export function checkbox({ box }: CardSizes, update: boolean): Check {
  return shape({
    question_key: questionKey,
    mode: may(oneOf([0, 1])),
    option_list: options(20, box, { is_checked: may(flag) }),
    ...(update ? { disable: may(flag) } : {}),
  });
}

/** `submit_button`. */
export function submitButton({ button }: CardSizes): Check {
  return shape({ text: must(chars(button), 42049), key: must(bytes(KEY_BYTES, 42046), 42046) });
}

/** `feedback`. */
export const feedback: Check = shape({ id: must(bytes(FEEDBACK_BYTES, BAD_PARAMETER), BAD_PARAMETER) });

function buttonNeeds(part: Part, path: string): Violation[] {
  if (part["type"] === 1) return needsByType({ 1: { field: "url", errcode: 42028 } })(part, path);
  return keyNeeded(part, path);
}

/** `button_list`: a button calls back with its key or, where the channel has that, opens an address. */
export function buttonList({ sizes, fields }: ChannelRules): Check {
  const button = {
    text: must(chars(sizes.button), 42038),
    style: may(oneOf([1, 2, 3, 4])),
    key: may(bytes(KEY_BYTES, 42039)),
    ...(fields.linkButtons ? { type: may(oneOf([0, 1])), url: may(url) } : {}),
  };
  const size = { min: 1, max: 6, errcode: BAD_PARAMETER };
  return list(size, shape(button, fields.linkButtons ? buttonNeeds : keyNeeded), {
    by: "key",
    errcode: 42051,
  });
}

function keyNeeded(part: Part, path: string): Violation[] {
  return isGiven(part["key"]) ? [] : broken(`${path}.key`, "is required", 42039);
}
