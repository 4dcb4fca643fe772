import { AUTH_SHAPES, type AuthForm } from "./auth-schema.ts";
import { closestWord } from "./closest-word.ts";
import type { Located } from "./located.ts";
import { problemAt } from "./located.ts";
import { keysAt, textAt, valueAt } from "./look.ts";
import type { Problem } from "./problem.ts";
import { shapeOf } from "./shape.ts";

const FORMS = Object.keys(AUTH_SHAPES) as AuthForm[];
const SHAPES = new Map(FORMS.map((form) => [form, shapeOf(AUTH_SHAPES[form])] as const));

/** `none` must be said: an intake is never open because a line was forgotten. */
export function checkAuth(located: Located): Problem[] {
  const auth = valueAt(located, ["auth"]);
  if (auth === undefined || auth === "none") return [];
  if (typeof auth !== "object" || auth === null || Array.isArray(auth)) {
    const forms = FORMS.join("、");
    return [
      problemAt(located, ["auth"], {
        zh: `应为 none 或 { bearer: … } 等形式之一：${forms}`,
        en: `must be none or one of the forms such as { bearer: … }: ${FORMS.join(", ")}`,
      }),
    ];
  }
  const form = formOf(keysAt(located, ["auth"]));
  const shape = SHAPES.get(form)?.problems(located, ["auth"]) ?? [];
  return [...shape, ...checkTimestamp(located, form), ...checkKind(located, form)];
}

/** The form that is meant: the first key that is one, or nearly one. */
function formOf(keys: readonly string[]): AuthForm {
  const known = FORMS.find((form) => keys.includes(form));
  if (known) return known;
  const near = keys.map((key) => closestWord(key, FORMS)).find((word) => word !== null);
  return FORMS.find((form) => form === near) ?? "bearer";
}

function checkTimestamp(located: Located, form: AuthForm): Problem[] {
  const field = (name: string) => textAt(located, ["auth", form, name]);
  const stamp = field("timestampHeader");
  if (stamp === undefined || (form !== "hmac" && form !== "grafana")) return [];
  const path = ["auth", form, "timestampHeader"];
  if (field("signed") === "body") {
    const words = { zh: "signed: body 不含时间", en: "means nothing with signed: body" };
    return [problemAt(located, path, words)];
  }
  if (stamp.toLowerCase() !== field("signatureHeader")?.toLowerCase()) return [];
  return [
    problemAt(located, path, { zh: "不能与 signatureHeader 相同", en: "must differ from signatureHeader" }),
  ];
}

const KIND_OF: Partial<Record<AuthForm, string>> = { sns: "aws-sns", smn: "huawei-smn" };

function checkKind(located: Located, form: AuthForm): Problem[] {
  const wanted = KIND_OF[form];
  const kind = textAt(located, ["kind"]);
  if (wanted === undefined || kind === undefined || kind === wanted) return [];
  const words = { zh: `只用于 kind: ${wanted}`, en: `only goes with kind: ${wanted}` };
  return [problemAt(located, ["auth"], words)];
}
