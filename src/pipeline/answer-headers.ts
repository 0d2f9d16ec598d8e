import type { Decision } from "../exchange/decision.ts";
import type { AttemptRecord } from "../exchange/settlement.ts";
import type { Target } from "../exchange/target.ts";
import type { Warning } from "../exchange/warning.ts";
import { errorCatalog, type GatewayError } from "../kernel/errors.ts";
import type { UpstreamHead } from "../ports/transport.ts";
import type { Trail } from "./trail.ts";

const warningBytesMax = 4096;
const passedPrefixes = ["x-ratelimit-", "anthropic-", "openai-"] as const;
const passedNames: ReadonlySet<string> = new Set([
  "content-type",
  "cache-control",
  "retry-after",
  "retry-after-ms",
  "request-id",
  "x-request-id",
  "x-should-retry",
]);

/** What may stand in a field of ours. Source: RFC 9110, section 5.5. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The upstream's headers that a client of the same provider would rely on, each name once. Everything else stays on
 * our side, and so does a value that no header may have.
 *
 * @param own Headers that the answer has already, names and values in turn: those count, not the upstream's.
 */
export function passedHeaders(head: UpstreamHead, own: readonly string[] = []): string[] {
  const out: string[] = [];
  const isOwn = (name: string): boolean => own.some((known, index) => index % 2 === 0 && known === name);
  for (const [name, value] of head.headers) {
    const isKnown = passedNames.has(name) || passedPrefixes.some((prefix) => name.startsWith(prefix));
    if (isKnown && fieldValue.test(value) && !isOwn(name)) out.push(name, value);
  }
  return out;
}

/** Who was asked; with more than one try, who else and why it went on. */
export function targetHeaders(
  trail: Pick<Trail<unknown>, "candidate" | "attempts" | "funded" | "check">,
): string[] {
  const { candidate, attempts, funded } = trail;
  if (candidate === undefined) return [];
  const { lane, target } = candidate;
  const headers = ["x-sallyport-lane", lane, "x-sallyport-deployment", target.provider];
  const region = regionOf(target);
  if (region !== undefined) headers.push("x-sallyport-region", region);
  // The raw lane learns the model from the answer, if at all.
  if (target.model !== "") headers.push("x-sallyport-model", printable(target.model));
  if (attempts.length > 1) headers.push("x-sallyport-attempts", attempts.map(attemptItem).join(", "));
  const cascade = cascadeOf(trail);
  if (cascade !== undefined) headers.push("x-sallyport-cascade", cascade);
  const { decision, isExposed = false } = funded?.plan ?? {};
  if (decision !== undefined) {
    headers.push("x-sallyport-strategy", strategyField(decision));
    if (isExposed) headers.push(...exposed(decision, attempts.at(-1)));
  }
  return headers;
}

/** Where it ran: the region that is configured, unless the model is known to be run elsewhere. */
function regionOf({ region, zones }: Target): string | undefined {
  if (zones === undefined || region === undefined || zones.has(region)) return region;
  const [widest] = zones;
  return widest;
}

function exposed(decision: Decision, last: AttemptRecord | undefined): readonly string[] {
  const headers = ["x-sallyport-decision", decisionField(decision)];
  return last?.endpoint === undefined
    ? headers
    : [...headers, "x-sallyport-endpoint", printable(last.endpoint)];
}

/** What became of a request whose first target was asked on trial; absent: nobody was, or nobody looked. */
function cascadeOf({
  attempts,
  check,
}: Pick<Trail<unknown>, "attempts" | "check">): "verified" | "escalated" | undefined {
  if (attempts.some(({ code }) => code === "upstream_contract_broken")) return "escalated";
  return check?.isEnforced === true && check.verdict() !== undefined ? "verified" : undefined;
}

/** `cost-optimized`, or `conditional;case=1;by=highest-quality`. */
const strategyField = ({ strategy, case: found }: Decision): string =>
  found === undefined ? strategy : `${strategy};case=${found.taken};by=${found.strategy}`;

const decisionBytesMax = 512;

