import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { AskedTool, ToolChoice } from "../ask.ts";
import type { Path } from "../reading.ts";
import { Refusal } from "../refusal.ts";
import { readEither } from "./read-schema.ts";
import { invalidValue, maybeMessage, message, reading, refuse } from "./reading.ts";

/** Source: `Tool` of @google/genai 3.3.0. Only functions are ever called here. */
const toolMembers: readonly string[] = [
  "functionDeclarations",
  "googleSearch",
  "googleSearchRetrieval",
  "codeExecution",
  "urlContext",
  "computerUse",
  "googleMaps",
  "fileSearch",
  "mcpServers",
];
const functionMembers: readonly string[] = [
  "name",
  "description",
  "parameters",
  "parametersJsonSchema",
  "response",
  "responseJsonSchema",
  "behavior",
];

export function readTools(body: JsonObject): readonly AskedTool[] {
  const names = new Set<string>();
  return reading.maybeList(body["tools"], ["tools"]).flatMap((value, index) => {
    const path = ["tools", index];
    const tool = message(value, path, toolMembers);
    const at = [...path, "functionDeclarations"];
    return reading
      .maybeList(tool["functionDeclarations"], at)
      .map((declared, position) => readFunction(declared, [...at, position], names));
  });
}

function readFunction(value: Json, path: Path, names: Set<string>): AskedTool {
  const declared = message(value, path, functionMembers);
  const name = reading.maybeText(declared["name"], [...path, "name"]) ?? "";
  if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(name)) {
    const sentence =
      "[FIELD_INVALID] Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), " +
      "underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.";
    throw refuse([...path, "name"], sentence);
  }
  if (names.has(name)) throw new Refusal("invalid", `Duplicate function declaration found: ${name}`);
  names.add(name);
  const schema = readEither(declared, { own: "parameters", json: "parametersJsonSchema", path });
  return { name, schema: schema ?? { type: "object" } };
}

/** How the functions may be called, and which of them. */
export interface FunctionCalling {
  readonly toolChoice: ToolChoice;
  readonly tools: readonly AskedTool[];
}

const configPath = ["toolConfig", "functionCallingConfig"];

export function readCalling(body: JsonObject, tools: readonly AskedTool[]): FunctionCalling {
  const config = functionCallingConfig(body);
  const mode = reading.maybeText(config["mode"], [...configPath, "mode"]) ?? "AUTO";
  const allowed = reading
    .maybeList(config["allowedFunctionNames"], [...configPath, "allowedFunctionNames"])
    .map((name, index) => reading.text(name, [...configPath, "allowedFunctionNames", index]));
  if (allowed.length > 0 && mode !== "ANY" && mode !== "VALIDATED")
    throw calling(
      "allowedFunctionNames",
      "should only be set when the function calling mode is ANY or VALIDATED",
    );
  const unknown = allowed.find((name) => !tools.some((tool) => tool.name === name));
  if (unknown !== undefined)
    throw calling("allowedFunctionNames", `\`${unknown}\` is not among the function declarations`);
  const left = allowed.length > 0 ? tools.filter(({ name }) => allowed.includes(name)) : tools;
  switch (mode) {
    case "AUTO":
    case "VALIDATED":
    case "MODE_UNSPECIFIED":
      return { toolChoice: { kind: "auto" }, tools: left };
    case "NONE":
      return { toolChoice: { kind: "none" }, tools: left };
    case "ANY":
      if (tools.length === 0)
        throw calling("mode", "function calling mode ANY needs function declarations in `tools`");
      return { toolChoice: { kind: "required" }, tools: left };
    default:
      throw invalidValue(
        [...configPath, "mode"],
        "type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode",
        mode,
      );
  }
}

const calling = (member: string, sentence: string): Refusal => refuse([...configPath, member], sentence);

/** Whether calls are to be streamed in pieces. (Vertex AI does this, the Gemini API does not.) */
export const wantsPieces = (body: JsonObject): boolean =>
  functionCallingConfig(body)["streamFunctionCallArguments"] === true;

function functionCallingConfig(body: JsonObject): JsonObject {
  const config = maybeMessage(
    body["toolConfig"],
    ["toolConfig"],
    ["functionCallingConfig", "retrievalConfig", "includeServerSideToolInvocations"],
  );
  const known = ["mode", "allowedFunctionNames", "streamFunctionCallArguments"];
  return maybeMessage(config?.["functionCallingConfig"], configPath, known) ?? {};
}
