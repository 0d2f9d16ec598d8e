import {
  createRepeats,
  type GuardrailSettings,
  type Guardrails,
  guardRequest,
  lateScore,
  ruleAgainst,
  type Told,
  toolFacts,
} from "../capabilities/guardrail/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { createTimeShare } from "../kernel/time-share.ts";
import type { Clock } from "../ports/clock.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Meter } from "../ports/meter.ts";
import { severalIn } from "./body-tools.ts";
import type { Asked, Guard } from "./guards.ts";

/** One block as the admin API shows it. */
export interface GuardrailBlock extends Told {
  /** ms since 1970. */
  readonly at: number;
  readonly requestId: string;
}

/** What guardrails have found since the process began. */
export interface GuardrailState {
  /** Requests that some rule was for. */
  readonly guarded: number;
  readonly blocked: number;
  readonly findings: readonly {
    readonly kind: string;
    readonly on: Told["on"];
    readonly action: Told["action"];
    readonly count: number;
  }[];
  /** The newest first. */
  readonly blocks: readonly GuardrailBlock[];
}

export interface GuardrailParts {
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly meter: Meter;
  /** Keyed with the installation's secret. */
  readonly digestOf: (text: string) => string;
}

const blocksMax = 100;
/** Of the time of the process, what scores may take that nobody waits for. */
const lateShare = { share: 0.05, savedMsMax: 100 } as const;

/** The guard of door 2 that looks into prompts, and sets what answers are held to. */
export function createGuardrails({ clock, meter, digestOf }: GuardrailParts): {
  readonly guard: Guard;
  readonly state: () => GuardrailState;
} {
  const counted = meter.counter({
    name: "sallyport_guardrail_findings_total",
    help: "What guardrails have found, and what was done with it.",
    labels: ["kind", "on", "action"],
    seriesMax: 500,
  });
  const unscored = meter
    .counter({
      name: "sallyport_guardrail_unscored_total",
      help: "Prompts whose score of injected instructions was wanted and left out, as the process had no time for it.",
    })
    .series({});
  const late = createTimeShare(lateShare, clock.monotonic);
  const repeats = createRepeats(digestOf);
  const counts = new Map<string, { kind: string; on: Told["on"]; action: Told["action"]; count: number }>();
  let blocks: readonly GuardrailBlock[] = [];
  let guarded = 0;
  let blocked = 0;
  const tell = (requestId: string, told: Told): void => {
    const { kind, on, action } = told;
    counted.series({ kind, on, action }).add(1);
    const known = counts.get(`${kind} ${on} ${action}`) ?? { kind, on, action, count: 0 };
    known.count += 1;
    counts.set(`${kind} ${on} ${action}`, known);
    if (action === "block") {
      blocked += 1;
      blocks = [{ ...told, at: clock.now(), requestId }, ...blocks].slice(0, blocksMax);
    }
  };
  return {
    guard: {
      authorize: (asked) => {
        const {
          identified: { identity },
          trail,
          call,
        } = asked;
        if (call === undefined) return refuseUnread(asked);
        const { keyId, name: key, project } = identity;
        const { guardrails } = trail.snapshot;
        const request = { body: call.body, whose: { keyId, key, project, model: call.facts.model } };
        const ports = {
          digestOf: (text: string) => digestOf(text).slice(0, 16),
          nowMs: clock.now,
          repeats,
          tell: (told: Told) => tell(trail.id, told),
        };
        const scored = lateScore(guardrails, request, ports);
        if (scored !== undefined) {
          const look = (): void => {
            const score = scored();
            if (score !== undefined)
              trail.stages.record(
                "authorize",
                "flag",
                `its score of injected instructions is ${score.toFixed(2)}`,
              );
          };
          const lateLook = (): void => {
            if (!late.spend(look)) unscored.add(1);
          };
          trail.lateLook = lateLook;
        }
        const made = guardRequest(guardrails, request, ports);
        if (made === undefined) return undefined;
        guarded += 1;
        if (made.blockedBy !== undefined)
          throw new GatewayError("guardrail_blocked", made.blockedBy, {
            message: `The request holds what a guardrail stops: ${made.blockedBy}.`,
          });
        if (made.guardAnswer !== undefined && hasWords(asked)) {
          refuseSeveral(call.body);
          trail.guardAnswer = made.guardAnswer;
        }
        return made.body === call.body ? undefined : { facts: call.facts, body: made.body };
      },
    },
    state: () => ({ guarded, blocked, findings: [...counts.values()], blocks }),
  };
}

/**
 * The raw lane and sessions of Realtime carry what guardrails are for, and are not read.
 *
 * @throws GatewayError `policy_denied`, where a rule would redact or block.
 */
function refuseUnread({ identified: { identity, route, method }, inbound, trail }: Asked): undefined {
  if (route.kind !== "raw" && route.kind !== "kept" && route.kind !== "realtime") return undefined;
  const { keyId, name: key, project } = identity;
  const rule = ruleAgainst(trail.snapshot.guardrails, {
    whose: { keyId, key, project, model: route.kind === "realtime" ? route.model : undefined },
    hasBody: route.kind === "realtime" || !bodiless.has(method) || announcesBody(inbound),
  });
  if (rule === undefined) return undefined;
  throw new GatewayError("policy_denied", `${rule} on a lane that is not read`, {
    message: `\`${rule}\` holds for this key, and nothing on this path can be held to it. Ask by a path that is read, as \`/v1/chat/completions\`; an operator may open this one by \`guardrails.unread: pass\`.`,
  });
}

/**
 * Of several answers to one request only the first is read.
 *
 * @throws GatewayError `unsupported_parameter`.
 */
function refuseSeveral(body: Uint8Array): void {
  const param = severalIn(body);
  if (param === undefined) return;
  throw new GatewayError("unsupported_parameter", "several answers under a guardrail", {
    message: `A guardrail holds for answers to this key, and it reads one answer to a request: leave \`${param}\` out.`,
    param,
  });
}

/** Vectors and counts are no texts: their answers hold nothing to be found. */
const hasWords = ({ identified: { route } }: Asked): boolean =>
  route.kind !== "ai" || !["openai-embeddings", "anthropic-count"].includes(route.codec.dialect);

const bodiless: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

const announcesBody = ({ header }: Asked["inbound"]): boolean =>
  Number(header("content-length") ?? 0) > 0 || header("transfer-encoding") !== undefined;

/** The section, its conditions compiled. What does not compile was refused when the file was read. */
export function compileGuardrails(settings: GuardrailSettings, expressions: Expressions): Guardrails {
  return {
    settings,
    patterns: settings.patterns.map(({ name, pattern, maxSpan }) => {
      const compiled = expressions.pattern(pattern);
      if (compiled.kind === "problem") throw new GatewayError("malformed_request", compiled.message);
      return { name, maxSpan, find: compiled.find };
    }),
    tools: settings.tools.map((rule) => {
      const compiled = rule.when === undefined ? undefined : expressions.compile(rule.when, toolFacts);
      if (compiled?.kind === "problem") throw new GatewayError("malformed_request", compiled.message);
      return compiled === undefined ? { rule } : { rule, condition: compiled.condition };
    }),
  };
}
