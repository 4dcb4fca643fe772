export { createHttpDuty } from "./http-duty.ts";
