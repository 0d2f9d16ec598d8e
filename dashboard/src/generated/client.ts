// Made from docs/openapi.json by dashboard/generate-client.ts: change that, then `npm run docs`.
import { type CallOptions, send } from "../send.ts";

export interface DeniedToken {
  readonly id: string;
  readonly issuer: string;
  /** The id that its issuer gave it. */
  readonly jti: string;
  readonly reason: string;
  /** ms since 1970. */
  readonly deniedAt: number;
  /** Then the token is over by itself, and the denial with it. */
  readonly until: number;
}

export interface DeniedTokenList {
  readonly denied: readonly DeniedToken[];
}

export interface WantedDenial {
  /** `iss` of the token. */
  readonly issuer: string;
  /** `jti` of the token. */
  readonly jti: string;
  readonly reason?: string;
  /** `exp` of the token, in ms since 1970; absent: the longest that a token lives. */
  readonly until?: number;
}

/** A rule: when it holds, and what is done then. */
export interface WantedPolicy {
  /** Its name for good, unlike all others. */
  readonly id: string;
  /** What it is called. */
  readonly name?: string;
  /** Higher is asked first. */
  readonly priority?: number;
  /** `shadow` records what it would have done, and does nothing. */
  readonly mode?: "enforce" | "shadow" | "off";
  /** `target` is asked of every target that a request might be sent to; `response` of what it answers. */
  readonly phase?: "request" | "target" | "response";
  /** The condition, in CEL or with the words `and`, `or`, `not`, `not in`: `auth_required and not authenticated`. */
  readonly when: string;
  /** What is done where it holds. */
  readonly do: {
    readonly deny: {
      /** Whether the refusal looks as if there were no such route or model. */
      readonly hide?: boolean;
    };
  } | {
    readonly allow: {
    };
  } | {
    readonly transform: readonly ({
      readonly setHeader: {
        readonly name: string;
        readonly value: string;
      };
    } | {
      readonly removeHeader: string;
    } | {
      readonly setQuery: {
        readonly name: string;
        readonly value: string;
      };
    } | {
      readonly removeQuery: string;
    } | {
      readonly setModel: string;
    } | {
      readonly maxTokens: number;
    })[];
  } | {
    readonly route: {
      /** Zones, in one of which it must be: `eu`, `de`, `eu-central-1`. */
      readonly regions?: readonly string[];
      /** Globs of providers, or of services. */
      readonly providers?: readonly string[];
      /** Globs of models, as their provider names them. */
      readonly models?: readonly string[];
      /** The most that the request may cost there, 10^-9 US dollars. */
      readonly maxCostNanoUsd?: number;
      /** As known of the target. */
      readonly minQuality?: number;
      /** `provider/model`, or a provider. */
      readonly pinTo?: string;
    };
  } | {
    readonly limit: {
      /** The id of a limit. */
      readonly use: string;
      /** What it costs there, in the unit of the limit; if nothing is said, what it usually does. */
      readonly cost?: number;
    };
  } | {
    readonly requireApproval: unknown;
  };
  /** Told to who is refused. */
  readonly reason?: string;
  /** What a condition does that cannot be told; if nothing is said, `deny` for `deny` and `limit`, else `skip`. */
  readonly onError?: "deny" | "skip";
  /** For whom it is; if nothing is said, for all. */
  readonly scope?: {
    /** Globs of tenants. */
    readonly tenants?: readonly string[];
    /** Globs of routes, by their name. */
    readonly routes?: readonly string[];
    /** `ai`, `raw`, `realtime`, `rest`, `grpc`, `graphql`, `websocket`. */
    readonly protocols?: readonly string[];
  };
  /** ms since 1970. */
  readonly validFrom?: number;
  /** ms since 1970; not any more then. */
  readonly validUntil?: number;
}

export interface WantedPolicies {
  readonly policies: readonly WantedPolicy[];
}

export interface WantedRollback {
  readonly revision: number;
}

export interface PolicyState {
  readonly policy: WantedPolicy;
  /** Those of the file are changed there. */
  readonly from: "file" | "runtime";
  /** Its condition in CEL. */
  readonly form: string;
  /** Steps at worst. */
  readonly cost: number;
  readonly hits: number;
  readonly denies: number;
  readonly errors: number;
  readonly shadowDenies: number;
}

export interface PoliciesState {
  /** Rises with each change; a request keeps the one it began with. */
  readonly revision: number;
  readonly fallback: "allow" | "deny";
  readonly policies: readonly PolicyState[];
}

export interface PolicyPreview {
  /** Rises with each change; a request keeps the one it began with. */
  readonly revision: number;
  readonly problems: readonly ({
    readonly index: number;
    readonly id: string;
    readonly field: "id" | "when" | "do" | "validUntil";
    readonly message: string;
    /** Which character of the condition, from 1. */
    readonly at?: number;
  })[];
  readonly compiled: readonly {
    readonly id: string;
    readonly form: string;
    readonly cost: number;
  }[];
  readonly conflicts: readonly ({
    readonly policy: string;
    readonly kind: "shadowed" | "never-true" | "always-true";
    readonly by?: string;
    readonly message: string;
  })[];
  /** On the requests of the last hour; `null`: there are problems. */
  readonly effect: PolicySimulation | null;
}

export interface PolicyVersionList {
  readonly versions: readonly {
    /** Rises with each change; a request keeps the one it began with. */
    readonly revision: number;
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
    readonly by: string;
    /** How many there were. */
    readonly policies: number;
  }[];
}

export interface PolicyQuestion {
  readonly phase?: "request" | "target" | "response";
  readonly facts: Readonly<Record<string, number | string | boolean | readonly string[] | Readonly<Record<string, readonly string[]>>>>;
  readonly tenant?: string;
  readonly route?: string;
  readonly protocol?: string;
}

export interface PolicyAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  /** Who decided; empty: the default. */
  readonly policy: string;
  readonly trace: readonly ({
    readonly policy: string;
    readonly outcome: "deny" | "allow" | "transform" | "route" | "limit" | "shadow" | "error" | "no";
    readonly fault?: string;
  })[];
  /** The facts that were asked for. */
  readonly read: readonly string[];
}

export interface WantedSimulation {
  /** In the place of all that were set while the gateway ran; absent: those in force. */
  readonly policies?: readonly WantedPolicy[];
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly since: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly until?: number;
}

export interface PolicySimulation {
  readonly requests: number;
  readonly decisions: number;
  readonly newlyDenied: number;
  readonly newlyAllowed: number;
  readonly changedConstraints: number;
  /** Requests of which a fact that is asked for was not recorded. */
  readonly unknown: number;
  /** Of what would have been denied. */
  readonly costDifferenceNanoUsd: number;
  readonly by: {
    readonly policy: readonly {
      readonly name: string;
      readonly newlyDenied: number;
      readonly newlyAllowed: number;
      readonly changedConstraints: number;
    }[];
    readonly key: readonly {
      readonly name: string;
      readonly newlyDenied: number;
      readonly newlyAllowed: number;
      readonly changedConstraints: number;
    }[];
    readonly tenant: readonly {
      readonly name: string;
      readonly newlyDenied: number;
      readonly newlyAllowed: number;
      readonly changedConstraints: number;
    }[];
    readonly project: readonly {
      readonly name: string;
      readonly newlyDenied: number;
      readonly newlyAllowed: number;
      readonly changedConstraints: number;
    }[];
    readonly route: readonly {
      readonly name: string;
      readonly newlyDenied: number;
      readonly newlyAllowed: number;
      readonly changedConstraints: number;
    }[];
  };
  readonly samples: readonly ({
    readonly requestId: string;
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
    readonly change: "newly-denied" | "newly-allowed" | "changed-constraints";
    readonly policy: string;
    readonly reason: string;
  })[];
}

export interface ViolationList {
  readonly violations: readonly ({
    readonly id: string;
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
    readonly policy: string;
    /** Rises with each change; a request keeps the one it began with. */
    readonly revision: number;
    readonly mode: "enforce" | "shadow";
    readonly phase: "request" | "target" | "response";
    /** The id of the key that asked. */
    readonly subject: string;
    readonly tenant: string;
    readonly route: string;
    readonly requestId: string;
    readonly reason: string;
    /** Those that were read; what says who somebody is as keyed hashes. */
    readonly facts: Readonly<Record<string, number | string | boolean | readonly string[] | Readonly<Record<string, readonly string[]>>>>;
  })[];
  /** Enforced ones since the process began; for who is bound to a tenant, those of it that are kept. */
  readonly total: number;
}

export interface AuditCheckpoint {
  /** C2SP tlog-checkpoint, as a signed note. */
  readonly note: string;
  /** The key that signs, as a signed-note verifier key. */
  readonly verifier: string;
  readonly size: number;
  /** Records that are not durable yet. */
  readonly waiting: number;
  /** Records of requests that could not be kept. */
  readonly dropped: number;
}

export interface AuditFinding {
  readonly intact: boolean;
  /** Records that were looked at; `null`: it is broken. */
  readonly size: number | null;
  readonly checkpoints: number | null;
  /** Records that are kept elsewhere: their hashes fit. */
  readonly moved_away: number | null;
  /** Records that no checkpoint covers yet. */
  readonly unsigned: number | null;
  /** The first record that is not what was signed; `null`: all are. */
  readonly index: number | null;
  readonly why: string | null;
}

export interface AuditList {
  /** Newest first. */
  readonly records: readonly AuditRecord[];
  /** `before` of the next page; `null`: there is none. */
  readonly next: number | null;
}

export interface AuditProof {
  readonly kind: "inclusion" | "consistency";
  /** Of the record, for an inclusion proof. */
  readonly index: number | null;
  /** The smaller size, for a consistency proof. */
  readonly from: number | null;
  /** Of the tree that it leads to. */
  readonly size: number;
  readonly root: string;
  /** Base64, as RFC 6962 orders them. */
  readonly hashes: readonly string[];
}

export interface AuditRecord {
  /** Its place in the log. */
  readonly index: number;
  /** RFC 3339, in UTC. */
  readonly at: string;
  /** What happened: `request.*` are decisions on requests, the others what was done to the gateway. */
  readonly type: string;
  readonly outcome: "done" | "denied" | "failed";
  /** `key:ID`, `admin:bearer`, `admin:session`, `gateway`, `nobody`. */
  readonly actor: string;
  readonly tenant: string | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** What tells who a person is; `null`: it was erased. */
  readonly personal: Readonly<Record<string, string | null>>;
}

export interface ErasedAuditValue {
  readonly id: string;
  readonly erased: true;
}

export interface WantedAuditVerification {
  /** A signed checkpoint that was kept elsewhere: the log must go on from it. */
  readonly from?: string;
}

export interface Translated {
  readonly lane: "bytes" | "canonical";
  /** The upstream's. */
  readonly dialect: string;
  readonly path: string;
  /** `null`: it is refused. */
  readonly body: string | null;
  readonly warnings: readonly Warning[];
  /** What the gateway would do on the answer, because the upstream cannot be asked for it. */
  readonly emulated: {
    readonly stop: readonly string[];
    readonly toolsAmong: readonly string[];
  } | null;
  readonly refusal: {
    readonly code: string;
    readonly message: string;
    readonly param: string | null;
  } | null;
}

export interface TranslationList {
  /** The pair with the most calls first. */
  readonly pairs: readonly {
    readonly client: string;
    readonly upstream: string;
    readonly calls: number;
    /** Of these, calls whose bytes passed as they were. */
    readonly bytes: number;
    readonly failed: number;
    /** What was declared of them, the most frequent first. */
    readonly warnings: readonly {
      readonly kind: string;
      readonly subject: string;
      readonly calls: number;
    }[];
  }[];
}

export interface WantedTranslation {
  /** What the client speaks: `openai-chat`, `anthropic-messages`, … */
  readonly from: string;
  /** An upstream's dialect, or a model's name as clients use it. */
  readonly to: string;
  /** Where the body does not name one, or another is wanted; with a dialect only. */
  readonly model?: string;
  /** The request's JSON text. */
  readonly body: string;
}

export interface PriceExplanation {
  readonly requestId: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly upstreamModel: string | null;
  /** As it was recorded. */
  readonly cost: Cost | null;
  /** Its sum made anew from its own lines and factor: the same number, or the record is wrong. */
  readonly recomputedNanoUsd: number | null;
  /** What the provider says. */
  readonly reportedNanoUsd: number | null;
  /** What the same usage costs by the book that counts now. */
  readonly now: Cost | null;
}

export interface PriceRow {
  /** What it is the price of; `null` matches everything. */
  readonly match: {
    readonly provider: string | null;
    readonly account: string | null;
    readonly region: string | null;
    /** A glob. */
    readonly model: string;
    readonly tier: string | null;
    readonly isBatch: boolean | null;
    /** Minutes after midnight UTC. */
    readonly dailyUtc: {
      readonly from: number;
      readonly until: number;
    } | null;
  };
  readonly layer: "operator" | "catalogue" | "base";
  readonly source: string;
  readonly validFrom: number | null;
  readonly validUntil: number | null;
  /** Empty: the row has a factor only. */
  readonly rates: readonly {
    /** `input`, `output`, `cacheRead`, `cacheWrite5m`, … */
    readonly unit: string;
    /** 10^-9 US dollars for each `per` of the unit. */
    readonly nanoUsd: number;
    readonly per: number;
    /** Other prices for the whole request when its input has more than `above` tokens. */
    readonly tiers: readonly {
      readonly above: number;
      /** 10^-9 US dollars. */
      readonly nanoUsd: number;
    }[];
  }[];
  /** A factor for the whole cost, such as `1/2`. */
  readonly multiply: string | null;
}

