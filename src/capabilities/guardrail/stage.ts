import type { AnswerGuard } from "../../exchange/answer-guard.ts";
import { createAnswerGuard } from "./answer.ts";
import { type BodyText, changeTexts } from "./body.ts";
import { builtInKinds, type FoundKind, isSecret } from "./finding.ts";
import { injectionScore } from "./injection-score.ts";
import { type Action, createRedactor, type Redactor } from "./redact.ts";
import { holdsFor, type Place, type Treatments, treatmentsFor, type Whose } from "./rules.ts";
import { beginning, type CustomPattern, createDetector, type Detector } from "./scan.ts";
import type { GuardrailSettings } from "./settings.ts";
import { mayCall, type Repeats, type ToolCall, type ToolRule } from "./tools.ts";
import { createVault, type Vault } from "./vault.ts";
import type { Reading } from "./window.ts";

export type { Place, Whose } from "./rules.ts";

/** A finding as it may be told: never what was found, but for a keyed digest of it. */
export interface Told {
  readonly kind: FoundKind | "injection" | "tool-call";
  readonly on: Place;
  readonly action: Action;
  /** Of what was found, in characters. */
  readonly length: number;
  readonly digest: string;
}

/** The rules of one configuration. */
export interface Guardrails {
  readonly settings: GuardrailSettings;
  readonly patterns: readonly CustomPattern[];
  readonly tools: readonly ToolRule[];
}

export interface GuardrailPorts {
  /** A keyed digest, so that equal values can be told and none can be found out. */
  readonly digestOf: (text: string) => string;
  readonly nowMs: () => number;
  readonly repeats: Repeats;
  readonly tell: (told: Told) => void;
}

/** What has become of a request, and what its answers are held to. */
export interface Guarded {
  /** The same bytes where nothing was changed. */
  readonly body: Uint8Array;
  /** What stops it; absent: it may go on. */
  readonly blockedBy?: string;
  /** Absent: answers pass as they come. */
  readonly guardAnswer?: () => AnswerGuard;
}

/** No text is handed to a detector in pieces larger than this. */
const pieceMax = 1024 * 1024;
/** So much of a text is scored at once; two stretches overlap, so that nothing is cut in two. */
const stretchMax = 256 * 1024;
const stretchOverlap = 512;
/** So much of a prompt is scored where nobody waits for the score, the newest of it. */
const lateMax = 16 * 1024;

/** Holds a request to the rules at door 2; `undefined`: none is for it. */
export function guardRequest(
  rules: Guardrails,
  { body, whose }: { readonly body: Uint8Array; readonly whose: Whose },
  ports: GuardrailPorts,
): Guarded | undefined {
  const { settings } = rules;
  const of = (place: Place): Treatments => treatmentsFor(settings.rules, place, whose);
  const [input, output, given, result] = [of("input"), of("output"), of("tool-arguments"), of("tool-result")];
  const treatments: Readonly<Record<Place, Treatments>> = {
    input,
    output,
    "tool-arguments": given,
    "tool-result": result,
  };
  // What was put back into a call of a tool comes again with the next request.
  const sentArguments = new Map([...[...input].filter(([, { isRestored }]) => isRestored), ...given]);
  const injection = injectionFor(settings, whose);
  const hasTools = rules.tools.some(({ rule }) => holdsFor(rule, whose));
  const readsBody = input.size + given.size + result.size > 0 || injection !== undefined;
  if (!readsBody && output.size === 0 && !hasTools) return undefined;
  const vault = createVault(containedIn(body));
  let blockedBy: string | undefined;
  const filterFor = (
    on: Place,
    reading: Reading,
    isAnswer: boolean,
    isSecondLook = false,
  ): Redactor | undefined => {
    const treated = isAnswer || on !== "tool-arguments" ? treatments[on] : sentArguments;
    const restores = isAnswer && !vault.isEmpty();
    if (treated.size === 0 && !restores) return undefined;
    return createRedactor({
      detector: detectorFor(rules, treated, { reading, restores: restores ? vault : undefined }),
      reading,
      treatmentOf: (kind) => treated.get(kind) ?? { do: "log", isNumbered: false, isRestored: false },
      vault,
      onFinding: ({ kind, action, value }) => {
        if (action === "block") blockedBy ??= kind;
        if (isSecondLook && (action === "log" || action === "flag")) return;
        ports.tell({ kind, on, action, length: value.length, digest: ports.digestOf(value) });
      },
    });
  };
  const change = (part: BodyText): string | undefined => {
    const { on, isJson, text } = part;
    if (injection !== undefined && isScored(part) && scoreOf(text) >= injection.threshold) {
      blockedBy ??= "injection";
      ports.tell({
        kind: "injection",
        on,
        action: "block",
        length: text.length,
        digest: ports.digestOf(text),
      });
    }
    const filter = filterFor(on, isJson ? "json" : "plain", false);
    return filter === undefined ? undefined : runThrough(filter, text);
  };
  const changed = readsBody ? changeTexts(body, change) : body;
  if (blockedBy !== undefined) return { body, blockedBy };
  if (output.size === 0 && given.size === 0 && !hasTools && vault.isEmpty()) return { body: changed };
  const conversation = `${whose.keyId} ${conversationOf(body)}`;
  const isFresh = (call: ToolCall): boolean =>
    ports.repeats.count(conversation, call, ports.nowMs()) <= settings.toolRepeatsMax;
  const guardAnswer = (): AnswerGuard => {
    let calls = 0;
    return createAnswerGuard({
      filterFor: (on, isJson) => filterFor(on, isJson ? "json" : "plain", true),
      restFilterFor: (isJson) =>
        filterFor(isJson ? "tool-arguments" : "output", isJson ? "json" : "plain", true, true),
      looksAtCalls: hasTools,
      mayCall: (call) => {
        calls += 1;
        const may = calls <= settings.toolCallsMax && mayCall(rules.tools, whose, call) && isFresh(call);
        if (!may)
          ports.tell({
            kind: "tool-call",
            on: "tool-arguments",
            action: "block",
            length: call.argumentsText.length,
            digest: ports.digestOf(`${call.name} ${call.argumentsText}`),
          });
        return may;
      },
    });
  };
  return { body: changed, guardAnswer };
}

