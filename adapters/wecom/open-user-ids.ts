import { Type } from "typebox";
import { normaliseUserId } from "../../core/people/index.ts";
import type { WecomClient } from "./client.ts";
import { isUserId } from "./recipients.ts";
import { shape } from "./schema.ts";

/** Reads encrypted ids of people, as the AI bot may know them (reference/wecom.md 4.6). */
export interface OpenUserIds {
  /** The userid of a member of the company in the app's scope; null when it is none. */
  plain(openUserId: string): Promise<string | null>;
}

const API = "batch/openuserid_to_userid";
const answerShape = shape(
  Type.Object({
    userid_list: Type.Optional(
      Type.Array(Type.Object({ open_userid: Type.String(), userid: Type.String() })),
    ),
  }),
);

/** Makes the reader, with the app's own token. */
export function createOpenUserIds(client: Pick<WecomClient, "call">): OpenUserIds {
  return {
    plain: async (openUserId) => {
      const body = { open_userid_list: [openUserId] };
      const { userid_list = [] } = await client.call({ method: "POST", api: API, body }, answerShape);
      const found = userid_list.find(({ open_userid }) => open_userid === openUserId);
      const userId = normaliseUserId(found?.userid ?? "");
      return isUserId(userId) ? userId : null;
    },
  };
}
