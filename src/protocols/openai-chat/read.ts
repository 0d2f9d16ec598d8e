import type { Problem, Reading, TargetFacts } from "../../exchange/codec.ts";
import { type Member, valueText } from "../../framing/json-scan.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { scanBody } from "./body.ts";
import { blame, optionalBoolean, optionalNumber, optionalObject, type Place } from "./fields.ts";

/** The members that are looked into; all others may be large and are not built. */
const read: ReadonlySet<string> = new Set([
  "model",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "n",
  "service_tier",
]);

/** Reads the routing facts of a Chat request in one pass over its bytes. */
export function readChat(body: Uint8Array, target: TargetFacts = {}): Reading {
  const scanned = scanBody(body);
  if (scanned.kind === "invalid") return scanned;
  const { members } = scanned.scan;
  const problems: Problem[] = [];
  const place: Place = { object: factsOf(body, members), path: "", problems };

  // Azure's clients name the model in the path, and may leave it out here.
  const lacksModel = place.object["model"] === undefined && target.model !== undefined;
  const model = lacksModel ? target.model : place.object["model"];
  if (typeof model !== "string" || model === "") blame(place, "model", "a model name");
  const messages = members.findLast(({ name }) => name === "messages");
  if (messages === undefined || body[messages.valueStart] !== 0x5b) {
    problems.push({ path: "messages", expected: "an array", got: describeBytes(body, messages) });
  }
  const isStream = optionalBoolean(place, "stream") ?? false;
  const streamOptions = optionalObject(place, "stream_options");
  const wantsUsage =
    streamOptions !== undefined && (optionalBoolean(streamOptions, "include_usage") ?? false);
  const outputTokensMax = outputLimitOf(place);
  const choices = place.object["n"];
  const tier = place.object["service_tier"];
  if (problems.length > 0 || typeof model !== "string") return { kind: "invalid", problems };

  const optionsMember = members.findLast(({ name }) => name === "stream_options");
  return {
    kind: "facts",
    facts: {
      model,
      ...(lacksModel && { lacksModel }),
      isStream,
      wantsUsage,
      ...(streamOptions !== undefined &&
        optionsMember !== undefined && { streamOptions: valueText(body, optionsMember) }),
      ...(outputTokensMax !== undefined && { outputTokensMax }),
      ...(typeof choices === "number" && choices > 1 && { choices }),
      ...(typeof tier === "string" && { tier }),
    },
  };
}

/** A server knows one of the two names: the larger counts. What is below 0, some take for no limit: it bounds nothing. */
function outputLimitOf(place: Place): number | undefined {
  const limits = ["max_completion_tokens", "max_tokens"]
    .map((member) => optionalNumber(place, member))
    .filter((limit) => limit !== undefined);
  return limits.length === 0 || limits.some((limit) => limit < 0) ? undefined : Math.max(...limits);
}

function factsOf(body: Uint8Array, members: readonly Member[]): JsonObject {
  const wanted = members.filter(({ name }) => read.has(name));
  const value = parseJson(
    `{${wanted.map((member) => `${JSON.stringify(member.name)}:${valueText(body, member)}`).join(",")}}`,
  );
  return isJsonObject(value) ? value : {};
}

function describeBytes(body: Uint8Array, member: Member | undefined): string {
  if (member === undefined) return "nothing";
  switch (body[member.valueStart]) {
    case 0x7b:
      return "an object";
    case 0x22:
      return "a string";
    case 0x6e:
      return "null";
    case 0x74:
    case 0x66:
      return "a boolean";
    default:
      return "a number";
  }
}
