import type { Reading, TargetFacts } from "../../exchange/codec.ts";
import { type Member, type ScannedObject, valueText } from "../../framing/json-scan.ts";
import { isJsonObject, type Json, parseJson } from "../../kernel/json.ts";
import { scanBody } from "./body.ts";
import { blame, camelOf, numberOf, type Place, placeOf } from "./fields.ts";
import { describe } from "./notes.ts";

/**
 * Reads what routing needs from a Gemini request in one pass over its bytes: the target names the model and the form of
 * the answer, the body the output limit. Nothing inside `contents` is parsed; all else is the upstream's to judge.
 */
export function readFacts(body: Uint8Array, target: TargetFacts): Reading {
  const scanned = scanBody(body);
  if (scanned.kind === "invalid") return scanned;
  const place = shallowPlace(body, scanned.scan);
  const contents = scanned.scan.members.findLast(({ name }) => name === "contents");
  if (!isListOrObject(body, contents)) {
    const got = describe(contents === undefined ? undefined : parseJson(valueText(body, contents)));
    place.notes.problems.push({ path: "contents", expected: "an array of contents", got });
  }
  const model = modelOf(place, target);
  const config = placeOf(place, "generationConfig");
  const outputTokensMax = outputLimitOf(config);
  const choices = config && numberOf(config, "candidateCount");
  if (place.notes.problems.length > 0) return { kind: "invalid", problems: place.notes.problems };
  return {
    kind: "facts",
    facts: {
      model,
      isStream: target.isStream === true,
      wantsUsage: true,
      ...(outputTokensMax === undefined ? {} : { outputTokensMax }),
      ...(choices === undefined || choices <= 1 ? {} : { choices }),
      ...(target.streamForm === undefined ? {} : { streamForm: target.streamForm }),
    },
  };
}

/** The model of the target; where that names none, the one of the body. */
export function modelOf(place: Place, { model }: TargetFacts): string {
  if (model !== undefined && model !== "") return model;
  const inBody = place.object["model"];
  const name = typeof inBody === "string" ? inBody.replace(/^models\//, "") : "";
  if (name === "")
    blame(place, "model", "a model's name in the path: /v1beta/models/{model}:generateContent");
  return name;
}

/** `maxOutputTokens`, at least 1. */
export function outputLimitOf(config: Place | undefined): number | undefined {
  const limit = config && numberOf(config, "maxOutputTokens");
  if (config === undefined || limit === undefined) return undefined;
  return Number.isSafeInteger(limit) && limit >= 1
    ? limit
    : blame(config, "maxOutputTokens", "an integer of at least 1");
}

/** The members that are looked into; all others may be large and are not built. */
const read: ReadonlySet<string> = new Set(["model", "generationConfig"]);

function shallowPlace(body: Uint8Array, { members }: ScannedObject): Place {
  const wanted = members.filter(({ name }) => read.has(camelOf(name)));
  const text = wanted.map((member) => `${JSON.stringify(member.name)}:${valueText(body, member)}`).join(",");
  const object: Json | undefined = parseJson(`{${text}}`);
  return {
    object: isJsonObject(object) ? object : {},
    path: "",
    raw: () => undefined,
    notes: { problems: [], warnings: [] },
  };
}

/** Google takes a lone content for a list of one. */
function isListOrObject(body: Uint8Array, member: Member | undefined): boolean {
  const first = member === undefined ? undefined : body[member.valueStart];
  return first === 0x5b || first === 0x7b;
}