/** Only what may stop a request is scored before it goes on. */
const injectionFor = (
  { injection }: GuardrailSettings,
  whose: Whose,
): GuardrailSettings["injection"] | undefined =>
  injection.do === "block" && holdsFor(injection, whose) ? injection : undefined;

const isScored = ({ on, isPrompt }: BodyText): boolean => isPrompt && on !== "tool-arguments";

/** The highest score of its stretches. */
function scoreOf(text: string): number {
  let score = 0;
  for (let at = 0; at === 0 || at < text.length - stretchOverlap; at += stretchMax - stretchOverlap)
    score = Math.max(score, injectionScore(text.slice(at, at + stretchMax)));
  return score;
}

/**
 * Scores the newest texts of a prompt, once nobody waits for it; `undefined`: that is not wanted of this request.
 *
 * @returns The score, where it is reached.
 */
export function lateScore(
  { settings: { injection } }: Guardrails,
  { body, whose }: { readonly body: Uint8Array; readonly whose: Whose },
  { digestOf, tell }: Pick<GuardrailPorts, "digestOf" | "tell">,
): (() => number | undefined) | undefined {
  const { do: action, threshold } = injection;
  if ((action !== "log" && action !== "flag") || !holdsFor(injection, whose)) return undefined;
  return () => {
    const texts: BodyText[] = [];
    changeTexts(body, (part) => {
      if (isScored(part)) texts.push(part);
      return undefined;
    });
    let left = lateMax;
    let highest = 0;
    for (const { on, text } of texts.toReversed()) {
      if (left <= 0) break;
      const score = injectionScore(text.slice(-left));
      left -= text.length;
      highest = Math.max(highest, score);
      if (score >= threshold)
        tell({ kind: "injection", on, action, length: text.length, digest: digestOf(text) });
    }
    return highest >= threshold ? highest : undefined;
  };
}

function runThrough(filter: Redactor, text: string): string {
  let made = "";
  for (let at = 0; at < text.length; at += pieceMax) made += filter.push(text.slice(at, at + pieceMax)).text;
  return made + filter.end().text;
}

/** What the first words of a conversation make of it: it stays the same while it goes on. */
function conversationOf(body: Uint8Array): string {
  const texts: string[] = [];
  changeTexts(body, ({ on, isPrompt, text }) => {
    if (isPrompt && on === "input" && texts.length < 2) texts.push(text.slice(0, 2000));
    return undefined;
  });
  return texts.join("\n");
}

/** Whether a text stands in the body; the body is read as text once, and only if somebody asks. */
function containedIn(body: Uint8Array): (text: string) => boolean {
  let read: string | undefined;
  return (text) => {
    read ??= new TextDecoder().decode(body);
    return read.includes(text);
  };
}

const detectors = new WeakMap<Guardrails, Map<string, Detector>>();

/** Detectors are made once for each set of kinds; those that put values back are of one request. */
function detectorFor(
  rules: Guardrails,
  treated: Treatments,
  { reading, restores }: { readonly reading: Reading; readonly restores: Vault | undefined },
): Detector {
  const make = (): Detector =>
    createDetector({
      kinds: new Set(treated.keys()),
      patterns: rules.patterns,
      reading,
      placeholders: restores,
    });
  if (restores !== undefined) return make();
  const known = detectors.get(rules) ?? new Map<string, Detector>();
  detectors.set(rules, known);
  const key = `${reading} ${[...treated.keys()].join(" ")}`;
  const detector = known.get(key) ?? make();
  known.set(key, detector);
  return detector;
}

/** What policies may ask of a body. */
export interface ContentFacts {
  /** Kinds of personal data in it. */
  readonly pii: readonly string[];
  readonly hasSecrets: boolean;
  /** 0 to 1. */
  readonly injection: number;
}

const everything = createDetector({ kinds: new Set(builtInKinds) });

/** Looks for all built-in kinds in the prompt, and scores it. */
export function contentFacts(body: Uint8Array): ContentFacts {
  const pii = new Set<string>();
  let hasSecrets = false;
  let injection = 0;
  changeTexts(body, (part) => {
    const { text } = part;
    const first = everything.scan(beginning, text);
    for (const { kind } of [...first.findings, ...everything.finish(first.state).findings]) {
      if (isSecret(kind)) hasSecrets = true;
      else pii.add(kind);
    }
    if (isScored(part)) injection = Math.max(injection, scoreOf(text));
    return undefined;
  });
  return { pii: [...pii], hasSecrets, injection };
}
