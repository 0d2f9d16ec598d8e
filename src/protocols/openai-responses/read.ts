import type { Reading } from "../../exchange/codec.ts";
import { type Member, valueText } from "../../framing/json-scan.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { scanBody } from "./body.ts";
import { blame, optionalBoolean, type Place } from "./fields.ts";

/** The members that are looked into; all others may be large and are not built. */
const read: ReadonlySet<string> = new Set([
  "model",
  "stream",
  "max_output_tokens",
  "previous_response_id",
  "service_tier",
]);

/** What may stand for the input: state the provider keeps, or a prompt it stores. */
const inputless = ["previous_response_id", "conversation", "prompt"];

/** Reads the routing facts of a Responses request in one pass over its bytes. */
export function readFacts(body: Uint8Array): Reading {
  const scanned = scanBody(body);
  if (scanned.kind === "invalid") return scanned;
  const { members } = scanned;
  const notes = { problems: [], warnings: [] };
  const place: Place = { object: factsOf(body, members), path: "", slice: () => undefined, notes };

  const { model } = place.object;
  if (typeof model !== "string" || model === "") blame(place, "model", "a model name");
  const isStream = optionalBoolean(place, "stream") ?? false;
  const outputTokensMax = readOutputLimit(place);
  checkInput(body, members, place);
  if (place.notes.problems.length > 0 || typeof model !== "string") {
    return { kind: "invalid", problems: place.notes.problems };
  }
  const { previous_response_id: continues, service_tier: tier } = place.object;
  return {
    kind: "facts",
    facts: {
      model,
      isStream,
      wantsUsage: true,
      ...(outputTokensMax !== undefined && { outputTokensMax }),
      ...(typeof tier === "string" && { tier }),
      ...(typeof continues === "string" && { continues }),
    },
  };
}

/** `max_output_tokens`: an integer of at least 1, or nothing. */
export function readOutputLimit(body: Place): number | undefined {
  const limit = body.object["max_output_tokens"] ?? undefined;
  if (limit === undefined) return undefined;
  if (typeof limit === "number" && Number.isSafeInteger(limit) && limit >= 1) return limit;
  return blame(body, "max_output_tokens", "an integer of at least 1");
}

function checkInput(body: Uint8Array, members: readonly Member[], { notes }: Place): void {
  const valueOf = (name: string): Member | undefined =>
    members.findLast((member) => member.name === name && body[member.valueStart] !== 0x6e);
  const input = valueOf("input");
  const expected = "a string or an array of items";
  if (input === undefined) {
    if (inputless.some((name) => valueOf(name) !== undefined)) return;
    notes.problems.push({ path: "input", expected, got: "nothing" });
    return;
  }
  const first = body[input.valueStart];
  if (first !== 0x22 && first !== 0x5b) {
    notes.problems.push({
      path: "input",
      expected,
      got: first === 0x7b ? "an object" : valueText(body, input),
    });
  }
}

function factsOf(body: Uint8Array, members: readonly Member[]): JsonObject {
  const wanted = members.filter(({ name }) => read.has(name));
  const value = parseJson(
    `{${wanted.map((member) => `${JSON.stringify(member.name)}:${valueText(body, member)}`).join(",")}}`,
  );
  return isJsonObject(value) ? value : {};
}
