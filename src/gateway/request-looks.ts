import { type Features, featuresOf } from "../capabilities/routing/index.ts";
import type { Call, Tool } from "../exchange/call.ts";
import type { Part } from "../exchange/part.ts";
import { isJsonObject, type Json } from "../kernel/json.ts";
import { murmur3 } from "../kernel/murmur3.ts";
import type { DecodedOnce } from "../pipeline/prepare.ts";

/** What a call looks like to what learns: the last words of its user, its instructions, its tools, its size. */
export function looksOf(call: Call): Features {
  const { turns, tools, instructions, sampling, reasoning, output } = call;
  const last = turns.findLast(
    ({ role, parts }) => role === "user" && parts.some(({ kind }) => kind === "text"),
  );
  const schemas = tools.map(schemaOf);
  return featuresOf(
    {
      user: textOf(last?.parts ?? []),
      instructions: textOf(instructions),
      tools: tools.flatMap((tool) => ("name" in tool && tool.name !== undefined ? [tool.name] : [])),
      parameters: schemas.flatMap(({ names }) => names),
    },
    {
      turns: turns.length,
      tools: tools.length,
      requiredParameters: schemas.reduce((sum, { required }) => sum + required, 0),
      images: turns.reduce((sum, { parts }) => sum + parts.filter(({ kind }) => kind === "image").length, 0),
      outputTokensMax: sampling.outputTokensMax,
      isReasoning: reasoning !== undefined && reasoning.effort !== "none",
      isSchema: output !== undefined,
    },
  );
}

/**
 * One conversation of a key: those that begin with the same instructions and the same first words of a user. `undefined`: it
 * cannot be read; who sends that is told so where it is sent.
 */
export function conversationOf(keyId: string, decoded: DecodedOnce): string | undefined {
  try {
    const { instructions, turns } = decoded().call;
    const first = turns.find(({ role }) => role === "user");
    const beginning = `${textOf(instructions)}\n${textOf(first?.parts ?? [])}`;
    return `${keyId} ${murmur3(beginning, 1)} ${murmur3(beginning, 2)}`;
  } catch {
    return undefined;
  }
}

/** The conversation in which somebody asks something now; `undefined`: a tool's result goes on, or it cannot be read. */
export function questionOf(keyId: string, decoded: DecodedOnce): string | undefined {
  const conversation = conversationOf(keyId, decoded);
  const last = conversation === undefined ? undefined : decoded().call.turns.at(-1);
  const isQuestion =
    last?.role === "user" &&
    last.parts.some(({ kind }) => kind === "text") &&
    last.parts.every(({ kind }) => kind !== "tool-result");
  return isQuestion ? conversation : undefined;
}

/** The words of some parts. */
const textOf = (parts: readonly Part[]): string =>
  parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n");

interface Schema {
  readonly names: readonly string[];
  readonly required: number;
}

/** Names of the first level: deeper ones tell little. */
function schemaOf(tool: Tool): Schema {
  const parameters: Json | undefined = tool.kind === "function" ? tool.parameters : undefined;
  if (!isJsonObject(parameters)) return { names: [], required: 0 };
  const { properties, required } = parameters;
  return {
    names: isJsonObject(properties) ? Object.keys(properties) : [],
    required: Array.isArray(required) ? required.length : 0,
  };
}
