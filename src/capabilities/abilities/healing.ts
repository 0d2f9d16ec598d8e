import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Healing } from "../../exchange/healing.ts";

/** What may be healed, and never anything that carries what the client has to say. Source: AI models specification, part 17. */
const removable: ReadonlySet<string> = new Set([
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "random_seed",
  "presence_penalty",
  "frequency_penalty",
  "parallel_tool_calls",
  "stream_options",
  "reasoning",
  "reasoning_effort",
  "verbosity",
  "service_tier",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "metadata",
  "user",
  "safety_identifier",
  "store",
]);

const renamed: ReadonlyMap<string, string> = new Map([
  ["max_tokens", "max_completion_tokens"],
  ["max_completion_tokens", "max_tokens"],
]);

/** The words in which servers say that they do not take a parameter, or only its default. */
const refusals =
  /unsupported|not support|unknown|unrecognized|unexpected|deprecated|extra inputs? (?:are|is) not permitted|extra_forbidden|only the default|not permitted|not allowed|cannot both be/i;

const statuses: ReadonlySet<number> = new Set([400, 422]);

/**
 * How the request that a server refused with `failure` may be sent once more; `undefined` when the refusal names no
 * optional member that the request has.
 *
 * @param members The names of the top-level members that were sent.
 */
export function healingOf(failure: UpstreamFailure, members: ReadonlySet<string>): Healing | undefined {
  if (!statuses.has(failure.status) || !isRefusal(failure)) return undefined;
  const named = [failure.param, ...namesIn(failure.message)];
  for (const parameter of named) {
    if (parameter === undefined || !members.has(parameter)) continue;
    const to = renamed.get(parameter);
    if (to !== undefined) return members.has(to) ? undefined : { kind: "rename", parameter, to };
    if (removable.has(parameter)) return { kind: "remove", parameter };
  }
  return undefined;
}

const isRefusal = ({ message, upstreamCode }: UpstreamFailure): boolean =>
  refusals.test(message) || /^(?:unsupported|unknown)_(?:parameter|value)$/.test(upstreamCode ?? "");

/** Words of a message that may be a member's name, in their order. */
function namesIn(message: string): readonly string[] {
  return message.match(/[a-z][a-z_]*[a-z]/g) ?? [];
}
