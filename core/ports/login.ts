import type { Language } from "../texts/catalogue.ts";

/** A browser that is to log in. */
export interface LoginAsking {
  /** Whether it is the chat's own browser, where a login is silent; elsewhere a QR code is shown. */
  inChat: boolean;
  /** Comes back with the code: 1 to 128 letters and digits. */
  state: string;
  /** Whole address that the browser is sent back to. */
  backTo: string;
  language: Language;
}

/** Whom a code stands for. */
export type LoginOutcome =
  /** `userId` in lower case. Whether the person may do anything is another question. */
  | { outcome: "member"; userId: string }
  /** `code_spent`: made up, used before or too old. `outsider`: somebody who is no member of the company. */
  | { outcome: "refused"; reason: "code_spent" | "outsider" };

/** Logging in to pages as who one is in chat. */
export interface Login {
  /** Where to send the browser. */
  address(asking: LoginAsking): string;
  /**
   * Who logged in, by the code that the browser came back with. A code can be redeemed once and for a few minutes.
   * Fails with `ChatOpsError` when the other side cannot be asked.
   */
  redeem(code: string): Promise<LoginOutcome>;
}
