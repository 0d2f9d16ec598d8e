import type { Call, Effort, Sampling } from "../../exchange/call.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { complain, declareRest, type Notes } from "./notes.ts";
import { isTokenLimit } from "./read.ts";

/** The sampling parameters of this dialect. */
export function decodeSampling(body: JsonObject, notes: Notes): Sampling {
  const number = (name: string): number | undefined => {
    const value = body[name];
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (value !== undefined && value !== null) complain(notes, name, { expected: "a number", got: value });
    return undefined;
  };
  const limit = body["max_tokens"];
  if (!isTokenLimit(limit))
    complain(notes, "max_tokens", { expected: "an integer of at least 1", got: limit });
  const [temperature, topP, topK] = [number("temperature"), number("top_p"), number("top_k")];
  const stop = decodeStop(body["stop_sequences"], notes);
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stop.length === 0 ? {} : { stop }),
    ...(isTokenLimit(limit) ? { outputTokensMax: limit } : {}),
  };
}

function decodeStop(value: Json | undefined, notes: Notes): readonly string[] {
  if (value === undefined || value === null) return [];
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  const stop = items.filter((item) => typeof item === "string");
  if (!Array.isArray(value) || stop.length < items.length) {
    complain(notes, "stop_sequences", { expected: "an array of strings", got: value });
  }
  return stop;
}

/** `thinking` and `output_config.effort`. */
export function decodeReasoning(body: JsonObject, notes: Notes): Call["reasoning"] {
  const effort = decodeEffort(
    isJsonObject(body["output_config"]) ? body["output_config"]["effort"] : undefined,
    notes,
  );
  const asked = effort === undefined ? {} : { effort };
  const thinking = body["thinking"];
  if (thinking === undefined || thinking === null) return effort === undefined ? undefined : asked;
  if (!isJsonObject(thinking)) {
    complain(notes, "thinking", { expected: "an object with a type", got: thinking });
    return undefined;
  }
  const { type, budget_tokens: budget } = thinking;
  declareRest(notes, { object: thinking, known: thinkingMembers, path: "thinking" });
  const show = decodeDisplay(thinking["display"], notes);
  switch (type) {
    case "disabled":
      return { effort: "none" };
    case "adaptive":
      return { ...asked, adaptive: true, ...show };
    case "between_tools":
      notes.warnings.push({
        kind: "changed",
        subject: "thinking.type",
        note: "between_tools became adaptive",
      });
      return { ...asked, adaptive: true, ...show };
    case "enabled":
      if (isTokenLimit(budget)) return { ...asked, budgetTokens: budget, ...show };
      complain(notes, "thinking.budget_tokens", { expected: "an integer of at least 1024", got: budget });
      return undefined;
    default:
      complain(notes, "thinking.type", { expected: '"enabled", "disabled" or "adaptive"', got: type });
      return undefined;
  }
}

const thinkingMembers = new Set(["type", "budget_tokens", "display"]);

/** `thinking.display`: how much of the thinking the client wants to see. */
function decodeDisplay(display: Json | undefined, notes: Notes): { readonly show?: "summary" | "omitted" } {
  switch (display) {
    case undefined:
    case null:
      return {};
    case "summarized":
      return { show: "summary" };
    case "omitted":
      return { show: "omitted" };
    default:
      complain(notes, "thinking.display", { expected: '"summarized" or "omitted"', got: display });
      return {};
  }
}

function decodeEffort(value: Json | undefined, notes: Notes): Effort | undefined {
  if (value === undefined || value === null) return undefined;
  switch (value) {
    case "none":
    case "minimal":
    case "low":
    case "medium":
    case "high":
    case "xhigh":
    case "max":
      return value;
    default:
      complain(notes, "output_config.effort", {
        expected: '"low", "medium", "high", "xhigh" or "max"',
        got: value,
      });
      return undefined;
  }
}

/** `output_config.format`, or `output_format`, its name while it was in beta. */
export function decodeOutput(body: JsonObject, notes: Notes): Call["output"] {
  const config = body["output_config"];
  if (config !== undefined && config !== null && !isJsonObject(config)) {
    complain(notes, "output_config", { expected: "an object", got: config });
    return undefined;
  }
  if (isJsonObject(config))
    declareRest(notes, { object: config, known: configMembers, path: "output_config" });
  const inConfig = isJsonObject(config) ? (config["format"] ?? undefined) : undefined;
  const format = inConfig ?? body["output_format"];
  if (format === undefined || format === null) return undefined;
  const schema = isJsonObject(format) ? format["schema"] : undefined;
  if (!isJsonObject(schema)) {
    const path = inConfig === undefined ? "output_format" : "output_config.format";
    complain(notes, `${path}.schema`, { expected: "a JSON Schema", got: schema });
    return undefined;
  }
  return { kind: "schema", name: schemaName(schema["title"]), schema, strict: true };
}

const configMembers = new Set(["effort", "format"]);

/** A name for dialects that demand one, of the characters they all take. */
function schemaName(title: Json | undefined): string {
  return typeof title === "string" && /^[a-zA-Z0-9_-]{1,64}$/.test(title) ? title : "answer";
}
