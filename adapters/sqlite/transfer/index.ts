export { openEmbeddedTransfer } from "./store.ts";