/** The choice as parameters of a structured field; what it names last is left out where it would be too long. */
function decisionField({ chosenBy, propensity, ranked, refused, flip }: Decision): string {
  const [first, second] = ranked;
  const parts = [
    `by=${quoted(chosenBy)}`,
    ...(first === undefined
      ? []
      : [
          `q=${first.quality.toFixed(2)}`,
          ...(first.costNanoUsd === null ? [] : [`c=${Math.round(first.costNanoUsd)}`]),
          `ms=${Math.round(first.latencyMs)}`,
          `health=${first.health.toFixed(2)}`,
        ]),
    ...(propensity < 1 ? [`p=${propensity.toFixed(3)}`] : []),
    ...(second === undefined ? [] : [`runner-up=${quoted(`${second.provider}/${second.model}`)}`]),
    ...(flip === undefined ? [] : [`flip=${quoted(flip)}`]),
    ...(refused.length === 0 ? [] : [`refused=${refused.length}`]),
  ];
  let field = "";
  for (const part of parts) {
    const next = field === "" ? part : `${field};${part}`;
    if (next.length > decisionBytesMax) break;
    field = next;
  }
  return field;
}

/** One try as an item of a structured-field list: `"openai";error=upstream_failed;status=500`. */
function attemptItem({ provider, code, status }: AttemptRecord): string {
  if (code === null) return quoted(provider);
  return `${quoted(provider)};error=${code}${status === null ? "" : `;status=${status}`}`;
}

/** On the bytes lane the upstream's own media type; a translated answer has ours. */
export function contentHeaders(isNative: boolean, passed: readonly string[], mediaType: string): string[] {
  const kept: string[] = [];
  let hasType = false;
  for (let index = 0; index < passed.length; index += 2) {
    const name = passed[index] ?? "";
    if (name === "content-type") {
      if (!isNative) continue;
      hasType = true;
    }
    kept.push(name, passed[index + 1] ?? "");
  }
  if (!hasType) kept.push("content-type", mediaType);
  return kept;
}

/** What failed, whose fault it is, and when it is worth another try. */
export function errorHeaders(
  error: GatewayError,
  source: "gateway" | "upstream",
  attempts: readonly AttemptRecord[],
): string[] {
  const headers = ["x-sallyport-error", error.code, "x-sallyport-error-source", source];
  const { retryAfterMs, shed } = error.facts;
  if (shed !== undefined) headers.push("x-sallyport-shed", shed);
  if (isUseless(error, attempts)) headers.push("x-should-retry", "false");
  if (retryAfterMs !== undefined && (error.status === 429 || error.status === 503 || error.status === 529)) {
    headers.push(
      "retry-after",
      String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
      "retry-after-ms",
      String(Math.ceil(retryAfterMs)),
    );
  }
  return headers;
}

/** Whether the same request would fail again: no target that was tried failed in a way that passes. */
const isUseless = ({ kind }: GatewayError, attempts: readonly AttemptRecord[]): boolean =>
  !kind.retryable &&
  (kind.owner === "client" || !attempts.some(({ code }) => code !== null && errorCatalog[code].retryable));

/**
 * The headers of an upstream's own error and ours beside them, each name once: when to try again is the upstream's
 * word, whether to is ours, since only we know of the other targets.
 */
export function nativeErrorHeaders(own: readonly string[], passed: readonly string[]): string[] {
  const merged = new Map(pairsOf(passed));
  for (const [name, value] of pairsOf(own))
    if (name === "x-should-retry" || !merged.has(name)) merged.set(name, value);
  return [...merged].flat();
}

function pairsOf(list: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < list.length; index += 2) pairs.push([list[index] ?? "", list[index + 1] ?? ""]);
  return pairs;
}

/**
 * Warnings as a structured-field list: `dropped;param="top_k", clamped;param="temperature"`; at most 4 KiB, then `more;count=n`.
 * Source: RFC 9651, section 3.1.
 */
export function warningsField(warnings: readonly Warning[]): string {
  const items: string[] = [];
  let size = 0;
  for (const [index, warning] of warnings.entries()) {
    const item = `${warning.kind};param=${quoted(warning.subject)}${warning.note === undefined ? "" : `;note=${quoted(warning.note)}`}`;
    size += item.length + 2;
    if (size > warningBytesMax) {
      items.push(`more;count=${warnings.length - index}`);
      break;
    }
    items.push(item);
  }
  return items.join(", ");
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?");
const quoted = (text: string): string => `"${printable(text).replace(/["\\]/g, "\\$&")}"`;
