import { OWN_TYPE_PREFIX, schemaCompiler, UNMAPPED_TYPE } from "../../core/events/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { LONGEST_APPROVAL_MS } from "../../core/policies/index.ts";
import { checkDeploy } from "./check-deploy.ts";
import { checkAddress, checkDuration, checkInstant, checkReadings, instantMs } from "./check-values.ts";
import type { Located } from "./located.ts";
import { pathOfField, problemAt, problemAtKey, quotingWords } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import { parseNetwork } from "./networks.ts";
import type { Problem, Words } from "./problem.ts";

/** What can be said of one event type's file alone. */
export function checkEventType(located: Located): Problem[] {
  const type = textAt(located, ["type"]) ?? "";
  const reserved = type === UNMAPPED_TYPE || type.startsWith(OWN_TYPE_PREFIX);
  const words = { zh: "这个名字由系统保留", en: "this name is reserved" };
  const own = reserved ? [problemAt(located, ["type"], words)] : [];
  return [
    ...own,
    ...checkReadings(located, ["subject"]),
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
  const instants = [...checkInstant(located, ["expires"]), ...checkInstant(located, ["approvedAt"])];
  return instants.length > 0 ? instants : checkLasting(located);
}

/** What `whale policies approve` writes has an end, a year after it at most; so must what was written by hand. */
function checkLasting(located: Located): Problem[] {
  const approvedMs = instantMs(textAt(located, ["approvedAt"]) ?? "");
  if (approvedMs === null) return [];
  const expires = textAt(located, ["expires"]);
  if (expires === undefined) return [problemAt(located, ["expires"], ENDLESS)];
  const lastsMs = (instantMs(expires) ?? 0) - approvedMs;
  return lastsMs > LONGEST_APPROVAL_MS ? [problemAt(located, ["expires"], TOO_LONG)] : [];
}

const ENDLESS: Words = {
  zh: "批准过的策略须写明到期：重新批准会写上（whale policies approve）",
  en: "an approved policy has an end: approve it again, which writes one (whale policies approve)",
};

const TOO_LONG: Words = {
  zh: "最多到批准后一年：改短或删去这一行，再重新批准（whale policies approve）",
  en: "must be at most one year after approvedAt: shorten or delete it and approve again (whale policies approve)",
};

/** What can be said of one cluster's file alone. */
export function checkCluster(located: Located): Problem[] {
  const addresses = ["api", "authUrl", "streamUrl"].flatMap((key) => checkAddress(located, [key]));
  const own = [...checkCredentials(located), ...checkLabels(located), ...checkAllowed(located)];
  return [...addresses, ...own, ...checkDeploy(located)];
}

const LABEL = /^[A-Za-z0-9_./-]{1,64}$/;

function checkLabels(located: Located): Problem[] {
  return keysAt(located, ["labels"]).flatMap((key) => {
    const path = ["labels", key];
    if (key === "zone") {
      const words = {
        zh: "zone 写在标签之外，路由里仍可当标签用",
        en: "write zone beside the labels: routes take it as one",
      };
      return [problemAtKey(located, path, words)];
    }
    if (LABEL.test(key)) return [];
    const words = {
      zh: "标签名应为字母、数字、_ . / -，最多 64 个字符",
      en: "a label's name must be letters, digits, _ . / - and at most 64 characters",
    };
    return [problemAtKey(located, path, words)];
  });
}

function checkAllowed(located: Located): Problem[] {
  return itemsAt(located, ["allow"]).flatMap((path) => {
    const text = textAt(located, path);
    if (text === undefined || parseNetwork(text) !== null) return [];
    const words = {
      zh: "应为地址或网段，如 169.254.10.0/24",
      en: "must be an address or a network such as 169.254.10.0/24",
    };
    return [problemAt(located, path, words)];
  });
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
