import type { Json } from "../../src/kernel/json.ts";
import { createReading, type Path } from "../reading.ts";
import { Refusal } from "../refusal.ts";

/** Reads members as the OpenAI API does, with its sentences and codes. */
export const reading = createReading((path, wanted, got) => {
  const param = printPath(path);
  if (wanted === "present") {
    return new Refusal("invalid", `Missing required parameter: '${param}'.`, {
      param,
      code: "missing_required_parameter",
    });
  }
  if (wanted === "integer" && typeof got === "number") {
    return new Refusal(
      "invalid",
      `Invalid value for '${param}': expected an integer of at least 1, but got ${got} instead.`,
      {
        param,
        code: "invalid_value",
      },
    );
  }
  const message = `Invalid type for '${param}': expected ${article(wanted)}, but got ${article(kindOf(got))} instead.`;
  return new Refusal("invalid", message, { param, code: "invalid_type" });
});

/** `messages[0].content`, as OpenAI writes it. */
export function printPath(path: Path): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join("");
}

const article = (kind: string): string => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`);

function kindOf(value: Json | undefined): string {
  if (value === null) return "null value";
  return Array.isArray(value) ? "array" : typeof value;
}
