/** Environment of a Whale whose WeCom takes as much as comes. */
export const NO_BUDGETS = {
  WECOM_MEMBER_PER_MINUTE: "1000000",
  WECOM_ACCOUNTS: "100000000",
  WECOM_CALLS_PER_MINUTE: "100000000",
};
