export * from "./kinds.ts";
export { MAX_JSON_DEPTH, readJson } from "./read-json.ts";
export type {
  Delivery,
  Handshake,
  Reading,
  Refusal,
  RefusalReason,
  SourceAdapter,
} from "./source-adapter.ts";
