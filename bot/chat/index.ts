export * from "./chat.ts";
export * from "./clicks.ts";
export type { Asked, ChatCommand, ChatCommands } from "./command.ts";
export { type CommandDeps, chatCommands } from "./commands/index.ts";
export { createConfirmations } from "./confirmations.ts";
export { denierOver } from "./denied.ts";
export { keepMenu, menuItems } from "./menu.ts";
export * from "./messages.ts";
export { createPlaces } from "./places.ts";
