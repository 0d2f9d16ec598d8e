import {
  createRepeats,
  type GuardrailSettings,
  type Guardrails,
  guardRequest,
  type Told,
  toolFacts,
} from "../capabilities/guardrail/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Meter } from "../ports/meter.ts";
import type { Guard } from "./guards.ts";

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
  readonly clock: Pick<Clock, "now">;
  readonly meter: Meter;
  /** Keyed with the installation's secret. */
  readonly digestOf: (text: string) => string;
}

const blocksMax = 100;

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
      authorize: ({ identified: { identity }, trail, call }) => {
        if (call === undefined) return undefined;
        const { keyId, name: key, project } = identity;
        const made = guardRequest(
          trail.snapshot.guardrails,
          { body: call.body, whose: { keyId, key, project, model: call.facts.model } },
          {
            digestOf: (text) => digestOf(text).slice(0, 16),
            nowMs: clock.now,
            repeats,
            tell: (told) => tell(trail.id, told),
          },
        );
        if (made === undefined) return undefined;
        guarded += 1;
        if (made.blockedBy !== undefined)
          throw new GatewayError("guardrail_blocked", made.blockedBy, {
            message: `The request holds what a guardrail stops: ${made.blockedBy}.`,
          });
        if (made.guardAnswer !== undefined) trail.guardAnswer = made.guardAnswer;
        return made.body === call.body ? undefined : { facts: call.facts, body: made.body };
      },
    },
    state: () => ({ guarded, blocked, findings: [...counts.values()], blocks }),
  };
}

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