export interface Budget {
  readonly id: string;
  /** `file`: it stands in the configuration; `set`: by this API, and kept. */
  readonly source: "file" | "set";
  /** `tenant`, `project`, `user`, `key`, `route`, `model`: all that are named must fit. */
  readonly scope: Readonly<Record<string, string>>;
  readonly kind: "hard" | "soft";
  readonly period: "day" | "week" | "month" | "quarter" | "year" | "total";
  readonly timeZone: string;
  readonly startDay: number;
  /** Per cent of the limit. */
  readonly alerts: readonly number[];
  /** 0 of a budget for all time. */
  readonly periodStart: number;
  /** `null`: it never ends. */
  readonly periodEnd: number | null;
  /** 10^-9 US dollars. */
  readonly limit: string;
  /** 10^-9 US dollars. */
  readonly settled: string;
  /** Held for calls that have not ended. */
  readonly reserved: string;
  /** limit - settled - reserved; below 0 where more was billed than held. */
  readonly available: string;
  /** Settled share of the limit, 0 to 1 and above. */
  readonly usedRatio: number;
  /** Thresholds of this period of which somebody was told. */
  readonly told: readonly number[];
  /** UTC date on which it is used up by the forecast; `null`: not in this period. */
  readonly runsOutOn: string | null;
}

export interface BudgetList {
  readonly budgets: readonly Budget[];
}

/** In the form of `budgets.byId.<name>` of the configuration. */
export interface WantedBudget {
  readonly limitUsd: number | string;
}

export interface LedgerPage {
  /** Newest first. */
  readonly entries: readonly ({
    readonly id: number;
    readonly request: string;
    readonly attempt: number;
    readonly kind: "reserve" | "settle" | "release" | "adjust";
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
    readonly budgets: readonly string[];
    /** 10^-9 US dollars. */
    readonly nanoUsd: number;
    /** Tokens. */
    readonly usage: {
      readonly input: number;
      readonly output: number;
    } | null;
    readonly priceVersion: string | null;
    readonly estimated: boolean;
  })[];
  /** `before` of the next page; `null`: that was the last. */
  readonly next: number | null;
}

export interface PricesState {
  /** Names the book that counts; each cost names the one it was made by. */
  readonly book: string;
  readonly unknownModel: "alert" | "refuse";
  /** All rows above the published price list. */
  readonly rows: readonly PriceRow[];
  /** Those that were set while the gateway runs, in the form of `pricing.rows`. */
  readonly setRows: readonly unknown[];
  /** Models whose calls had no price since the start, the last first. */
  readonly unpriced: readonly {
    readonly provider: string;
    readonly model: string;
    readonly calls: number;
  }[];
  /** Where providers tell what calls cost. */
  readonly drift: readonly {
    readonly provider: string;
    readonly model: string;
    /** The last calls of which the provider told a cost; at most 100. */
    readonly calls: number;
    /** 10^-9 US dollars. */
    readonly oursNanoUsd: number;
    /** 10^-9 US dollars. */
    readonly reportedNanoUsd: number;
    /** More than 1 % over 100 calls. */
    readonly isAlarming: boolean;
  }[];
}

export interface WantedPriceRows {
  /** In the form of `pricing.rows` of the configuration; they replace all that were set this way. */
  readonly rows: readonly unknown[];
}

export interface ApprovedCatalog {
  /** Of the catalogue that waits, so that none is approved unseen. */
  readonly fetchedAt: number;
}

export interface CatalogState {
  /** Whether it is fetched once a day, and whether it then waits. */
  readonly refresh: "off" | "ask" | "apply";
  readonly url: string;
  /** `null`: the built-in rules alone count. */
  readonly applied: {
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly fetchedAt: number;
    readonly providers: number;
    readonly models: number;
  } | null;
  /** What was fetched and does not count yet. */
  readonly waiting: {
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly fetchedAt: number;
    readonly providers: number;
    readonly models: number;
    /** Of models of the providers in use; the first few. */
    readonly differences: readonly ({
      readonly provider: string;
      readonly model: string;
      readonly changes: readonly ({
        readonly ability: string;
        /** `null`: it was not known. */
        readonly before: string | null;
        readonly after: string | null;
      })[];
    })[];
    /** Models that differ, those shown included. */
    readonly differencesTotal: number;
  } | null;
  /** `problem`: why the last fetch brought nothing. */
  readonly lastFetch: {
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
    readonly problem: string | null;
  } | null;
}

export interface ABTestList {
  /** Nothing of this kind exists in this version. */
  readonly ab_tests: readonly never[];
  readonly total: 0;
  /** Why the list is empty. */
  readonly note: string;
}

export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  /** `bytes`: both sides speak the same dialect, nothing was changed. `canonical`: translated. `raw`: to one provider as it came. */
  readonly lane: "bytes" | "canonical" | "raw" | "service";
  /** `null`: there was no answer. */
  readonly status: number | null;
  readonly code: "malformed_request" | "unsupported_parameter" | "unsupported_content" | "context_length_exceeded" | "content_refused" | "guardrail_blocked" | "upstream_rejected" | "constraints_unsatisfiable" | "unauthenticated" | "signature_invalid" | "replayed" | "policy_denied" | "route_not_found" | "model_not_found" | "method_not_allowed" | "not_acceptable" | "request_timeout" | "deadline_exceeded" | "conflict" | "precondition_failed" | "precondition_required" | "request_too_large" | "uri_too_long" | "unsupported_media_type" | "misdirected" | "upgrade_required" | "rate_limited" | "budget_exhausted" | "headers_too_large" | "client_closed" | "upstream_auth_failed" | "upstream_forbidden" | "upstream_rate_limited" | "upstream_quota_exhausted" | "upstream_overloaded" | "upstream_failed" | "upstream_unreachable" | "upstream_malformed_response" | "upstream_stream_broken" | "upstream_contract_broken" | "recovery_mismatch" | "upstream_timeout" | "hedge_lost" | "residency_violation" | "circuit_open" | "no_eligible_upstream" | "loop_detected" | "price_unknown" | "overloaded" | "storage_unavailable" | "internal" | null;
  readonly reason: string;
  /** Milliseconds since the request arrived. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly tookMs: number;
  /** Which of its provider's endpoints was asked, where there are several. */
  readonly endpoint?: string;
  /** Waited before it, for a rate limit to pass or between two tries. */
  readonly waitedMs?: number;
}

export interface Caller {
  /** Signed in by cookie, or by `Authorization: Bearer`. */
  readonly kind: "session" | "bearer";
  readonly id: string;
  readonly name: string;
  /** What they may do: see the table of roles in the security guide. */
  readonly role: "owner" | "admin" | "operator" | "developer" | "analyst" | "auditor";
  /** They see and change what is of this tenant alone; absent: everything. */
  readonly tenant?: string;
  readonly project?: string;
  readonly permissions: readonly string[];
}

export interface CanaryDeploymentList {
  /** Nothing of this kind exists in this version. */
  readonly canary_deployments: readonly never[];
  readonly total: 0;
  /** Why the list is empty. */
  readonly note: string;
}

export interface ChaosExperimentList {
  /** Nothing of this kind exists in this version. */
  readonly experiments: readonly never[];
  readonly total: 0;
  /** Why the list is empty. */
  readonly note: string;
}

export interface CircuitBreaker {
  readonly provider: string;
  readonly model: string;
  readonly state: "closed" | "open" | "half_open";
  /** More exactly: `ramp` takes back a share of the requests; `degraded` would be open if another could answer. */
  readonly phase: "closed" | "open" | "half_open" | "ramp" | "degraded";
  /** `metrics_only`: it is shown what would be done, and nothing is held back. */
  readonly mode: "auto" | "forced_open" | "forced_closed" | "metrics_only";
  /** Why it is not closed. */
  readonly reason: "failures" | "consecutive" | "slow" | "probe_failed" | "relapse" | null;
  /** The least share of requests that a ramp lets through. */
  readonly level: number | null;
  /** Answers and failures of the last ten seconds. */
  readonly samples: number;
  /** What share of them fails at least: the lower end of the 95 % interval. */
  readonly wilson_low: number;
  readonly slow_share: number;
  /** Since the process began. */
  readonly failure_count: number;
  readonly last_failure: string | null;
  readonly next_probe_at: string | null;
  /** Where the first word of a stream is later than this, another target is asked if there is one, by the size of the request: three times what 99 of 100 calls of a day took. Empty: too few are known. */
  readonly first_limits: readonly ({
    readonly bytes_from: number;
    readonly bytes_below: number | null;
    readonly limit_ms: number;
  })[];
  /** The last twenty steps, newest first. */
  readonly changes: readonly ({
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
    /** More exactly: `ramp` takes back a share of the requests; `degraded` would be open if another could answer. */
    readonly from: "closed" | "open" | "half_open" | "ramp" | "degraded";
    /** More exactly: `ramp` takes back a share of the requests; `degraded` would be open if another could answer. */
    readonly to: "closed" | "open" | "half_open" | "ramp" | "degraded";
    readonly reason: "failures" | "consecutive" | "slow" | "probe_failed" | "relapse" | null;
  })[];
}

export interface CircuitBreakerList {
  /** By provider. */
  readonly circuit_breakers: Readonly<Record<string, {
    /** `open`: all of its targets are, or at least two and half of them; `half_open`: none is closed. */
    readonly state: "closed" | "open" | "half_open";
    readonly failure_count: number;
    readonly last_failure: string | null;
    /** By `provider/model`. */
    readonly targets: Readonly<Record<string, CircuitBreaker>>;
  }>>;
}

export interface CoolDownList {
  readonly cooldowns: readonly ({
    /** `provider/model`, or `provider` for its credential. */
    readonly scope: string;
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly until: number;
    readonly reason: "rate-limit" | "quota" | "overloaded" | "not-found" | "auth" | "permission" | "used-up";
  })[];
}

export interface RouteList {
  readonly routes: readonly RouteState[];
}

export interface RouteState {
  readonly name: string;
  readonly strategy: string;
  readonly weights: {
    readonly cost: number;
    readonly latency: number;
    readonly health: number;
    readonly quality: number;
  };
  readonly max_cost: number | null;
  readonly max_latency_ms: number | null;
  readonly quality_floor: number | null;
  /** Who keeps fewer contracts is not asked for answers that have one; `null`: nobody minds. */
  readonly min_contract: number | null;
  /** What was seen of the contracts of its models, where the pool minds. */
  readonly contracts: readonly {
    readonly model: string;
    /** Of the answers that were checked. */
    readonly kept: number;
    /** How many were, older ones counting for less. */
    readonly checked: number;
  }[];
  /** Of a conditional pool, in the order in which they are tried. */
  readonly cases: readonly ({
    /** Its condition; `null`: what is done when none holds. */
    readonly when: string | null;
    /** `provider/model`; `null`: all targets of the pool. */
    readonly use: readonly string[] | null;
    /** How one of them is chosen. */
    readonly strategy: string;
  })[];
  /** What is known of its models; `null`: nothing is learned there. */
  readonly learned: {
    /** US dollars of one request, on average. */
    readonly budget: number;
    readonly price: number;
    /** US dollars that may be spent at once. */
    readonly credit: number;
    /** It serves, and learns nothing. */
    readonly frozen: boolean;
    readonly arms: readonly ({
      readonly model: string;
      readonly quality: number;
      /** Below with probability 5 %. */
      readonly quality_low: number;
      /** What it has learned from, older ones counting for less. */
      readonly judgements: number;
      /** How often it was noticed to answer otherwise than before. */
      readonly shifts: number;
      /** The share of its answers that held what tools or a schema ask for, of those that were checked; `null`: none was. */
      readonly kept: number | null;
    })[];
  } | null;
  /** What reading some of its answers has shown; `null`: none are read. */
  readonly oversight: {
    /** Answers held against those of the reference. */
    readonly guard: {
      /** `guarded`: the pool was found to be worse than it may be, and its reference serves. */
      readonly phase: "active" | "guarded";
      /** Milliseconds since 1970-01-01T00:00:00Z. */
      readonly since: number;
      /** Answers that were held against the reference's since the comparison began. */
      readonly pairs: number;
      /** Milliseconds since 1970-01-01T00:00:00Z. */
      readonly begun_at: number;
      /** By how much the pool's answers were better than its reference's, on average: -1 to 1. */
      readonly difference: number;
      /** They are not better than this, with 99 % confidence however often one looks. */
      readonly upper: number;
      /** Below minus this the reference serves; `null`: nothing is compared. */
      readonly tolerance: number | null;
      /** US dollars, of the current day (UTC). */
      readonly spent: number;
    };
    readonly judge: {
      /** Answers that were given a grade. */
      readonly graded: number;
      /** `null`: none was given. */
      readonly mean_grade: number | null;
      /** US dollars, of the current day (UTC). */
      readonly spent: number;
    };
    /** Answers that were drawn to be read, and were not, since the process began. */
    readonly unseen: {
      /** The day's money was used up. */
      readonly money?: number;
      /** Nobody knows what the reference or the judge charges: give it a price, 0 if it is free. */
      readonly unpriced?: number;
      /** Too many were being read. */
      readonly busy?: number;
      /** The judge is of the family of the model. */
      readonly family?: number;
      /** Nobody could say how good it was. */
      readonly "no-verdict"?: number;
      /** The reference or the judge could not be asked. */
      readonly "out-of-reach"?: number;
    };
  } | null;
  readonly decisions: readonly ({
    readonly request_id: string;
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
    readonly strategy: string;
    readonly chosen_by: "score" | "draw" | "turn" | "order" | "explore" | "sticky" | "guard";
    /** With which probability the first was chosen. */
    readonly propensity: number;
    /** In the order in which they are asked. */
    readonly ranked: readonly ({
      /** `provider/model`. */
      readonly service_id: string;
      /** Lower tiers are asked first, whatever their scores. */
      readonly tier: number;
      /** Less is better. */
      readonly score: number;
      /** US dollars; `null`: no price is known. */
      readonly estimated_cost: number | null;
      /** Not more than this in nine of ten calls. */
      readonly estimated_cost_high: number | null;
      readonly estimated_latency_ms: number;
      readonly estimated_latency_high_ms: number;
      /** To the end of the answer, among what is in flight there now. */
      readonly estimated_done_ms: number;
      /** Requests that it is at work on for this gateway. */
      readonly in_flight: number;
      /** What is left of its limits by its provider's word; `null`: nothing was told. */
      readonly free_share: number | null;
      /** The share of calls that succeed. */
      readonly health: number;
      readonly quality: number;
      /** How much of the estimate is learned: 0 is all assumed, near 1 after fifty answers. */
      readonly confidence: number;
    })[];
    readonly refused: readonly ({
      readonly service_id: string;
      /** The first of these filters that speaks against it. */
      readonly by: "residency" | "abilities" | "context_window" | "contract" | "unpriced" | "max_price" | "max_cost" | "max_latency" | "quality_floor";
      readonly detail: string;
    })[];
    /** How a learned choice came about. */
    readonly learned: {
      /** The kind of request: `code`, `math`, `tools`. */
      readonly shape: string;
      /** US dollars of one request, on average. */
      readonly budget: number;
      /** Quality that a budget's worth of money must buy. */
      readonly price: number;
      /** US dollars that may be spent at once. */
      readonly credit: number;
      readonly out_of_credit: boolean;
      /** The first is asked on trial, with the second behind it; `null`: one is asked alone. */
      readonly cascade: {
        /** Asked first: what breaks its contract goes to nobody, and the second is asked. */
        readonly first: string;
        readonly second: string;
        /** How likely the first's answer will do: it comes, keeps its contract and is right. */
        readonly right: number;
        /** How likely the second is asked. */
        readonly escalated: number;
        /** US dollars expected of both, as often as the second is asked. */
        readonly cost: number;
        /** Of both at most, in nine of ten calls. */
        readonly cost_high: number;
        /** Who would be asked alone otherwise. */
        readonly alone: string;
        /** What that would be expected to cost. */
        readonly cost_alone: number;
      } | null;
      /** With which probability each target was chosen. */
      readonly propensities: Readonly<Record<string, number>>;
    } | null;
    /** Which case of a conditional pool was taken. */
    readonly case: {
      /** Its number, from 1; `else`: none held; `none`: none held, and there is no `else`. */
      readonly taken: string;
      /** Its condition. */
      readonly when: string | null;
      /** How one of its targets was chosen. */
      readonly strategy: string;
    } | null;
    /** What would have put the runner-up first. */
    readonly flip: string | null;
  })[];
}

