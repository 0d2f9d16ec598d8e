import type { Call, Tool } from "../exchange/call.ts";
import type { Contract } from "../exchange/contract.ts";
import type { FinishReason } from "../exchange/finish.ts";
import type { Part } from "../exchange/part.ts";
import { isJsonObject, type Json } from "../kernel/json.ts";
import type { SchemaChecker } from "../ports/schema-checker.ts";

type ToolCall = Extract<Part, { kind: "tool-call" }>;

const badEnds: Partial<Record<FinishReason, string>> = {
  length: "it was cut by its limit",
  "context-length": "it was cut by the model's window",
  refusal: "it is a refusal",
  "content-filter": "it was withheld by a filter",
};

/**
 * What can be told of an answer by its form: calls of declared tools only, with arguments that their schemas take, as many
 * and of which the call allows; JSON where JSON was asked for. `undefined`: nothing of that was asked for, or the
 * provider runs a tool itself.
 *
 * Source: routing specification, section 3.7, "valid tool call".
 */
export function contractOf(call: Call, schemas: SchemaChecker): Contract | undefined {
  const { tools, toolChoice, output, sampling } = call;
  const mayCall = tools.length > 0 && toolChoice?.kind !== "none";
  if ((!mayCall && output === undefined) || (sampling.choices ?? 1) > 1) return undefined;
  if (tools.some(({ kind }) => kind === "opaque")) return undefined;
  return {
    faultOf: ({ parts, finish }) => {
      const end = badEnds[finish?.reason ?? "other"];
      if (end !== undefined) return end;
      const calls = parts.filter((part): part is ToolCall => part.kind === "tool-call");
      if (calls.length > 0)
        return countFault(call, calls) ?? firstOf(calls, (one) => callFault(tools, one, schemas));
      if (isRequired(toolChoice)) return "it calls no tool";
      const text = parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
      if (text.trim() === "") return "it is empty";
      return output === undefined ? undefined : textFault(text, output, schemas);
    },
  };
}

const isRequired = (choice: Call["toolChoice"]): boolean =>
  choice?.kind === "any" || choice?.kind === "named" || (choice?.kind === "among" && choice.isRequired);

function countFault({ toolChoice, parallelTools }: Call, calls: readonly ToolCall[]): string | undefined {
  if (toolChoice?.kind === "none") return "it calls a tool, and none may be called";
  if (parallelTools === false && calls.length > 1)
    return `it calls ${calls.length} tools, and one may be called`;
  const allowed =
    toolChoice?.kind === "named"
      ? [toolChoice.name]
      : toolChoice?.kind === "among"
        ? toolChoice.names
        : undefined;
  const other = allowed && calls.find(({ name }) => !allowed.includes(name));
  return other && `it calls \`${other.name}\`, which it may not`;
}

function callFault(
  tools: readonly Tool[],
  { name, argumentsText, isCustom }: ToolCall,
  schemas: SchemaChecker,
): string | undefined {
  const tool = tools.find((one) => one.kind !== "opaque" && one.name === name);
  if (tool === undefined) return `it calls \`${name}\`, which is no tool`;
  if (tool.kind !== "function" || isCustom === true) return undefined;
  const given = parsed(argumentsText === "" ? "{}" : argumentsText);
  if (!isJsonObject(given)) return `the arguments of \`${name}\` are no JSON object`;
  const fault = tool.parameters === undefined ? undefined : schemas.faultOf(tool.parameters, given);
  return fault && `the arguments of \`${name}\`: ${fault}`;
}

function textFault(
  text: string,
  output: NonNullable<Call["output"]>,
  schemas: SchemaChecker,
): string | undefined {
  const value = parsed(text);
  if (value === undefined) return "it is no JSON";
  if (output.kind === "json") return undefined;
  const fault = schemas.faultOf(output.schema, value);
  return fault && `against its schema: ${fault}`;
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function firstOf<One>(all: readonly One[], find: (one: One) => string | undefined): string | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
