import type { Context } from "koa";
import type { ConfigVersion } from "../../../core/versions/index.ts";
import type { TypeChanged } from "../../home/index.ts";
import { type ApiError, refuseApi } from "./answers.ts";

interface Success {
  status: number;
  body: (version: ConfigVersion) => unknown;
}

/** What became of a change, with the version that counts now as ETag. */
export function answerChanged(ctx: Context, changed: TypeChanged, success: Success): void {
  if ("version" in changed) ctx.set("ETag", `"${changed.version.no}"`);
  if (changed.outcome === "changed") {
    ctx.status = success.status;
    ctx.body = success.body(changed.version);
    return;
  }
  const [status, error] = refusalOf(changed);
  refuseApi(ctx, status, error);
}

type NotChanged = Exclude<TypeChanged, { outcome: "changed" }>;

function refusalOf(changed: NotChanged): [status: number, error: ApiError] {
  switch (changed.outcome) {
    case "refused": {
      const message = "这样改后配置不能载入，没有改动 (the files would not load, nothing was changed)";
      return [422, { code: "invalid", message, problems: changed.problems }];
    }
    case "used": {
      const message = "还有规则或事件源在用，没有停用 (still used by rules or sources, not retired)";
      return [409, { code: "in_use", message, uses: changed.uses }];
    }
    case "stale":
      return [412, staleError(changed.version)];
    case "exists":
      return [409, { code: "exists", message: "已有这个事件类型 (this event type exists)" }];
    case "unknown":
      return [404, { code: "unknown_event_type", message: "没有这个事件类型 (no such event type)" }];
    case "edited":
      return [409, editedError(changed.file)];
    default:
      return changed satisfies never;
  }
}

function staleError({ no, by }: ConfigVersion): ApiError {
  const message = `已是第 ${no} 版，由 ${by} 修改 (it is version ${no} by now, changed by ${by})`;
  return { code: "stale", message, version: no };
}

function editedError(file: string): ApiError {
  const message =
    `${file} 在磁盘上被改动过，先重新载入或改名 ` +
    `(${file} is not as it was loaded: reload, or give that file another name)`;
  return { code: "edited_by_hand", message, file };
}