export interface WantedLearning {
  /** `freeze` stops learning and goes on serving, until `resume`; `reset` forgets; `guard` has the reference serve for a day, or until `unguard`. */
  readonly action: "freeze" | "resume" | "reset" | "guard" | "unguard";
}

export interface WantedEvaluation {
  /** How else the logged requests could have been sent. */
  readonly policy: {
    /** `provider/model`. */
    readonly always: string;
  } | {
    readonly cheapest: true;
  } | {
    /** Times the budget in force. */
    readonly budget_factor: number;
  };
  /** Only requests from then on, ms since 1970. */
  readonly since?: number;
}

export interface RouteEvaluation {
  /** Judged requests that it is told from. */
  readonly decisions: number;
  /** So many requests under the other policy itself would tell as much. */
  readonly effective_decisions: number;
  readonly quality: {
    readonly inverse_propensity: {
      readonly mean: number;
      /** 95 % interval, however often it is looked at. */
      readonly low: number;
      readonly high: number;
    };
    readonly self_normalized: {
      readonly mean: number;
      /** 95 % interval, however often it is looked at. */
      readonly low: number;
      readonly high: number;
    };
    readonly doubly_robust: {
      readonly mean: number;
      /** 95 % interval, however often it is looked at. */
      readonly low: number;
      readonly high: number;
    };
    /** Of what was in force. */
    readonly logged: number;
  };
  readonly cost: {
    /** US dollars of one request. */
    readonly expected: number;
    /** Of what was in force, expected in the same way. */
    readonly logged: number;
  };
}

export interface EndpointList {
  readonly endpoints: readonly ({
    /** `provider/model`. */
    readonly service_id: string;
    readonly in_flight: number;
    /** Requests that it is given at once; `null`: any number. */
    readonly limit: number | null;
    /** Requests that wait for a place there. */
    readonly queued: number;
    /** Alone; assumed until it is learned. */
    readonly ms_per_token: number;
    /** More for each request beside it. */
    readonly ms_per_token_and_request: number;
    /** Requests that its speed was learned from. */
    readonly learned_from: number;
    /** In a row, up to now. */
    readonly errors: number;
    /** The share of calls that succeed. */
    readonly health: number;
  })[];
  /** The endpoints of the providers that have several. */
  readonly pools: readonly EndpointPool[];
}

export interface RegionsState {
  /** Where the gateway runs: without zones nothing that is bound is remembered. */
  readonly here: {
    readonly region: string | null;
    readonly zones: readonly string[];
  };
  /** Zones that every request is bound to; empty: none is. */
  readonly residency: readonly string[];
  /** Pools that are bound to zones. */
  readonly pools: readonly {
    readonly name: string;
    readonly residency: readonly string[];
  }[];
  /** Without zones nobody knows where one is, and nothing that is bound goes there. */
  readonly providers: readonly ({
    readonly id: string;
    readonly region: string | null;
    readonly zones: readonly string[];
    /** What 10^9 bytes cost on their way there, and back; `null`: nothing. */
    readonly egress: {
      readonly sentUsdPerGb: number;
      readonly receivedUsdPerGb: number;
    } | null;
  })[];
  /** How often content was kept from a place since the start, by what it would have gone to: `attempt`, `raw`, `memory`, `learning`. */
  readonly refused: readonly {
    readonly sink: string;
    readonly times: number;
  }[];
  /** Targets that have told of a call that they ran it elsewhere than they are held to be: since then they are held to be there. */
  readonly abroad: readonly {
    readonly target: string;
    readonly zone: string;
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
  }[];
}

export interface EndpointPool {
  readonly provider: string;
  readonly balance: "predicted" | "peak-ewma" | "p2c" | "least-request" | "round-robin" | "random" | "consistent-hash" | "maglev";
  /** Fewer than half are well: health is not looked at. */
  readonly panic: boolean;
  /** Whether they are looked after beside the calls. */
  readonly checked: boolean;
  /** Times its fair share that the busiest of those that take calls has in flight, over the last minute; 1: all alike, or less than one call together. */
  readonly imbalance: number;
  /** Tokens of prompts that were kept from earlier ones, of all; `null`: nobody has told. */
  readonly prefix_hit_ratio: number | null;
  readonly endpoints: readonly ({
    readonly name: string;
    readonly origin: string;
    readonly region: string | null;
    readonly weight: number;
    /** `starting` gets few calls at once; `ejected`: its calls went badly; `sick`: its checks did; `drained`: by its weight or by hand. */
    readonly state: "in" | "starting" | "ejected" | "sick" | "drained";
    /** Calls that it is at work on for this gateway. */
    readonly in_flight: number;
    /** In a row, up to now. */
    readonly errors: number;
    readonly ejected_until: number | null;
    /** `errors`: five in a row; `success-rate`: it fails more often than the others; `slow`: it takes three times as long as was predicted. */
    readonly ejected_for: "errors" | "success-rate" | "slow" | "operator" | null;
    /** As far as they count for how long the next one is. */
    readonly ejections: number;
    /** While it is new or back: most calls at once. */
    readonly slow_start: {
      readonly in_flight_max: number;
      /** Milliseconds since 1970-01-01T00:00:00Z. */
      readonly until: number;
    } | null;
    /** How fast it is at each model. */
    readonly lines: readonly {
      readonly model: string;
      /** Alone; assumed until it is learned. */
      readonly ms_per_token: number;
      /** More for each call beside it. */
      readonly ms_per_token_and_request: number;
      /** Calls that its speed was learned from. */
      readonly learned_from: number;
    }[];
  })[];
}

export interface ScalingState {
  readonly pools: readonly ({
    readonly pool: string;
    /** Replicas that are advised now. */
    readonly desired: number;
    /** Replicas that are needed by what there is now. */
    readonly reactive: number;
    /** Tokens a second in the last window, a prompt's counting a fiftieth; `null`: not known. */
    readonly rate: number | null;
    /** What demand is not above when a replica that is wished for now serves. */
    readonly upper: number | null;
    /** `reactive`: less than two days are known. */
    readonly basis: "reactive" | "forecast";
    /** Windows that are known. */
    readonly windows: number;
    /** Windows with more demand than was advised for. */
    readonly shortfalls: number;
    /** So far ahead is looked. */
    readonly horizon_ms: number;
  })[];
}

export interface GuardrailState {
  /** Requests that a rule was for. */
  readonly guarded: number;
  /** Findings that stopped a request or ended an answer. */
  readonly blocked: number;
  readonly findings: readonly ({
    /** `email`, `card`, …, `custom:NAME`, `injection` or `tool-call`. */
    readonly kind: string;
    readonly on: "input" | "output" | "tool-arguments" | "tool-result";
    readonly action: "log" | "flag" | "redact" | "block";
    readonly count: number;
  })[];
  /** The newest first; a hundred at most. */
  readonly blocks: readonly ({
    /** `email`, `card`, …, `custom:NAME`, `injection` or `tool-call`. */
    readonly kind: string;
    readonly on: "input" | "output" | "tool-arguments" | "tool-result";
    /** ms since 1970. */
    readonly at: number;
    readonly request_id: string;
    /** Of what was found, in characters. */
    readonly length: number;
    /** Keyed: equal for equal values, and nothing else can be told of them. */
    readonly digest: string;
  })[];
}

export interface ServiceRouteList {
  readonly routes: readonly ({
    /** Its name in the configuration. */
    readonly id: string;
    readonly protocol: string;
    readonly path: string;
    /** Empty: all. */
    readonly hosts: readonly string[];
    /** Empty: all. */
    readonly methods: readonly string[];
    /** A condition that must hold besides; `null`: there is none. */
    readonly when: string | null;
    /** Where it leads; `null`: to the subgraphs of a federation. */
    readonly service: string | null;
    readonly auth: "required" | "none";
    readonly rewrite: string | null;
    readonly traffic: {
      readonly requests: number;
      /** By the gateway. */
      readonly refused: number;
      /** The same by why: a word of whoever refuses (`target_form`, `graphql_limit`), or a code. */
      readonly rejects: Readonly<Record<string, number>>;
      /** By the fault of the service. */
      readonly failed: number;
      /** Until an answer was whole; of sockets and streams of events until it began. `null`: none was answered. */
      readonly latency_ms: {
        /** Milliseconds. */
        readonly p50: number;
        /** Milliseconds. */
        readonly p99: number;
      } | null;
      readonly bytes_in: number;
      readonly bytes_out: number;
      /** ms since 1970; `null`: none has come. */
      readonly last_at: number | null;
      readonly last_error: string | null;
    };
  })[];
}

export interface ServiceList {
  readonly services: readonly ({
    readonly id: string;
    readonly region: string | null;
    /** Spoken on the routes that lead to it. */
    readonly protocols: readonly string[];
    /** That lead to it, alone or among the subgraphs of a federation. */
    readonly routes: readonly string[];
    /** Of the first, where it has several; never with a credential. */
    readonly url: string;
    /** Empty: it has one address. `/api/gateway/balancing` tells more. */
    readonly endpoints: readonly ({
      readonly name: string;
      readonly url: string;
      readonly region: string | null;
      readonly state: "in" | "starting" | "ejected" | "sick" | "drained";
      readonly in_flight: number;
    })[];
    /** As `/api/gateway/circuit-breakers` has it of the service; `closed` where nobody has called it. */
    readonly breaker: "closed" | "open" | "half_open";
    /** Tries, further ones included. */
    readonly requests: number;
    readonly failed: number;
    readonly in_flight: number;
  })[];
}

export interface GraphqlRouteList {
  readonly routes: readonly ({
    readonly id: string;
    /** What clients see; `null`: no schema is known, and only limits are checked. */
    readonly schema: {
      /** 12 digits of a SHA-256. */
      readonly version: string;
      readonly source: "single" | "federation";
      readonly types: number;
    } | null;
    /** Why a newer configuration of it was not taken. */
    readonly problems: readonly string[];
    /** Empty: a single service answers. */
    readonly subgraphs: readonly ({
      readonly name: string;
      readonly service: string;
      /** As `/api/gateway/circuit-breakers` has it of the service; `closed` where nobody has called it. */
      readonly breaker: "closed" | "open" | "half_open";
      readonly requests: number;
      readonly failed: number;
      readonly latency_ms: {
        /** Milliseconds. */
        readonly p50: number;
        /** Milliseconds. */
        readonly p99: number;
      } | null;
    })[];
    /** The last used: 200 that were taken and 50 that were not; the newest first. */
    readonly operations: readonly ({
      /** `null`: it has none. */
      readonly name: string | null;
      /** `null`: its document was not taken: a syntax error, a limit, or not of the schema. */
      readonly type: "query" | "mutation" | "subscription" | null;
      /** Of its document without what has no meaning; of its text, where `type` is `null`. */
      readonly digest: string;
      readonly requests: number;
      /** Answered, with errors among the answer. */
      readonly errors: number;
      /** By the fault of a service. */
      readonly failed: number;
      /** By a rule of the gateway. */
      readonly refused: number;
      /** Milliseconds since 1970-01-01T00:00:00Z. */
      readonly last_at: number;
      /** `null`: none was answered, or it is a subscription. */
      readonly latency_ms: {
        /** Milliseconds. */
        readonly p50: number;
        /** Milliseconds. */
        readonly p99: number;
      } | null;
      /** `null`: it was never run. */
      readonly cost_max: number | null;
      readonly depth_max: number | null;
    })[];
    /** How operations are asked of subgraphs, kept; `null`: it is no federation. */
    readonly plans: {
      readonly kept: number;
      readonly hits: number;
      readonly misses: number;
    } | null;
  })[];
}

