import type { RequestRecord } from "../exchange/settlement.ts";

/** What a door took for a request and has to hear the end of: tokens of a limit, money of a budget. */
export interface Hold {
  /** Called exactly once, with what is kept of the request. Must not throw; if it does, the client does not hear of it. */
  readonly settled: (record: RequestRecord) => void;
}
