import type { TransferKind } from "./record.ts";

/** Where stores are: on this machine's disk, or in Redis and Elasticsearch. */
export const STORE_PLACES = ["embedded", "redis"] as const;
export type StorePlace = (typeof STORE_PLACES)[number];

/** Up to where records are in the target. */
export interface TransferProgress {
  kind: TransferKind;
  /** The reading mark behind the last written page of the kind; null at its beginning. */
  after: string | null;
}

/** What a transfer has made of a store. Only one that is in force may be worked on. */
export type StoreStanding =
  | { state: "in_force"; transferId: string | null }
  /** A source while its records are copied. */
  | { state: "leaving"; transferId: string; to: StorePlace; at: string }
  /** A target that is not whole yet. */
  | {
      state: "arriving";
      transferId: string;
      from: StorePlace;
      at: string;
      version: number;
      progress: TransferProgress;
    }
  /** A source whose records are in force elsewhere. */
  | { state: "left"; transferId: string; to: StorePlace; at: string };

/** A store that no transfer has touched. */
export const UNTOUCHED: StoreStanding = { state: "in_force", transferId: null };

/** Why a store may not be worked on, and what to do, for people; null when it may. `name` says which store. */
export function standingFault(standing: StoreStanding, name: string): string | null {
  switch (standing.state) {
    case "in_force":
      return null;
    case "leaving":
      return `${name}: 搬迁到 ${standing.to} 还没有完成；重新运行同一条 whale migrate 命令，或用 --cancel 放弃 · its move to ${standing.to}, begun at ${standing.at}, is not finished: run the same whale migrate command again, or give it up with --cancel`;
    case "arriving":
      return `${name}: 从 ${standing.from} 的搬迁还没有完成，不能使用；重新运行同一条 whale migrate 命令 · a move from ${standing.from}, begun at ${standing.at}, is not finished and it must not be used: run the same whale migrate command again`;
    case "left":
      return `${name}: 数据已于 ${standing.at} 搬到 ${standing.to}；请在那里启动，要搬回来用 whale migrate，要作废这次搬迁加 --cancel · its data moved to ${standing.to} at ${standing.at}: start Whale there, move back with whale migrate, or undo the move with --cancel`;
    default:
      return standing satisfies never;
  }
}