export interface GrpcRouteList {
  readonly routes: readonly ({
    readonly id: string;
    readonly path: string;
    readonly service: string;
    /** That have ended, those that were refused included. */
    readonly calls: number;
    /** Calls on their way. */
    readonly open_streams: number;
    /** From clients. */
    readonly messages_in: number;
    /** To clients. */
    readonly messages_out: number;
    /** Calls by the status that the client was told: `OK`, `UNAVAILABLE`. */
    readonly by_code: Readonly<Record<string, number>>;
    /** Empty: it has one address. `/api/gateway/balancing` tells more. */
    readonly endpoints: readonly ({
      readonly name: string;
      readonly url: string;
      readonly region: string | null;
      readonly state: "in" | "starting" | "ejected" | "sick" | "drained";
      readonly in_flight: number;
    })[];
  })[];
}

export interface SocketList {
  readonly sockets: readonly ({
    /** Of its request; the request's record is written when it ends. */
    readonly id: string;
    /** `null`: no key is asked for on its route. */
    readonly key_id: string | null;
    readonly key_name: string | null;
    /** Of the client. */
    readonly address: string;
    readonly route: string;
    /** `events`: no socket, but a subscription by server-sent events. */
    readonly mode: "tunnel" | "inspect" | "events";
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly since: number;
    readonly bytes_up: number;
    readonly bytes_down: number;
    /** `null`: messages are not read. */
    readonly messages_up: number | null;
    readonly messages_down: number | null;
    /** Of its answers up to now; `null`: nothing has a price. */
    readonly cost_nano_usd: number | null;
  })[];
}

export interface RouteDecision {
  readonly service_id: string;
  /** US dollars; `null`: no price is known. */
  readonly estimated_cost: number | null;
  readonly estimated_latency_ms: number;
  readonly score: number;
  readonly reason: string;
  readonly strategy: string;
  readonly chosen_by: "score" | "draw" | "turn" | "order" | "explore" | "sticky" | "guard";
  /** With which probability the first was chosen. */
  readonly propensity: number;
  /** In the order in which they are asked. */
  readonly ranked: readonly ({
    /** `provider/model`. */
    readonly service_id: string;
    /** Lower tiers are asked first, whatever their scores. */
    readonly tier: number;
    /** Less is better. */
    readonly score: number;
    /** US dollars; `null`: no price is known. */
    readonly estimated_cost: number | null;
    /** Not more than this in nine of ten calls. */
    readonly estimated_cost_high: number | null;
    readonly estimated_latency_ms: number;
    readonly estimated_latency_high_ms: number;
    /** To the end of the answer, among what is in flight there now. */
    readonly estimated_done_ms: number;
    /** Requests that it is at work on for this gateway. */
    readonly in_flight: number;
    /** What is left of its limits by its provider's word; `null`: nothing was told. */
    readonly free_share: number | null;
    /** The share of calls that succeed. */
    readonly health: number;
    readonly quality: number;
    /** How much of the estimate is learned: 0 is all assumed, near 1 after fifty answers. */
    readonly confidence: number;
  })[];
  readonly refused: readonly ({
    readonly service_id: string;
    /** The first of these filters that speaks against it. */
    readonly by: "residency" | "abilities" | "context_window" | "contract" | "unpriced" | "max_price" | "max_cost" | "max_latency" | "quality_floor";
    readonly detail: string;
  })[];
  /** How a learned choice came about. */
  readonly learned: {
    /** The kind of request: `code`, `math`, `tools`. */
    readonly shape: string;
    /** US dollars of one request, on average. */
    readonly budget: number;
    /** Quality that a budget's worth of money must buy. */
    readonly price: number;
    /** US dollars that may be spent at once. */
    readonly credit: number;
    readonly out_of_credit: boolean;
    /** The first is asked on trial, with the second behind it; `null`: one is asked alone. */
    readonly cascade: {
      /** Asked first: what breaks its contract goes to nobody, and the second is asked. */
      readonly first: string;
      readonly second: string;
      /** How likely the first's answer will do: it comes, keeps its contract and is right. */
      readonly right: number;
      /** How likely the second is asked. */
      readonly escalated: number;
      /** US dollars expected of both, as often as the second is asked. */
      readonly cost: number;
      /** Of both at most, in nine of ten calls. */
      readonly cost_high: number;
      /** Who would be asked alone otherwise. */
      readonly alone: string;
      /** What that would be expected to cost. */
      readonly cost_alone: number;
    } | null;
    /** With which probability each target was chosen. */
    readonly propensities: Readonly<Record<string, number>>;
  } | null;
  /** Which case of a conditional pool was taken. */
  readonly case: {
    /** Its number, from 1; `else`: none held; `none`: none held, and there is no `else`. */
    readonly taken: string;
    /** Its condition. */
    readonly when: string | null;
    /** How one of its targets was chosen. */
    readonly strategy: string;
  } | null;
  /** What would have put the runner-up first. */
  readonly flip: string | null;
}

export interface WantedDecision {
  /** A pool, or `provider/model`. */
  readonly model_type: string;
  /** Of the prompt. */
  readonly estimated_tokens?: number;
  readonly max_output_tokens?: number;
  readonly stream?: boolean;
  /** Instead of the pool's own. */
  readonly strategy?: string;
  readonly constraints?: {
    /** US dollars. */
    readonly max_cost?: number;
    readonly max_latency_ms?: number;
    /** Zones, with commas between, one of which it must stay in: `eu`, `de`, `eu-central-1`. */
    readonly region?: string;
  };
  /** How many it declares; for conditional pools. */
  readonly tools?: number;
  /** How many are in it. */
  readonly images?: number;
  /** Of its conversation. */
  readonly turns?: number;
  /** Whether its answer must fit a JSON Schema. */
  readonly schema?: boolean;
  /** Counted in the place of `estimated_tokens`. */
  readonly prompt?: string;
}

export interface ConfigChange {
  /** As in the file: `providers.openai.key`. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  /** Printed; secrets are shown as `***`. */
  readonly before: string | null;
  /** Printed; secrets are shown as `***`. */
  readonly after: string | null;
  readonly needsRestart: boolean;
}

export type ConfigPlan = {
  readonly kind: "valid";
  readonly changes: readonly ConfigChange[];
  /** What the file as it is now has asked for already, and waits for a restart. */
  readonly waiting: readonly ConfigChange[];
} | {
  readonly kind: "invalid";
  readonly problems: readonly ConfigProblem[];
};

export interface ConfigProblem {
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string | null;
}

export interface ConfigState {
  readonly generation: number;
  readonly file: string | null;
  /** The running configuration with defaults filled in; secrets are shown as `***`. */
  readonly running: unknown;
  /** Why the newest file was not taken; the last good one goes on. */
  readonly problems: readonly ConfigProblem[];
  /** What the file asks for and the process cannot take before it is started again. */
  readonly waiting: readonly ConfigChange[];
}

export interface ConfigText {
  /** A whole configuration file. */
  readonly text: string;
}

export interface Cost {
  /** 10^-9 US dollars; `null` when the price is not known, never 0. */
  readonly nanoUsd: number | null;
  readonly lines: readonly {
    readonly unit: string;
    readonly quantity: number;
    /** 10^-9 US dollars for each `per` of the unit. */
    readonly nanoUsd: number;
    readonly per: number;
    readonly isApproximate: boolean;
  }[];
  /** What the bytes cost on their way, a part of the sum beside the factor; absent: nothing. */
  readonly egress?: {
    readonly nanoUsd: number;
    readonly lines: readonly {
      readonly unit: string;
      readonly quantity: number;
      /** 10^-9 US dollars for each `per` of the unit. */
      readonly nanoUsd: number;
      readonly per: number;
      readonly isApproximate: boolean;
    }[];
  };
  /** Where the price is from. */
  readonly source: string | null;
  /** The factor for the whole sum, such as `1/2`; absent: none. */
  readonly multiply?: string;
  /** The price book that was asked. */
  readonly book?: string;
  /** The rows that counted, as they match. */
  readonly rows?: readonly string[];
}

export interface CostForecast {
  readonly scope: string;
  /** The calendar month of today, UTC: `2026-11`. */
  readonly month: string;
  /** US dollars. */
  readonly monthToDateUsd: number;
  /** Requests whose cost is known. */
  readonly calls: number;
  /** Requests whose price is not known: they are in no figure here. */
  readonly unpriced: number;
  /** `null`: fewer than seven days are known, too few for a band. */
  readonly p10Usd: number | null;
  /** US dollars. */
  readonly p50Usd: number;
  /** `null`: fewer than seven days are known, too few for a band. */
  readonly p90Usd: number | null;
  readonly thin: boolean;
  /** Whole days that it was learned from. */
  readonly knownDays: number;
  /** As it was asked. */
  readonly budgetUsd: number | null;
  /** When the median path has used up the budget; `null`: not in this month, or none was given. */
  readonly runsOutOn: string | null;
  /** The last 31 days, oldest first; the last is today. */
  readonly days: readonly {
    /** A UTC day, `2026-11-27`. */
    readonly date: string;
    /** US dollars. */
    readonly spentUsd: number;
    /** Requests whose cost is known. */
    readonly calls: number;
    /** Requests whose price is not known: they are in no figure here. */
    readonly unpriced: number;
  }[];
  /** What the month will have cost by the end of each day, from today on. */
  readonly ahead: readonly ({
    /** A UTC day, `2026-11-27`. */
    readonly date: string;
    /** `null`: fewer than seven days are known, too few for a band. */
    readonly p10Usd: number | null;
    /** US dollars. */
    readonly p50Usd: number;
    /** `null`: fewer than seven days are known, too few for a band. */
    readonly p90Usd: number | null;
  })[];
  /** The whole installation, then the 20 that have cost the most this month. */
  readonly scopes: readonly ({
    /** `all`, `key:ID`, `route:MODEL` or `provider:ID`. */
    readonly scope: string;
    /** What a key is called. */
    readonly name: string | null;
    /** US dollars. */
    readonly monthToDateUsd: number;
    /** Requests whose cost is known. */
    readonly calls: number;
    /** Requests whose price is not known: they are in no figure here. */
    readonly unpriced: number;
    /** `null`: fewer than seven days are known, too few for a band. */
    readonly p10Usd: number | null;
    /** What the month will have cost at its end: half of the paths cost less. */
    readonly p50Usd: number;
    /** `null`: fewer than seven days are known, too few for a band. */
    readonly p90Usd: number | null;
    /** Fewer than seven days are known: a straight line. */
    readonly thin: boolean;
  })[];
  readonly scopesTotal: number;
  /** Pools that learn: their budget beside their spend. */
  readonly pools: readonly ({
    readonly pool: string;
    /** Of a request, on average; `null`: not known before the first request. */
    readonly budgetUsd: number | null;
    /** What requests of this month cost on average; `null`: there were none. */
    readonly meanUsd: number | null;
    /** Requests whose cost is known. */
    readonly calls: number;
    /** What may be spent at once, US dollars. */
    readonly creditUsd: number | null;
    readonly days: readonly {
      /** A UTC day, `2026-11-27`. */
      readonly date: string;
      /** US dollars. */
      readonly spentUsd: number;
      /** Requests whose cost is known. */
      readonly calls: number;
      /** Requests whose price is not known: they are in no figure here. */
      readonly unpriced: number;
    }[];
  })[];
}

export interface CreatedKey {
  /** The key itself. It is shown this once and kept nowhere. */
  readonly key: string;
  readonly entry: ShownKey;
}

export interface Failure {
  readonly status: "error";
  readonly error: {
    /** A code of docs/errors.md. */
    readonly code: "malformed_request" | "unsupported_parameter" | "unsupported_content" | "context_length_exceeded" | "content_refused" | "guardrail_blocked" | "upstream_rejected" | "constraints_unsatisfiable" | "unauthenticated" | "signature_invalid" | "replayed" | "policy_denied" | "route_not_found" | "model_not_found" | "method_not_allowed" | "not_acceptable" | "request_timeout" | "deadline_exceeded" | "conflict" | "precondition_failed" | "precondition_required" | "request_too_large" | "uri_too_long" | "unsupported_media_type" | "misdirected" | "upgrade_required" | "rate_limited" | "budget_exhausted" | "headers_too_large" | "client_closed" | "upstream_auth_failed" | "upstream_forbidden" | "upstream_rate_limited" | "upstream_quota_exhausted" | "upstream_overloaded" | "upstream_failed" | "upstream_unreachable" | "upstream_malformed_response" | "upstream_stream_broken" | "upstream_contract_broken" | "recovery_mismatch" | "upstream_timeout" | "hedge_lost" | "residency_violation" | "circuit_open" | "no_eligible_upstream" | "loop_detected" | "price_unknown" | "overloaded" | "storage_unavailable" | "internal";
    readonly message: string;
    /** The member of the body or query that is at fault. */
    readonly param?: string;
  };
  /** To be found in the gateway's log. */
  readonly requestId?: string;
}

export interface FeatureFlagList {
  /** Nothing of this kind exists in this version. */
  readonly feature_flags: readonly never[];
  readonly total: 0;
  /** Why the list is empty. */
  readonly note: string;
}

