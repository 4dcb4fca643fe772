import { OWN_TYPE_PREFIX, schemaCompiler, UNMAPPED_TYPE } from "../../core/events/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { checkAddress, checkDuration, checkInstant, checkTemplates } from "./check-values.ts";
import type { Located } from "./located.ts";
import { pathOfField, problemAt, problemAtKey, quotingWords } from "./located.ts";
import { keysAt, textAt, valueAt } from "./look.ts";
import type { Problem } from "./problem.ts";

/** What can be said of one event type's file alone. */
export function checkEventType(located: Located): Problem[] {
  const type = textAt(located, ["type"]) ?? "";
  const reserved = type === UNMAPPED_TYPE || type.startsWith(OWN_TYPE_PREFIX);
  const words = { zh: "这个名字由系统保留", en: "this name is reserved" };
  const own = reserved ? [problemAt(located, ["type"], words)] : [];
  return [
    ...own,
    ...checkTemplates(located, ["subject"]),
    ...checkSchema(located),
    ...checkDuration(located, ["keep"]),
  ];
}

function checkSchema(located: Located): Problem[] {
  const schema = valueAt(located, ["schema"]);
  const compiled = isJsonObject(schema) ? schemaCompiler()(schema) : null;
  if (compiled?.outcome !== "invalid") return [];
  const path = pathOfField(compiled.path);
  const words = { zh: "不是可用的 JSON Schema", en: "not a usable JSON Schema" };
  return [problemAt(located, path, quotingWords(located, path, words, compiled.message))];
}

/** What can be said of one policy's file alone. */
export function checkPolicy(located: Located): Problem[] {
  return [...checkInstant(located, ["expires"]), ...checkInstant(located, ["approvedAt"])];
}

/** What can be said of one cluster's file alone. */
export function checkCluster(located: Located): Problem[] {
  const addresses = ["api", "authUrl", "streamUrl"].flatMap((key) => checkAddress(located, [key]));
  return [...addresses, ...checkCredentials(located)];
}

function checkCredentials(located: Located): Problem[] {
  const auth = valueAt(located, ["auth"]);
  const keys = keysAt(located, ["auth"]).sort().join(" ");
  if (typeof auth !== "object" || auth === null || keys === "apiKey" || keys === "password user") return [];
  return [
    problemAt(located, ["auth"], {
      zh: "应为 { apiKey } 或 { user, password }",
      en: "must be { apiKey } or { user, password }",
    }),
  ];
}

/** What can be said of groups.yaml alone. */
export function checkGroups(located: Located): Problem[] {
  const odd = keysAt(located, []).filter((name) => !/^[\p{L}\p{N}_.-]{1,64}$/u.test(name));
  return odd.map((name) =>
    problemAtKey(located, [name], {
      zh: "群名应为文字、数字、_ . -，最多 64 个字符",
      en: "a group's name must be letters, digits, _ . - and at most 64 characters",
    }),
  );
}
