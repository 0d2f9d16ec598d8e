import type { CallFacts, Problem, Reading } from "../../exchange/codec.ts";
import {
  duplicateRoutingKey,
  type InvalidJson,
  type Member,
  positionOf,
  scanObject,
  valueText,
} from "../../framing/json-scan.ts";
import { parseJson } from "../../kernel/json.ts";
import { describe } from "./notes.ts";

/**
 * Reads what routing needs from a Messages request in one pass over its bytes: nothing inside `messages` is parsed.
 * Refused are bodies that are no JSON object, that say a routing member twice, or whose routing members are missing
 * or of the wrong type; everything else is the upstream's to judge.
 */
export function readFacts(body: Uint8Array): Reading {
  return readRouting(body, "limit");
}

/** As `readFacts`; with `no limit` the request need not have `max_tokens`. */
export function readRouting(body: Uint8Array, wanted: "limit" | "no limit"): Reading {
  const scan = scanObject(body);
  if (scan.kind === "invalid") return invalid([jsonProblem(body, scan)]);
  const doubled = duplicateRoutingKey(scan.members);
  if (doubled !== undefined) {
    return invalid([{ path: doubled, expected: "to be given once", got: "two members of this name" }]);
  }

  const members = new Map(scan.members.map((member) => [member.name, member]));
  const problems: Problem[] = [];
  const model = valueOf(body, members.get("model"));
  const limit = valueOf(body, members.get("max_tokens"));
  const stream = valueOf(body, members.get("stream"));
  const tier = valueOf(body, members.get(members.has("speed") ? "speed" : "service_tier"));
  if (typeof model !== "string" || model === "") {
    problems.push({ path: "model", expected: "a model's name", got: describe(model) });
  }
  const isLimitGood = isTokenLimit(limit) || wanted === "no limit";
  if (!isLimitGood) {
    problems.push({ path: "max_tokens", expected: "an integer of at least 1", got: describe(limit) });
  }
  const messages = members.get("messages");
  if (messages === undefined || body[messages.valueStart] !== openBracket) {
    const got = describe(valueOf(body, messages));
    problems.push({ path: "messages", expected: "an array of messages", got });
  }
  if (stream !== undefined && stream !== null && typeof stream !== "boolean") {
    problems.push({ path: "stream", expected: "true or false", got: describe(stream) });
  }
  if (problems.length > 0 || typeof model !== "string") return invalid(problems);
  const facts: CallFacts = {
    model,
    isStream: stream === true,
    wantsUsage: true,
    ...(isTokenLimit(limit) ? { outputTokensMax: limit } : {}),
    ...(typeof tier === "string" ? { tier } : {}),
  };
  return { kind: "facts", facts };
}

const openBracket = 0x5b;

/** Whether `value` may stand as `max_tokens`. */
export function isTokenLimit(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

/** A fault of the JSON itself, with its place. An empty path means the body. */
export function jsonProblem(
  body: Uint8Array,
  { offset, message }: Pick<InvalidJson, "offset" | "message">,
): Problem {
  const { line, column } = positionOf(body, offset);
  return { path: "", expected: "a JSON object", got: `line ${line}, column ${column}: ${message}` };
}

function valueOf(body: Uint8Array, member: Member | undefined): unknown {
  return member === undefined ? undefined : parseJson(valueText(body, member));
}

function invalid(problems: readonly Problem[]): Reading {
  return { kind: "invalid", problems };
}