export interface GatewayState {
  readonly version: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly uptimeMs: number;
  /** Number of the running configuration; each reload that is taken adds one. */
  readonly generation: number;
  /** Where the configuration is from. */
  readonly mode: "demo" | "environment" | "file";
  readonly isDraining: boolean;
  /** Why the gateway is less than well; empty when all is well. */
  readonly degraded: readonly string[];
  readonly inFlight: number;
  readonly overload: {
    /** How far the process is from what it can take: 0 well, 1 to 3 under pressure. */
    readonly level: 0 | 1 | 2 | 3;
    /** Of the work that came in the last window, how much would be let in now. */
    readonly admittedShare: number;
    /** The class from which on not all are let in; those after it not at all. `null`: all are. */
    readonly from: "interactive" | "batch" | "shadow" | "chaos" | null;
    /** What one share of that class may have in a window, in thousands of tokens of work (a prompt's count a fiftieth). `null`: all are let in. */
    readonly fairCost: number | null;
    /** What the level is read from, of the last tenth of a second. */
    readonly readings: {
      /** How late the event loop runs on average, ms. */
      readonly loopMsMean: number;
      /** How late it runs one time in a hundred, ms. */
      readonly loopMsP99: number;
      /** Of the heap that the process may have. */
      readonly heapShare: number;
      /** Of the memory that the system grants it, what is in use; 0: as much as there is. */
      readonly rssShare: number;
    };
  };
  readonly totals: {
    readonly requests: number;
    readonly errors: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** Sum of the known costs, 10^-9 US dollars. */
    readonly costNanoUsd: number;
    /** Requests whose price is not known. */
    readonly unpriced: number;
  };
  readonly log: {
    readonly queued: number;
    readonly written: number;
    /** Records lost because the queue was full or the store failed. */
    readonly dropped: number;
    readonly bytes: number;
  };
  readonly process: {
    readonly rssBytes: number;
    readonly heapUsedBytes: number;
    /** Milliseconds. */
    readonly eventLoopDelayMsP99: number;
    /** Whether Node's permission model holds the process from other files and programs. */
    readonly permissionMode: "on" | "off";
  };
}

export interface GatewayStats {
  /** Names a client may ask for: models, pools and patterns. */
  readonly routes_registered: number;
  /** Providers that requests may be sent to. */
  readonly upstream_services: number;
  readonly cache_stats: {
    /** `null`: nothing has been looked up. */
    readonly hit_rate: number | null;
    readonly entry_count: number;
    readonly cache_size_mb: number;
  };
  readonly policy_violations: number;
  readonly protocols_supported: readonly ("rest" | "graphql" | "grpc" | "websocket" | "mcp")[];
  readonly gateway: GatewayState;
  /** Where the data plane listens, as the gateway's own machine reaches it. */
  readonly data_url: string;
  /** What the figures above do not say by themselves. */
  readonly notes: readonly string[];
}

export interface CreatedToken {
  /** The token itself. It is shown this once and kept nowhere. */
  readonly token: string;
  readonly operator: ShownOperator;
}

export interface OperatorList {
  readonly operators: readonly ShownOperator[];
}

export interface RemovedOperator {
  readonly isRemoved: true;
}

export interface ShownOperator {
  readonly id: string;
  readonly name: string;
  /** What they may do: see the table of roles in the security guide. */
  readonly role: "owner" | "admin" | "operator" | "developer" | "analyst" | "auditor";
  readonly tenant?: string;
  readonly project?: string;
  readonly hasPassword: boolean;
  /** The last four characters of their token; `null`: they have none. */
  readonly tokenHint: string | null;
  readonly isDisabled: boolean;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly createdAt: number;
  /** The id of who made them. */
  readonly createdBy: string;
  readonly expiresAt: number | null;
}

export interface WantedOperator {
  /** By which they sign in; nobody else has it. */
  readonly name: string;
  /** What they may do: see the table of roles in the security guide. */
  readonly role: "owner" | "admin" | "operator" | "developer" | "analyst" | "auditor";
  /** They see and change what is of this tenant, and nothing else; absent: everything. */
  readonly tenant?: string;
  /** Of that tenant; absent: all of it. */
  readonly project?: string;
  readonly password?: string;
  readonly expiresAt?: number | null;
  readonly isDisabled?: boolean;
}

