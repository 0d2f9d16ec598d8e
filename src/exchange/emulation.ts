import type { Call } from "./call.ts";
import type { Emulation } from "./codec.ts";

/**
 * The tools that alone may be called, for dialects that cannot be told so: the list of tools itself is never filtered,
 * because it heads the prompt and so its cache. Empty where every tool is allowed.
 *
 * Source: AI models specification, part 8 (b) and rule 6.
 */
export function toolsAmong({ toolChoice, tools }: Call): Emulation {
  if (toolChoice?.kind !== "among") return {};
  const { names } = toolChoice;
  const isAll = tools.every(({ name }) => name !== undefined && names.includes(name));
  return isAll ? {} : { toolsAmong: names };
}
