import type { RequestId } from "../kernel/ids.ts";
import type { Bytes, EpochMs, NanoUsd } from "../kernel/units.ts";
import type { Call } from "./call.ts";
import type { CallFacts, ClientCodec, Refuser, TargetFacts } from "./codec.ts";
import type { Contract } from "./contract.ts";
import type { Decision } from "./decision.ts";
import type { Identity, OneOfEach } from "./identity.ts";
import type { Residency } from "./permit.ts";
import type { ServiceRule } from "./service-target.ts";
import type { Candidate } from "./target.ts";
import type { Warning } from "./warning.ts";

/** What a path and a method lead to. */
export type Route =
  | {
      readonly kind: "ai";
      readonly id: string;
      readonly method: "POST";
      readonly codec: ClientCodec;
      /** What the path and the query say of the call. */
      readonly facts: TargetFacts;
    }
  /** What a client says of answers it was given. */
  | {
      readonly kind: "feedback";
      readonly id: "feedback";
      readonly method: "POST";
      readonly codec: ClientCodec;
    }
  | { readonly kind: "models"; readonly id: string; readonly method: "GET"; readonly codec: ClientCodec }
  /**
   * An answer by its id: the gateway's own where it is kept, else the provider's, to whom the request goes on as on a
   * raw route.
   */
  | {
      readonly kind: "kept";
      readonly id: "kept";
      readonly method: "*";
      readonly codec: ClientCodec;
      readonly answerId: string;
      readonly part: "answer" | "input_items";
      readonly provider: string;
      readonly rest: string;
    }
  /** To `provider` as it comes, whatever the method; `codec` is the dialect in which refusals are told. */
  | {
      readonly kind: "raw";
      readonly id: "raw";
      readonly method: "*";
      readonly codec: ClientCodec;
      readonly provider: string;
      /** What is appended to the provider's base URL; begins with a slash. */
      readonly rest: string;
    }
  /** A session of OpenAI's Realtime API; `model`: as the client names it. */
  | {
      readonly kind: "realtime";
      readonly id: "realtime";
      readonly method: "GET";
      readonly codec: Refuser;
      readonly model: string | undefined;
    }
  /** To an ordinary service, by a route of the configuration. */
  | {
      readonly kind: "service";
      /** The route's name in the configuration. */
      readonly id: string;
      readonly method: "*";
      readonly codec: Refuser;
      readonly rule: ServiceRule;
      /** What the path has named, by name. */
      readonly captures: ReadonlyMap<string, string>;
    };

/** After the first half of door 0: the head is canonical and leads somewhere. The body has not been read. */
export interface Received<R extends Route = Route> {
  readonly id: RequestId;
  readonly at: EpochMs;
  readonly method: string;
  /** As the client names it: lower case, with port if it told one. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly route: R;
  /** The gateway keys the head presents; more than one different value is refused at the next door. */
  readonly presented: readonly string[];
}

/** After door 1: the caller is known. */
export interface Identified<R extends Route = Route> extends Received<R> {
  readonly identity: Identity;
}

type AiRoute = Extract<Route, { kind: "ai" }>;

/** After the second half of door 0: the body of a known caller has been read, once. */
export interface Decoded extends Identified<AiRoute> {
  readonly body: Uint8Array;
  readonly facts: CallFacts;
}

/** After door 2: the caller may ask this. */
export interface Authorized extends Decoded {
  /** What routing must obey. */
  readonly constraints: { readonly models: OneOfEach };
}

/** After door 3: there is room for it. */
export interface Admitted extends Authorized {
  readonly admission: { readonly inFlight: number };
}

/** After door 4: which variants it sees. */
export interface Assigned extends Admitted {
  readonly variants: readonly { readonly of: string; readonly variant: string }[];
}

/** After door 6: where it may go, best first; never empty. */
export interface Planned extends Assigned {
  readonly plan: {
    readonly candidates: readonly [Candidate, ...Candidate[]];
    readonly reason: string;
    /** Absent: they are in the operator's order. */
    readonly decision?: Decision;
    /** Whether the client is told the whole of it. */
    readonly isExposed?: boolean;
  };
  /** Where its content may be. */
  readonly residency: Residency;
  /** The call, where door 6 had to look into it. */
  readonly decoded?: () => { readonly call: Call; readonly warnings: readonly Warning[] };
  /** Somebody besides the client reads its answer. */
  readonly isRead?: boolean;
  /** What its answer must hold; absent: nothing that could be checked, or nobody wants to know. */
  readonly contract?: Contract;
  /** The first of the candidates is asked on trial: an answer that breaks the contract goes to nobody, and the next is asked. */
  readonly isCascade?: boolean;
}

/** After door 7: the worst case is known and covered. */
export interface Funded extends Planned {
  readonly funding: { readonly worstCaseNanoUsd: NanoUsd | null; readonly inputBytes: Bytes };
}
