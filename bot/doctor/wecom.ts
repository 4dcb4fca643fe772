import type { AgentFacts, Checkup } from "../../adapters/wecom/index.ts";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import { ADMIN_CAUSES, adminTextsOf, counted } from "../../core/texts/index.ts";
import { type Finding, findingsAbout } from "./finding.ts";

/** Whether the credentials give a token, the address is trusted and the app is on. */
export async function lookAtApp(
  corpId: string,
  checkup: Pick<Checkup, "agent">,
  publicUrl: string | null,
): Promise<{ works: boolean; findings: Finding[] }> {
  const { holds, fails } = findingsAbout(`wecom ${corpId}`);
  try {
    const agent = await checkup.agent();
    if (agent.closed) return { works: false, findings: [refused("app_disabled", corpId, "")] };
    const works = holds(
      "app_works",
      `可取得 access_token，本机 IP 可信，应用「${agent.name}」已启用 (gives a token, trusts this address, the app is on)`,
    );
    return { works: true, findings: [works, ...scopeOf(agent), ...domainOf(agent, publicUrl)] };
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    const cause = error.code.replace(/^wecom\./, "");
    if (ADMIN_CAUSES.some((one) => one === cause))
      return { works: false, findings: [refused(cause, corpId, errorText(error))] };
    return { works: false, findings: [fails(cause, errorText(error), REACH)] };
  }
}

const REACH =
  "确认本机能访问 WECOM_API，或经代理 (see that this machine reaches WECOM_API, by a proxy where it must)";

function refused(code: string, corpId: string, said: string): Finding {
  const { fails } = findingsAbout(`wecom ${corpId}`);
  const cause = ADMIN_CAUSES.find((one) => one === code) ?? "app_disabled";
  const [zh, en] = [adminTextsOf("zh").causes[cause], adminTextsOf("en").causes[cause]];
  return fails(cause, `${zh.what} (${en.what})${said && `: ${said}`}`, `${zh.todo} (${en.todo})`);
}

function scopeOf({ scope }: AgentFacts): Finding[] {
  const { holds, fails } = findingsAbout("visible scope");
  const { users, departments, tags } = scope;
  if (users + departments.length + tags.length === 0) {
    const todo =
      "企业微信管理后台 → 应用管理 → 该应用 → 可见范围 (admin console → 应用管理 → the app → 可见范围)";
    return [fails("scope_empty", "可见范围是空的，谁也收不到 (empty: nobody can be reached)", todo)];
  }
  const parts = `${users} 人, ${departments.length} 部门, ${tags.length} 标签`;
  const english = [
    counted(users, "person", "people"),
    counted(departments.length, "department"),
    counted(tags.length, "tag"),
  ];
  return [holds("scope", `${parts} (${english.join(", ")})`)];
}

/** A login from a page comes back to the trusted domain alone, port included. */
function domainOf({ redirectDomain }: AgentFacts, publicUrl: string | null): Finding[] {
  const host = publicUrl === null ? undefined : URL.parse(publicUrl)?.host;
  if (host === undefined || redirectDomain === host) return [];
  const { reduced } = findingsAbout("trusted domain");
  const set = redirectDomain === "" ? "没有设置 (not set)" : `是 (is) ${redirectDomain}`;
  const todo = `企业微信管理后台 → 应用管理 → 该应用 → 网页授权及JS-SDK → 可信域名 (admin console → the app → 网页授权及JS-SDK): ${host}`;
  return [reduced("domain_not_trusted", `可信域名${set}：网页登录会得到 50001 (logins get 50001)`, todo)];
}