/** What is absent stays as it is. */
export interface KeyChanges {
  readonly name?: string;
  /** The person it is given to. */
  readonly user?: string | null;
  /** Globs of model names this may use; empty: all. */
  readonly models?: readonly string[];
  /** Zones one of which its requests must stay in: countries (`de`), `eu`, `eea`, or regions; empty: anywhere. */
  readonly residency?: readonly string[];
  /** What may be touched; a list that is absent or empty: everything of its kind. */
  readonly scope?: {
    readonly lanes?: readonly ("ai" | "raw" | "service" | "realtime")[];
    readonly routes?: readonly string[];
    readonly methods?: readonly string[];
    readonly tools?: readonly string[];
  };
  /** Where it may be used from, as CIDR (`10.0.0.0/8`, `2001:db8::/32`); empty: from anywhere. */
  readonly networks?: readonly string[];
  /** `null`: never. */
  readonly expiresAt?: number | null;
  /** How urgent its requests may be at most; `null`: as they say. */
  readonly priority?: "interactive" | "batch" | null;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface KeyList {
  readonly keys: readonly ShownKey[];
}

export interface LimitList {
  readonly limits: readonly LimitState[];
}

export interface LimitState {
  readonly id: string;
  readonly origin: "file" | "run-time";
  readonly scope: readonly string[];
  readonly unit: string;
  readonly limit: number;
  readonly perMs: number;
  /** The most that can be taken at once. */
  readonly burst: number;
  /** Whom it holds for; empty lists do not restrict. */
  readonly for: {
    readonly tenants: readonly string[];
    readonly projects: readonly string[];
    readonly keys: readonly string[];
    readonly routes: readonly string[];
    readonly models: readonly string[];
  };
  readonly adaptiveFloor: number | null;
  readonly halvedOnAnomaly: boolean;
  /** How much of it is in force; 1: all. */
  readonly factor: number;
  readonly admitted: number;
  readonly refused: number;
  /** Scopes that have taken of it and are not forgotten yet. */
  readonly buckets: number;
  /** How much is taken of the fullest bucket: 1 is all, above it is a debt. */
  readonly fill: number;
  /** Who has taken most, that first; at most ten. */
  readonly top: readonly {
    readonly scope: string;
    readonly taken: number;
    readonly left: number;
  }[];
}

/** What is absent stays as it is. */
export interface OwnerChanges {
  readonly name?: string;
  /** Globs of model names this may use; empty: all. */
  readonly models?: readonly string[];
  /** Zones one of which its requests must stay in: countries (`de`), `eu`, `eea`, or regions; empty: anywhere. */
  readonly residency?: readonly string[];
  /** What may be touched; a list that is absent or empty: everything of its kind. */
  readonly scope?: {
    readonly lanes?: readonly ("ai" | "raw" | "service" | "realtime")[];
    readonly routes?: readonly string[];
    readonly methods?: readonly string[];
    readonly tools?: readonly string[];
  };
  /** Where it may be used from, as CIDR (`10.0.0.0/8`, `2001:db8::/32`); empty: from anywhere. */
  readonly networks?: readonly string[];
  /** `null`: never. */
  readonly expiresAt?: number | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly isDisabled?: boolean;
}

export interface ProjectList {
  readonly projects: readonly ShownProject[];
}

export interface ShownProject {
  readonly id: string;
  readonly name: string;
  /** Globs of model names; empty: all that is allowed above it. */
  readonly models: readonly string[];
  /** Zones one of which requests must stay in; empty: anywhere that is allowed above it. */
  readonly residency: readonly string[];
  /** What may be touched; an empty list: everything of its kind. */
  readonly scope: {
    /** `ai`: the dialects; `raw`: below `/p/`; `service`: routes to services; `realtime`: sessions. */
    readonly lanes: readonly ("ai" | "raw" | "service" | "realtime")[];
    /** Globs of the ids of routes. */
    readonly routes: readonly string[];
    /** HTTP methods. */
    readonly methods: readonly string[];
    /** Globs of the names of tools that a request may bring. */
    readonly tools: readonly string[];
  };
  /** Where it may be used from, as CIDR; empty: from anywhere. */
  readonly networks: readonly string[];
  /** `null`: never. */
  readonly expiresAt: number | null;
  readonly labels: Readonly<Record<string, string>>;
  /** None of its keys is valid as long as it is. */
  readonly isDisabled: boolean;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly createdAt: number;
  readonly tenant: string;
}

export interface ShownTenant {
  readonly id: string;
  readonly name: string;
  /** Globs of model names; empty: all that is allowed above it. */
  readonly models: readonly string[];
  /** Zones one of which requests must stay in; empty: anywhere that is allowed above it. */
  readonly residency: readonly string[];
  /** What may be touched; an empty list: everything of its kind. */
  readonly scope: {
    /** `ai`: the dialects; `raw`: below `/p/`; `service`: routes to services; `realtime`: sessions. */
    readonly lanes: readonly ("ai" | "raw" | "service" | "realtime")[];
    /** Globs of the ids of routes. */
    readonly routes: readonly string[];
    /** HTTP methods. */
    readonly methods: readonly string[];
    /** Globs of the names of tools that a request may bring. */
    readonly tools: readonly string[];
  };
  /** Where it may be used from, as CIDR; empty: from anywhere. */
  readonly networks: readonly string[];
  /** `null`: never. */
  readonly expiresAt: number | null;
  readonly labels: Readonly<Record<string, string>>;
  /** None of its keys is valid as long as it is. */
  readonly isDisabled: boolean;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly createdAt: number;
}

export interface TenantList {
  readonly tenants: readonly ShownTenant[];
}

export interface WantedProject {
  readonly id: string;
  /** Whose it is; absent: `default`. */
  readonly tenant?: string;
  readonly name?: string;
  /** Globs of model names this may use; empty: all. */
  readonly models?: readonly string[];
  /** Zones one of which its requests must stay in: countries (`de`), `eu`, `eea`, or regions; empty: anywhere. */
  readonly residency?: readonly string[];
  /** What may be touched; a list that is absent or empty: everything of its kind. */
  readonly scope?: {
    readonly lanes?: readonly ("ai" | "raw" | "service" | "realtime")[];
    readonly routes?: readonly string[];
    readonly methods?: readonly string[];
    readonly tools?: readonly string[];
  };
  /** Where it may be used from, as CIDR (`10.0.0.0/8`, `2001:db8::/32`); empty: from anywhere. */
  readonly networks?: readonly string[];
  /** `null`: never. */
  readonly expiresAt?: number | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly isDisabled?: boolean;
}

export interface WantedRotation {
  /** How long the old key is valid beside the new one: at most 30 days; absent: 24 hours. */
  readonly overlapMs?: number;
}

export interface WantedTenant {
  readonly id: string;
  readonly name?: string;
  /** Globs of model names this may use; empty: all. */
  readonly models?: readonly string[];
  /** Zones one of which its requests must stay in: countries (`de`), `eu`, `eea`, or regions; empty: anywhere. */
  readonly residency?: readonly string[];
  /** What may be touched; a list that is absent or empty: everything of its kind. */
  readonly scope?: {
    readonly lanes?: readonly ("ai" | "raw" | "service" | "realtime")[];
    readonly routes?: readonly string[];
    readonly methods?: readonly string[];
    readonly tools?: readonly string[];
  };
  /** Where it may be used from, as CIDR (`10.0.0.0/8`, `2001:db8::/32`); empty: from anywhere. */
  readonly networks?: readonly string[];
  /** `null`: never. */
  readonly expiresAt?: number | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly isDisabled?: boolean;
}

export interface LoggedRequest {
  readonly id: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  readonly status: number;
  /** `completed`, `refused`, `failed` or `aborted`. */
  readonly outcome: string;
  /** The model as the client named it. */
  readonly model: string | null;
  readonly provider: string | null;
  readonly keyId: string | null;
  /** Whom it belongs to; `null`: nobody was known. */
  readonly tenant: string | null;
  readonly project: string | null;
  /** The person behind the key or the token; `null`: none is known. */
  readonly user: string | null;
  readonly dialect: string | null;
  /** The route that led to a service; `null`: it was none. */
  readonly route: string | null;
  readonly code: string | null;
  readonly isStream: boolean;
  /** Milliseconds. */
  readonly durationMs: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** 10^-9 US dollars; `null` when the price is not known, never 0. */
  readonly costNanoUsd: number | null;
}

export interface ModelAbility {
  /** `contextTokens`, `outputTokensMax`, `inputs`, `tools`, `reasoning`, … */
  readonly name: string;
  readonly value: number | boolean | readonly string[];
  /** `built in`, `models.dev`, `operator`, `learned`, or a price list with its version. */
  readonly source: string;
  /** The date of what the source says; `null`: it is not dated. */
  readonly asOf: string | null;
}

export interface ModelEntry {
  /** The name a client may use. */
  readonly name: string;
  readonly kind: "pool" | "model" | "pattern";
  /** In the order in which they are tried. */
  readonly targets: readonly ModelTarget[];
}

export interface ModelList {
  readonly models: readonly ModelEntry[];
  /** Models that requests have reached since the start, whatever name led there; the last tried first. */
  readonly seen: readonly ModelTarget[];
}

export interface ModelPrice {
  readonly rates: readonly {
    /** `input`, `output`, `cacheRead`, `cacheWrite5m`, … */
    readonly unit: string;
    /** 10^-9 US dollars for each `per` of the unit. */
    readonly nanoUsd: number;
    readonly per: number;
    /** Other prices for the whole request when its input has more than `above` tokens. */
    readonly tiers: readonly {
      readonly above: number;
      /** 10^-9 US dollars. */
      readonly nanoUsd: number;
    }[];
  }[];
  /** A factor for the whole cost, such as `11/10`. */
  readonly multiply: string | null;
  /** Where the price is from. */
  readonly source: string;
}

export interface ModelTarget {
  readonly provider: string;
  readonly model: string;
  readonly lanes: readonly ({
    /** What the client speaks. */
    readonly dialect: string;
    /** `bytes`: the client gets the provider's own bytes. `canonical`: a translation. `none`: the provider speaks nothing of this purpose. */
    readonly lane: "bytes" | "canonical" | "none";
  })[];
  /** `null`: no price is known, or it is a pattern and has many. */
  readonly price: ModelPrice | null;
  /** All that is known of it; what is not listed is not known. */
  readonly abilities: readonly ModelAbility[];
  /** Tries, those after a failover included. */
  readonly requests: number;
  readonly failures: number;
  /** How the newest try ended; a refusal that is the client's own fault is an answer. `null`: none. */
  readonly lastTry: "answered" | "failed" | null;
  /** The last few, newest first. */
  readonly errors: readonly UpstreamError[];
  /** Time to the first piece of the last streamed answers; `null`: there were none. */
  readonly firstByte: {
    readonly count: number;
    /** Milliseconds. */
    readonly msP50: number;
    /** Milliseconds. */
    readonly msP99: number;
  } | null;
}

export interface Quirk {
  readonly id: string;
  readonly provider: string;
  readonly origin: string;
  readonly dialect: string;
  readonly model: string;
  /** What is done to requests for this model. */
  readonly healing: {
    readonly kind: "remove";
    readonly parameter: string;
  } | {
    readonly kind: "rename";
    readonly parameter: string;
    readonly to: string;
  };
  /** `learned` holds until its time is over, `pinned` for good; `forbidden` is neither applied nor learned again. */
  readonly state: "learned" | "pinned" | "forbidden";
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly learnedAt: number;
  /** `null`: it does not end by itself. */
  readonly until: number | null;
  /** The provider's own words. */
  readonly because: string;
  /** Requests that were changed by it. */
  readonly applied: number;
}

export interface QuirkList {
  readonly quirks: readonly Quirk[];
}

export interface RequestList {
  /** Newest first; oldest first when `after` was given. */
  readonly requests: readonly LoggedRequest[];
  /** The id that leads to the next page, as `before` (as `after` when `after` was given); `null` at the end. */
  readonly next: string | null;
}

export interface RequestRecord {
  readonly id: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  /** The gateway asked on its own account; absent: a client did. */
  readonly aside?: {
    /** `shadow`: the same call at another target; `judge`: how good was an answer? */
    readonly purpose: "shadow" | "judge";
    /** The id of the client's request. */
    readonly of: string;
    /** With which probability that was drawn. */
    readonly share: number;
  };
  readonly method: string;
  readonly path: string;
  readonly dialect: string | null;
  /** The route of `routes` that led to a service; absent: it was none. */
  readonly route?: string;
  readonly keyId: string | null;
  readonly keyName: string | null;
  /** Whom it belongs to; absent: nobody was known. */
  readonly tenant?: string;
  readonly project?: string;
  /** The person behind the key or the token; absent: none is known. */
  readonly user?: string;
  /** The model as the client named it. */
  readonly model: string | null;
  readonly provider: string | null;
  readonly upstreamModel: string | null;
  /** What was spoken to the provider; absent in older records. */
  readonly upstreamDialect?: string | null;
  /** The model that the upstream says answered. */
  readonly answerModel: string | null;
  readonly lane: "bytes" | "canonical" | "raw" | "service" | null;
  readonly isStream: boolean;
  readonly status: number;
  readonly outcome: "completed" | "refused" | "failed" | "aborted";
  readonly code: "malformed_request" | "unsupported_parameter" | "unsupported_content" | "context_length_exceeded" | "content_refused" | "guardrail_blocked" | "upstream_rejected" | "constraints_unsatisfiable" | "unauthenticated" | "signature_invalid" | "replayed" | "policy_denied" | "route_not_found" | "model_not_found" | "method_not_allowed" | "not_acceptable" | "request_timeout" | "deadline_exceeded" | "conflict" | "precondition_failed" | "precondition_required" | "request_too_large" | "uri_too_long" | "unsupported_media_type" | "misdirected" | "upgrade_required" | "rate_limited" | "budget_exhausted" | "headers_too_large" | "client_closed" | "upstream_auth_failed" | "upstream_forbidden" | "upstream_rate_limited" | "upstream_quota_exhausted" | "upstream_overloaded" | "upstream_failed" | "upstream_unreachable" | "upstream_malformed_response" | "upstream_stream_broken" | "upstream_contract_broken" | "recovery_mismatch" | "upstream_timeout" | "hedge_lost" | "residency_violation" | "circuit_open" | "no_eligible_upstream" | "loop_detected" | "price_unknown" | "overloaded" | "storage_unavailable" | "internal" | null;
  /** Why it failed, in the gateway's words. */
  readonly detail: string | null;
  /** The word that a refusal is counted by; absent: its code says all. */
  readonly reason?: string;
  /** The status that a client of gRPC was told. */
  readonly grpcStatus?: number;
  readonly generation: number;
  /** Milliseconds. */
  readonly durationMs: number;
  /** Until the first byte of the answer went out. */
  readonly firstByteMs: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Frames of a stream that went to the client. */
  readonly events: number;
  readonly finish: "stop" | "stop-sequence" | "length" | "context-length" | "tool-calls" | "refusal" | "content-filter" | "pause" | "other" | null;
  /** Whether the answer held what the tools or the schema of the request ask for: `kept`, or what is wrong; absent: nobody looked. */
  readonly contract?: string;
  readonly usage: Usage | null;
  readonly cost: Cost | null;
  readonly warnings: readonly Warning[];
  readonly attempts: readonly AttemptRecord[];
  /** Each door's decision and reason, in order. */
  readonly stages: readonly StageRecord[];
}

export interface Series {
  /** Length of a bucket in milliseconds. */
  readonly bucketMs: 5000;
  /** Oldest first. */
  readonly points: readonly SeriesPoint[];
}

export interface SeriesPoint {
  /** Start of the bucket: milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  readonly requests: number;
  readonly errors: number;
  readonly latencyMsP50: number | null;
  readonly latencyMsP99: number | null;
  /** Sum of the known costs, 10^-9 US dollars. */
  readonly costNanoUsd: number;
  /** Requests whose price is not known. */
  readonly unpriced: number;
}

export interface ShownKey {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly project: string;
  /** The person it was given to. */
  readonly user: string | null;
  /** The key's last four characters. */
  readonly hint: string;
  /** Globs of model names; empty: all that is allowed above it. */
  readonly models: readonly string[];
  /** Zones one of which requests must stay in; empty: anywhere that is allowed above it. */
  readonly residency: readonly string[];
  /** What may be touched; an empty list: everything of its kind. */
  readonly scope: {
    /** `ai`: the dialects; `raw`: below `/p/`; `service`: routes to services; `realtime`: sessions. */
    readonly lanes: readonly ("ai" | "raw" | "service" | "realtime")[];
    /** Globs of the ids of routes. */
    readonly routes: readonly string[];
    /** HTTP methods. */
    readonly methods: readonly string[];
    /** Globs of the names of tools that a request may bring. */
    readonly tools: readonly string[];
  };
  /** Where it may be used from, as CIDR; empty: from anywhere. */
  readonly networks: readonly string[];
  /** `null`: never. */
  readonly expiresAt: number | null;
  /** How urgent its requests may be at most; `null`: as they say. */
  readonly priority: "interactive" | "batch" | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The key as it was before its last rotation is still valid; `null`: it is not. */
  readonly previous: {
    /** `null`: until the next rotation. */
    readonly until: number | null;
  } | null;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly createdAt: number;
  readonly revokedAt: number | null;
  /** To a minute or so; `null`: never. */
  readonly lastUsedAt: number | null;
}

export type SignIn = {
  /** The one-time code of the admin link. */
  readonly code: string;
} | {
  readonly name: string;
  readonly password: string;
};

export interface SignedIn {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly expiresAt: number;
}

export interface SignedOut {
  readonly isSignedIn: false;
}

export interface StageRecord {
  readonly stage: "decode" | "identify" | "authorize" | "admit" | "assign" | "recall" | "plan" | "fund" | "attempt" | "encode" | "settle";
  readonly decision: string;
  readonly reason: string;
  /** Milliseconds since the request arrived. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly tookMs: number;
}

export interface UpstreamError {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  readonly code: string;
  /** `null`: there was no answer. */
  readonly status: number | null;
  /** The upstream's name of the model; empty on the raw lane, which does not read it. */
  readonly model: string;
  /** In the provider's own words; `null`: they are not known. */
  readonly message: string | null;
  /** The request it was a try of; `null` while that goes on. */
  readonly requestId: string | null;
}

export interface UpstreamList {
  readonly upstreams: readonly UpstreamState[];
}

export interface UpstreamState {
  readonly provider: string;
  /** The catalogue entry it follows; `null`: the operator's own. */
  readonly known: string | null;
  /** All of `dialects`, as one text. */
  readonly dialect: string;
  /** What it speaks. */
  readonly dialects: readonly string[];
  readonly lanes: readonly ({
    /** What the client speaks. */
    readonly dialect: string;
    /** `bytes`: the client gets the provider's own bytes. `canonical`: a translation. `none`: the provider speaks nothing of this purpose. */
    readonly lane: "bytes" | "canonical" | "none";
  })[];
  /** Scheme, host and port; never a path or a credential. */
  readonly origin: string;
  readonly region: string | null;
  /** How it knows us; never the credential itself. `headers`: by those the configuration sets, if at all. */
  readonly credential: "key" | "signature" | "headers" | "none";
  /** Names and globs that lead to it without its own name before them. */
  readonly names: readonly string[];
  /** `null` where it speaks no Chat Completions. */
  readonly profile: {
    readonly id: string;
    readonly ways: readonly ({
      readonly name: string;
      /** `null`: not known. */
      readonly value: string | null;
      /** Whether it is as OpenAI has it. */
      readonly isUsual: boolean;
    })[];
  } | null;
  /** The newest of `errors`, without words. */
  readonly lastError: {
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    readonly at: number;
    readonly code: string;
    readonly status: number | null;
  } | null;
  /** Tries, those after a failover included. */
  readonly requests: number;
  readonly failures: number;
  /** How the newest try ended; a refusal that is the client's own fault is an answer. `null`: none. */
  readonly lastTry: "answered" | "failed" | null;
  /** The last few, newest first. */
  readonly errors: readonly UpstreamError[];
  /** Time to the first piece of the last streamed answers; `null`: there were none. */
  readonly firstByte: {
    readonly count: number;
    /** Milliseconds. */
    readonly msP50: number;
    /** Milliseconds. */
    readonly msP99: number;
  } | null;
}

export interface Usage {
  readonly input: {
    readonly total?: number;
    readonly uncached?: number;
    readonly cacheRead?: number;
    readonly cacheWrite5m?: number;
    readonly cacheWrite1h?: number;
    readonly cacheWriteOther?: number;
    readonly audio?: number;
  };
  readonly output: {
    readonly total?: number;
    readonly reasoning?: number;
    readonly audio?: number;
  };
  /** Provider-run tools and the like, by name. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly tier?: string;
  /** Where the provider says it ran the call. */
  readonly region?: string;
  /** What the provider says the call cost, 10^-9 US dollars. */
  readonly reportedNanoUsd?: number;
  readonly basis: "reported" | "partial" | "estimated";
  /** The provider's own usage object. */
  readonly raw?: unknown;
}

export interface WantedBreakerMode {
  /** `metrics_only`: it is shown what would be done, and nothing is held back. */
  readonly mode: "auto" | "forced_open" | "forced_closed" | "metrics_only";
}

export interface WantedKey {
  readonly name: string;
  /** Whose it is; absent: `default`. */
  readonly tenant?: string;
  /** A project of that tenant; absent: `default`. */
  readonly project?: string;
  /** The person it is given to. */
  readonly user?: string | null;
  /** Globs of model names this may use; empty: all. */
  readonly models?: readonly string[];
  /** Zones one of which its requests must stay in: countries (`de`), `eu`, `eea`, or regions; empty: anywhere. */
  readonly residency?: readonly string[];
  /** What may be touched; a list that is absent or empty: everything of its kind. */
  readonly scope?: {
    readonly lanes?: readonly ("ai" | "raw" | "service" | "realtime")[];
    readonly routes?: readonly string[];
    readonly methods?: readonly string[];
    readonly tools?: readonly string[];
  };
  /** Where it may be used from, as CIDR (`10.0.0.0/8`, `2001:db8::/32`); empty: from anywhere. */
  readonly networks?: readonly string[];
  /** `null`: never. */
  readonly expiresAt?: number | null;
  /** How urgent its requests may be at most; `null`: as they say. */
  readonly priority?: "interactive" | "batch" | null;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface WantedLimit {
  /** Each of these has a bucket of its own; several: each combination. An IPv6 address counts as its /64. A request that has no such thing, as a model on a route to a service, is not counted. */
  readonly scope?: readonly ("key" | "user" | "project" | "tenant" | "ip" | "route" | "model" | "provider" | "credential" | "tool" | "global")[];
  /** `concurrent`: at the same time. Tokens and money are reserved by an estimate and counted by what the answer says it took. */
  readonly unit?: "requests" | "input_tokens" | "output_tokens" | "total_tokens" | "cost_nano_usd" | "content_bytes" | "graphql_cost" | "concurrent";
  /** So many units flow back in `perMs`; of `concurrent`: so many at the same time. */
  readonly limit: number;
  /** The span of `limit`. */
  readonly perMs?: number;
  /** The most that can be taken at once; as much as `limit` when absent. */
  readonly burst?: number;
  /** For these tenants only; empty: all. `*` stands for any characters, here and below. */
  readonly tenants?: readonly string[];
  /** For these projects only. */
  readonly projects?: readonly string[];
  /** For these client keys only, by id or name. */
  readonly keys?: readonly string[];
  /** For these only: names of `routes`, or of the gateway's own as the request log has them. */
  readonly routes?: readonly string[];
  /** For these only: what clients ask for, pools and models. */
  readonly models?: readonly string[];
  /** The limit shrinks by a fifth with each 5 s in which more than 5 % of the tries at upstreams were throttled or the gateway was overloaded, and grows by a twentieth of the whole with each other 5 s. */
  readonly adaptive?: {
    /** It does not shrink below this share. */
    readonly floor?: number;
  };
  /** Half of it for ten minutes for a key whose behaviour is not what it was. */
  readonly halvedOnAnomaly?: boolean;
}

export interface WantedQuirkState {
  /** `learned` holds until its time is over, `pinned` for good; `forbidden` is neither applied nor learned again. */
  readonly state: "learned" | "pinned" | "forbidden";
}

export interface CreatedSigningKey {
  /** The secret of `hmac-sha256`. It is shown this once, and kept sealed; of others: null. */
  readonly secret: string | null;
  readonly entry: ShownSigningKey;
}

export interface ShownSigningKey {
  /** What signatures call `keyid`. */
  readonly id: string;
  readonly name: string;
  /** How it signs; nothing that a request says changes it. */
  readonly algorithm: "hmac-sha256" | "ed25519" | "ecdsa-p256-sha256";
  /** The client key that it stands for: it may do what that one may. */
  readonly clientKeyId: string;
  /** PEM; absent: it is a secret. */
  readonly publicKey?: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

export interface SigningKeyList {
  readonly keys: readonly ShownSigningKey[];
}

export interface WantedSigningKey {
  readonly name: string;
  /** How it signs; nothing that a request says changes it. */
  readonly algorithm?: "hmac-sha256" | "ed25519" | "ecdsa-p256-sha256";
  /** The client key that it stands for. */
  readonly clientKeyId: string;
  /** PEM (SPKI), of all algorithms but `hmac-sha256`: the private key stays with whoever signs. */
  readonly publicKey?: string;
  /** When it ends; absent: with its client key. */
  readonly expiresAt?: number | null;
}

export interface Warning {
  readonly kind: "dropped" | "clamped" | "changed" | "defaulted" | "emulated" | "healed" | "continuity-lost" | "unpriced" | "unmetered";
  readonly subject: string;
  readonly note?: string;
}

/** The gateway in figures. @public */
export function readStats(options: CallOptions = {}): Promise<GatewayStats> {
  return send({ method: "GET", path: "/api/gateway/stats", options });
}

/** Fault-injection experiments. @public */
export function listChaosExperiments(options: CallOptions = {}): Promise<ChaosExperimentList> {
  return send({ method: "GET", path: "/api/gateway/chaos/experiments", options });
}

/** The circuit breakers of all targets, by provider. @public */
export function listCircuitBreakers(options: CallOptions = {}): Promise<CircuitBreakerList> {
  return send({ method: "GET", path: "/api/gateway/circuit-breakers", options });
}

/** Opens or closes the breaker of a target (`provider/model`) by hand, or leaves it to itself again. @public */
export function setBreakerMode(id: string, body: WantedBreakerMode, options: CallOptions = {}): Promise<CircuitBreaker> {
  return send({ method: "POST", path: `/api/gateway/circuit-breakers/${encodeURIComponent(id)}:mode`, body, options });
}

/** The audit log, a page at a time. @public */
export function listAudit(query: {
  readonly limit?: number;
  /** Only records before this index, for paging. */
  readonly before?: number;
  /** Not older: `2026-11-28T12:00:00.000Z`. */
  readonly since?: string;
  /** Not as young. */
  readonly until?: string;
  /** A type, or the beginning of some: `key.`. */
  readonly type?: string;
  readonly tenant?: string;
  /** `key:ID`, `admin:bearer`, … */
  readonly actor?: string;
  /** One record. */
  readonly index?: number;
} = {}, options: CallOptions = {}): Promise<AuditList> {
  return send({ method: "GET", path: "/api/gateway/audit", query: { ...query }, options });
}

/** The state of the audit log, signed now, and the key that signs. @public */
export function readAuditCheckpoint(options: CallOptions = {}): Promise<AuditCheckpoint> {
  return send({ method: "GET", path: "/api/gateway/audit/checkpoint", options });
}

/** That a record is in the log (`index`), or that the log has only grown (`from`). @public */
export function readAuditProof(query: {
  /** That this record is in the log. */
  readonly index?: number;
  /** Of the tree; all of it by default. */
  readonly size?: number;
  /** That the tree of this size is the beginning of a larger one. */
  readonly from?: number;
  /** The larger one; all of it by default. */
  readonly to?: number;
} = {}, options: CallOptions = {}): Promise<AuditProof> {
  return send({ method: "GET", path: "/api/gateway/audit/proof", query: { ...query }, options });
}

/** Makes the tree anew from all records and holds it against every checkpoint. @public */
export function verifyAudit(body: WantedAuditVerification, options: CallOptions = {}): Promise<AuditFinding> {
  return send({ method: "POST", path: "/api/gateway/audit:verify", body, options });
}

/** Erases a personal value (`INDEX.FIELD`) for good; the log stays provable. @public */
export function eraseAuditValue(id: string, options: CallOptions = {}): Promise<ErasedAuditValue> {
  return send({ method: "DELETE", path: `/api/gateway/audit/values/${encodeURIComponent(id)}`, options });
}

/** How fast targets are among how many requests, what they are at work on, and how well; and the endpoints of providers that have several. @public */
export function listEndpoints(options: CallOptions = {}): Promise<EndpointList> {
  return send({ method: "GET", path: "/api/gateway/balancing", options });
}

/** The endpoints of a provider that has several. @public */
export function readEndpoints(id: string, options: CallOptions = {}): Promise<EndpointPool> {
  return send({ method: "GET", path: `/api/gateway/balancing/${encodeURIComponent(id)}`, options });
}

/** Takes an endpoint (`provider/endpoint`, as one segment) out as its own failures would: for 30 s, longer each further time. @public */
export function ejectEndpoint(id: string, options: CallOptions = {}): Promise<EndpointPool> {
  return send({ method: "POST", path: `/api/gateway/balancing/${encodeURIComponent(id)}:eject`, options });
}

/** Sends an endpoint (`provider/endpoint`, as one segment) no new calls until it is restored; those in flight end. @public */
export function drainEndpoint(id: string, options: CallOptions = {}): Promise<EndpointPool> {
  return send({ method: "POST", path: `/api/gateway/balancing/${encodeURIComponent(id)}:drain`, options });
}

/** Takes an endpoint (`provider/endpoint`, as one segment) back that was ejected or drained; it starts slowly. @public */
export function restoreEndpoint(id: string, options: CallOptions = {}): Promise<EndpointPool> {
  return send({ method: "POST", path: `/api/gateway/balancing/${encodeURIComponent(id)}:restore`, options });
}

/** The budgets: what is spent, held and left of each, and when it runs out. @public */
export function listBudgets(options: CallOptions = {}): Promise<BudgetList> {
  return send({ method: "GET", path: "/api/gateway/budgets", options });
}

/** Makes a budget. @public */
export function createBudget(id: string, body: WantedBudget, options: CallOptions = {}): Promise<Budget> {
  return send({ method: "POST", path: `/api/gateway/budgets/${encodeURIComponent(id)}`, body, options });
}

/** Makes or changes a budget; what it has spent stays. @public */
export function setBudget(id: string, body: WantedBudget, options: CallOptions = {}): Promise<Budget> {
  return send({ method: "PUT", path: `/api/gateway/budgets/${encodeURIComponent(id)}`, body, options });
}

/** Takes a budget away; its ledger stays. @public */
export function removeBudget(id: string, options: CallOptions = {}): Promise<BudgetList> {
  return send({ method: "DELETE", path: `/api/gateway/budgets/${encodeURIComponent(id)}`, options });
}

/** The ledger of a budget, newest first. @public */
export function listLedger(id: string, query: {
  /** Only entries before this id, for paging. */
  readonly before?: number;
  readonly limit?: number;
} = {}, options: CallOptions = {}): Promise<LedgerPage> {
  return send({ method: "GET", path: `/api/gateway/budgets/${encodeURIComponent(id)}/entries`, query: { ...query }, options });
}

/** Where content of requests may go, and how often it was kept from going elsewhere. @public */
export function readRegions(options: CallOptions = {}): Promise<RegionsState> {
  return send({ method: "GET", path: "/api/gateway/regions", options });
}

/** Trusts a target (`provider/model`) again that has run a call outside its zone. @public */
export function admitTarget(id: string, options: CallOptions = {}): Promise<RegionsState> {
  return send({ method: "POST", path: `/api/gateway/regions/${encodeURIComponent(id)}:admit`, options });
}

/** What guardrails have found since the process began, and the latest blocks; never what was found. @public */
export function readGuardrails(options: CallOptions = {}): Promise<GuardrailState> {
  return send({ method: "GET", path: "/api/gateway/guardrails", options });
}

/** How many replicas pools will need, and why. @public */
export function readScaling(options: CallOptions = {}): Promise<ScalingState> {
  return send({ method: "GET", path: "/api/gateway/scaling", options });
}

/** The pools that choose by a strategy, with their rules and last decisions. @public */
export function listRoutes(options: CallOptions = {}): Promise<RouteList> {
  return send({ method: "GET", path: "/api/gateway/routing", options });
}

/** Stops or resumes what a pool learns, or forgets what it has learned. @public */
export function steerRoute(id: string, body: WantedLearning, options: CallOptions = {}): Promise<RouteState> {
  return send({ method: "POST", path: `/api/gateway/routing/${encodeURIComponent(id)}:learning`, body, options });
}

/** What another policy would have come to on the judged requests of a pool that learns; nothing is sent. @public */
export function evaluateRoute(id: string, body: WantedEvaluation, options: CallOptions = {}): Promise<RouteEvaluation> {
  return send({ method: "POST", path: `/api/gateway/routing/${encodeURIComponent(id)}:evaluate`, body, options });
}

/** Where a request would go, and why; nothing is sent. @public */
export function decideRoute(body: WantedDecision, options: CallOptions = {}): Promise<RouteDecision> {
  return send({ method: "POST", path: "/api/gateway/routing:decide", body, options });
}

/** The routes to services: what they take, where they lead, and what has come by them. @public */
export function listServiceRoutes(options: CallOptions = {}): Promise<ServiceRouteList> {
  return send({ method: "GET", path: "/api/gateway/routes", options });
}

/** The services: where they are, which routes lead to them, and how they have done. @public */
export function listServices(options: CallOptions = {}): Promise<ServiceList> {
  return send({ method: "GET", path: "/api/gateway/services", options });
}

/** The routes of GraphQL: schema, subgraphs, and the operations that were asked for, without variables. @public */
export function listGraphqlRoutes(options: CallOptions = {}): Promise<GraphqlRouteList> {
  return send({ method: "GET", path: "/api/gateway/graphql", options });
}

/** The routes of gRPC: calls by the status that they were told, messages, and who serves them. @public */
export function listGrpcRoutes(options: CallOptions = {}): Promise<GrpcRouteList> {
  return send({ method: "GET", path: "/api/gateway/grpc", options });
}

/** The WebSockets that are open: whose, since when, and how much they have carried. @public */
export function listSockets(options: CallOptions = {}): Promise<SocketList> {
  return send({ method: "GET", path: "/api/gateway/sockets", options });
}

/** Tokens of issuers that count no more though they are not over. @public */
export function listDeniedTokens(options: CallOptions = {}): Promise<DeniedTokenList> {
  return send({ method: "GET", path: "/api/gateway/denied-tokens", options });
}

/** Denies a token of an issuer from now on; what it has open ends. @public */
export function denyToken(body: WantedDenial, options: CallOptions = {}): Promise<DeniedToken> {
  return send({ method: "POST", path: "/api/gateway/denied-tokens", body, options });
}

/** Takes the denial of a token back. @public */
export function allowToken(id: string, options: CallOptions = {}): Promise<DeniedToken> {
  return send({ method: "DELETE", path: `/api/gateway/denied-tokens/${encodeURIComponent(id)}`, options });
}

/** The policies in force, and what each has done. @public */
export function listPolicies(options: CallOptions = {}): Promise<PoliciesState> {
  return send({ method: "GET", path: "/api/gateway/policies", options });
}

/** Adds a policy. @public */
export function createPolicy(body: WantedPolicy, options: CallOptions = {}): Promise<PoliciesState> {
  return send({ method: "POST", path: "/api/gateway/policies", body, options });
}

/** Puts a policy in the place of the one of this id. @public */
export function setPolicy(id: string, body: WantedPolicy, options: CallOptions = {}): Promise<PoliciesState> {
  return send({ method: "PUT", path: `/api/gateway/policies/${encodeURIComponent(id)}`, body, options });
}

/** Takes a policy away that was set while the gateway runs. @public */
export function removePolicy(id: string, options: CallOptions = {}): Promise<PoliciesState> {
  return send({ method: "DELETE", path: `/api/gateway/policies/${encodeURIComponent(id)}`, options });
}

/** What these policies would come to in the place of all that were set while the gateway runs; nothing changes. @public */
export function previewPolicies(body: WantedPolicies, options: CallOptions = {}): Promise<PolicyPreview> {
  return send({ method: "POST", path: "/api/gateway/policies:preview", body, options });
}

/** Puts them in force; `If-Match` names the revision that was seen. @public */
export function commitPolicies(body: WantedPolicies, options: CallOptions = {}): Promise<PoliciesState> {
  return send({ method: "POST", path: "/api/gateway/policies:commit", body, options });
}

/** The last revisions of what was set while the gateway runs, newest first. @public */
export function listPolicyVersions(options: CallOptions = {}): Promise<PolicyVersionList> {
  return send({ method: "GET", path: "/api/gateway/policies:versions", options });
}

/** Puts the policies of an earlier revision in force again, as a new one. @public */
export function rollBackPolicies(body: WantedRollback, options: CallOptions = {}): Promise<PoliciesState> {
  return send({ method: "POST", path: "/api/gateway/policies:rollback", body, options });
}

/** What the policies in force say of these facts; no request is made. @public */
export function evaluatePolicies(body: PolicyQuestion, options: CallOptions = {}): Promise<PolicyAnswer> {
  return send({ method: "POST", path: "/api/gateway/policies:evaluate", body, options });
}

/** What policies would have come to on recorded requests. @public */
export function simulatePolicies(body: WantedSimulation, options: CallOptions = {}): Promise<PolicySimulation> {
  return send({ method: "POST", path: "/api/gateway/policies:simulate", body, options });
}

/** Requests that policies have denied, or would have, newest first. @public */
export function listViolations(query: {
  readonly policy?: string;
  readonly tenant?: string;
  /** The id of the key that asked. */
  readonly key?: string;
  /** `enforce`: it was denied; `shadow`: it would have been. */
  readonly mode?: "enforce" | "shadow";
  /** ms since 1970. */
  readonly since?: number;
  /** ms since 1970; that moment is not of it. */
  readonly until?: number;
  readonly limit?: number;
} = {}, options: CallOptions = {}): Promise<ViolationList> {
  return send({ method: "GET", path: "/api/gateway/violations", query: { ...query }, options });
}

/** Who uses the admin API: people and programs, with what they may do. @public */
export function listOperators(options: CallOptions = {}): Promise<OperatorList> {
  return send({ method: "GET", path: "/api/gateway/operators", options });
}

/** Makes somebody, with no more than the caller has. @public */
export function createOperator(body: WantedOperator, options: CallOptions = {}): Promise<ShownOperator> {
  return send({ method: "POST", path: "/api/gateway/operators", body, options });
}

/** Changes somebody: what they may do from the next request on. @public */
export function updateOperator(id: string, body: WantedOperator, options: CallOptions = {}): Promise<ShownOperator> {
  return send({ method: "PUT", path: `/api/gateway/operators/${encodeURIComponent(id)}`, body, options });
}

/** Removes somebody: their sessions and their token end at once. @public */
export function removeOperator(id: string, options: CallOptions = {}): Promise<RemovedOperator> {
  return send({ method: "DELETE", path: `/api/gateway/operators/${encodeURIComponent(id)}`, options });
}

/** Gives somebody a new token in the place of the one they had; the answer is the only place where it is shown. @public */
export function giveOperatorToken(id: string, options: CallOptions = {}): Promise<CreatedToken> {
  return send({ method: "POST", path: `/api/gateway/operators/${encodeURIComponent(id)}:token`, options });
}

/** Targets and credentials that are left alone for a time, since they said so or were refused. @public */
export function listCoolDowns(options: CallOptions = {}): Promise<CoolDownList> {
  return send({ method: "GET", path: "/api/gateway/cooldowns", options });
}

/** Ends the cool-down of a target (`provider/model`) or of a provider's credential (`provider`). @public */
export function endCoolDown(id: string, options: CallOptions = {}): Promise<CoolDownList> {
  return send({ method: "DELETE", path: `/api/gateway/cooldowns/${encodeURIComponent(id)}`, options });
}

/** Feature flags. @public */
export function listFeatureFlags(options: CallOptions = {}): Promise<FeatureFlagList> {
  return send({ method: "GET", path: "/api/gateway/feature-flags", options });
}

/** A/B tests. @public */
export function listABTests(options: CallOptions = {}): Promise<ABTestList> {
  return send({ method: "GET", path: "/api/gateway/ab-tests", options });
}

/** Canary deployments. @public */
export function listCanaryDeployments(options: CallOptions = {}): Promise<CanaryDeploymentList> {
  return send({ method: "GET", path: "/api/gateway/canary-deployments", options });
}

/** The providers and how they have done. @public */
export function listUpstreams(options: CallOptions = {}): Promise<UpstreamList> {
  return send({ method: "GET", path: "/api/gateway/upstreams", options });
}

/** The names a client may use and where each leads. @public */
export function listModels(options: CallOptions = {}): Promise<ModelList> {
  return send({ method: "GET", path: "/api/gateway/models", options });
}

/** What was learned of models from the refusals of their providers. @public */
export function listQuirks(options: CallOptions = {}): Promise<QuirkList> {
  return send({ method: "GET", path: "/api/gateway/quirks", options });
}

/** Pins what was learned, forbids it, or leaves it to time again. @public */
export function setQuirk(id: string, body: WantedQuirkState, options: CallOptions = {}): Promise<Quirk> {
  return send({ method: "PUT", path: `/api/gateway/quirks/${encodeURIComponent(id)}`, body, options });
}

/** Calls between dialects, and what was declared of them. @public */
export function listTranslations(options: CallOptions = {}): Promise<TranslationList> {
  return send({ method: "GET", path: "/api/gateway/translations", options });
}

/** What an upstream would be sent for a client's request, and what would be lost; nothing is sent. @public */
export function translateRequest(body: WantedTranslation, options: CallOptions = {}): Promise<Translated> {
  return send({ method: "POST", path: "/api/gateway/translate", body, options });
}

/** Rate limits: how much is taken, by whom, and how much of each is in force. @public */
export function listLimits(options: CallOptions = {}): Promise<LimitList> {
  return send({ method: "GET", path: "/api/gateway/limits", options });
}

/** Sets a limit while the gateway runs, or replaces it; whoever has taken of it has still taken it. @public */
export function setLimit(id: string, body: WantedLimit, options: CallOptions = {}): Promise<LimitState> {
  return send({ method: "PUT", path: `/api/gateway/limits/${encodeURIComponent(id)}`, body, options });
}

/** Removes a limit that was set while the gateway ran. @public */
export function removeLimit(id: string, options: CallOptions = {}): Promise<LimitList> {
  return send({ method: "DELETE", path: `/api/gateway/limits/${encodeURIComponent(id)}`, options });
}

/** The price book, what it does not know, and where providers charge otherwise. @public */
export function readPrices(options: CallOptions = {}): Promise<PricesState> {
  return send({ method: "GET", path: "/api/gateway/prices", options });
}

/** Replaces the price rows that were set while the gateway runs. @public */
export function setPriceRows(body: WantedPriceRows, options: CallOptions = {}): Promise<PricesState> {
  return send({ method: "PUT", path: "/api/gateway/prices/rows", body, options });
}

/** How the cost of a request came about. @public */
export function explainPrice(id: string, options: CallOptions = {}): Promise<PriceExplanation> {
  return send({ method: "GET", path: `/api/gateway/prices/explain/${encodeURIComponent(id)}`, options });
}

/** What was spent day by day, and what the month will have cost at its end. @public */
export function readCostForecast(query: {
  /** `all` by default; `key:ID`, `route:MODEL` or `provider:ID`. */
  readonly scope?: string;
  /** A budget of the month, US dollars: the answer says when it runs out. */
  readonly budgetUsd?: number;
} = {}, options: CallOptions = {}): Promise<CostForecast> {
  return send({ method: "GET", path: "/api/gateway/costs/forecast", query: { ...query }, options });
}

/** What is known of models from outside: in use, and waiting for approval. @public */
export function readCatalog(options: CallOptions = {}): Promise<CatalogState> {
  return send({ method: "GET", path: "/api/gateway/catalog", options });
}

/** Fetches what is known of models now. @public */
export function refreshCatalog(options: CallOptions = {}): Promise<CatalogState> {
  return send({ method: "POST", path: "/api/gateway/catalog/refresh", options });
}

/** Puts what was fetched to use. @public */
export function approveCatalog(body: ApprovedCatalog, options: CallOptions = {}): Promise<CatalogState> {
  return send({ method: "POST", path: "/api/gateway/catalog/approve", body, options });
}

/** The last minutes in buckets of five seconds. @public */
export function readSeries(query: {
  /** How far back. */
  readonly minutes?: number;
} = {}, options: CallOptions = {}): Promise<Series> {
  return send({ method: "GET", path: "/api/gateway/series", query: { ...query }, options });
}

/** The request log, a page at a time. @public */
export function listRequests(query: {
  readonly limit?: number;
  /** Only requests before this id, for paging. */
  readonly before?: string;
  /** Only requests after this id, oldest first, for following. */
  readonly after?: string;
  readonly status?: "ok" | "error";
  readonly model?: string;
  readonly keyId?: string;
  /** Only what belongs to this tenant. */
  readonly tenant?: string;
  /** Only what belongs to this project. */
  readonly project?: string;
  /** Only what this person asked. */
  readonly user?: string;
  /** The route of `routes` that led to a service. */
  readonly route?: string;
  /** Substring of id, model, provider or error code. */
  readonly search?: string;
} = {}, options: CallOptions = {}): Promise<RequestList> {
  return send({ method: "GET", path: "/api/gateway/requests", query: { ...query }, options });
}

/** Everything that is kept of one request. @public */
export function readRequest(id: string, options: CallOptions = {}): Promise<RequestRecord> {
  return send({ method: "GET", path: `/api/gateway/requests/${encodeURIComponent(id)}`, options });
}

/** The client keys, without the keys themselves. @public */
export function listKeys(options: CallOptions = {}): Promise<KeyList> {
  return send({ method: "GET", path: "/api/gateway/keys", options });
}

/** Makes a client key; the answer is the only place where it is shown. @public */
export function createKey(body: WantedKey, options: CallOptions = {}): Promise<CreatedKey> {
  return send({ method: "POST", path: "/api/gateway/keys", body, options });
}

/** Changes what a client key may do, from the next request on. @public */
export function updateKey(id: string, body: KeyChanges, options: CallOptions = {}): Promise<ShownKey> {
  return send({ method: "PUT", path: `/api/gateway/keys/${encodeURIComponent(id)}`, body, options });
}

/** Revokes a client key, from the next request on. @public */
export function revokeKey(id: string, options: CallOptions = {}): Promise<ShownKey> {
  return send({ method: "DELETE", path: `/api/gateway/keys/${encodeURIComponent(id)}`, options });
}

/** Gives a client key a new secret; the old one is valid for a while beside it. @public */
export function rotateKey(id: string, body: WantedRotation, options: CallOptions = {}): Promise<CreatedKey> {
  return send({ method: "POST", path: `/api/gateway/keys/${encodeURIComponent(id)}:rotate`, body, options });
}

/** Who may hold keys. @public */
export function listTenants(options: CallOptions = {}): Promise<TenantList> {
  return send({ method: "GET", path: "/api/gateway/tenants", options });
}

/** Makes a tenant. @public */
export function createTenant(body: WantedTenant, options: CallOptions = {}): Promise<ShownTenant> {
  return send({ method: "POST", path: "/api/gateway/tenants", body, options });
}

/** Changes a tenant, and with it what its projects and keys may do. @public */
export function updateTenant(id: string, body: OwnerChanges, options: CallOptions = {}): Promise<ShownTenant> {
  return send({ method: "PUT", path: `/api/gateway/tenants/${encodeURIComponent(id)}`, body, options });
}

/** Removes a tenant that has no projects. @public */
export function removeTenant(id: string, options: CallOptions = {}): Promise<ShownTenant> {
  return send({ method: "DELETE", path: `/api/gateway/tenants/${encodeURIComponent(id)}`, options });
}

/** The projects of all tenants. @public */
export function listProjects(options: CallOptions = {}): Promise<ProjectList> {
  return send({ method: "GET", path: "/api/gateway/projects", options });
}

/** Makes a project of a tenant; it may hold no more than that. @public */
export function createProject(body: WantedProject, options: CallOptions = {}): Promise<ShownProject> {
  return send({ method: "POST", path: "/api/gateway/projects", body, options });
}

/** Changes a project (`tenant/project`, as one segment), and with it what its keys may do. @public */
export function updateProject(id: string, body: OwnerChanges, options: CallOptions = {}): Promise<ShownProject> {
  return send({ method: "PUT", path: `/api/gateway/projects/${encodeURIComponent(id)}`, body, options });
}

/** Removes a project (`tenant/project`, as one segment) that has no valid keys. @public */
export function removeProject(id: string, options: CallOptions = {}): Promise<ShownProject> {
  return send({ method: "DELETE", path: `/api/gateway/projects/${encodeURIComponent(id)}`, options });
}

/** The keys by which requests are signed, without their secrets. @public */
export function listSigningKeys(options: CallOptions = {}): Promise<SigningKeyList> {
  return send({ method: "GET", path: "/api/gateway/signing-keys", options });
}

/** Makes a signing key; the answer is the only place where its secret is shown. @public */
export function createSigningKey(body: WantedSigningKey, options: CallOptions = {}): Promise<CreatedSigningKey> {
  return send({ method: "POST", path: "/api/gateway/signing-keys", body, options });
}

/** Revokes a signing key, from the next request on. @public */
export function revokeSigningKey(id: string, options: CallOptions = {}): Promise<ShownSigningKey> {
  return send({ method: "DELETE", path: `/api/gateway/signing-keys/${encodeURIComponent(id)}`, options });
}

/** The running configuration, and what is wrong with a newer one. @public */
export function readConfig(options: CallOptions = {}): Promise<ConfigState> {
  return send({ method: "GET", path: "/api/gateway/config", options });
}

/** What a configuration text would change. Changes nothing. @public */
export function planConfig(body: ConfigText, options: CallOptions = {}): Promise<ConfigPlan> {
  return send({ method: "POST", path: "/api/gateway/config/plan", body, options });
}

/** Reads the configuration file again now. @public */
export function reloadConfig(options: CallOptions = {}): Promise<ConfigState> {
  return send({ method: "POST", path: "/api/gateway/config/reload", options });
}

/** Trades the one-time code of the admin link, or a name and its password, for a session cookie. @public */
export function signIn(body: SignIn, options: CallOptions = {}): Promise<SignedIn> {
  return send({ method: "POST", path: "/api/gateway/session", body, options });
}

/** Who the caller is. @public */
export function readSession(options: CallOptions = {}): Promise<Caller> {
  return send({ method: "GET", path: "/api/gateway/session", options });
}

/** Ends the session of the cookie. @public */
export function signOut(options: CallOptions = {}): Promise<SignedOut> {
  return send({ method: "DELETE", path: "/api/gateway/session", options });
}

/** This document. @public */
export function readOpenApi(options: CallOptions = {}): Promise<Readonly<Record<string, unknown>>> {
  return send({ method: "GET", path: "/api/gateway/openapi.json", options });
}
