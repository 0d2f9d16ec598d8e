import type { UpstreamState } from "../../generated/client.ts";

const names: Readonly<Record<string, string>> = {
  writesReasoning: "Reasoning goes back in",
  echoesReasoning: "Reasoning has to go back",
  asksReasoning: "Reasoning is asked for by",
  efforts: "Efforts it takes",
  seals: "Sealed reasoning",
  systemRole: "Instructions have the role",
  tokenLimit: "Output limit is called",
  usageInStream: "Usage in a stream",
  acceptsStreamOptions: "Takes stream_options",
  toolIndex: "Index of tool calls",
  customTools: "Tools with free input",
  acceptsAllowedTools: "Takes a list of allowed tools",
  acceptsTopK: "Takes top_k",
  acceptsParallelFlag: "Takes parallel_tool_calls",
  acceptsStore: "Takes store",
  endUser: "End user is called",
  reasoningOutsideCompletion: "Reasoning counted apart",
  stopMax: "Stop sequences at most",
};

/** How the server departs from OpenAI's Chat Completions. */
export function ProfileSection({ profile }: Pick<UpstreamState, "profile">) {
  if (profile === null) return null;
  const own = profile.ways.filter(({ isUsual }) => !isUsual);
  return (
    <section aria-labelledby="profile">
      <h3 id="profile">
        Ways of the server <span class="muted">profile {profile.id}</span>
      </h3>
      <p class="muted">
        {own.length === 0
          ? "It is spoken to as OpenAI's own Chat Completions are."
          : `It differs from OpenAI's own in ${own.length} of ${profile.ways.length}.`}
      </p>
      <details>
        <summary>All of them</summary>
        <dl class="ways">
          {profile.ways.map(({ name, value, isUsual }) => (
            <div key={name} class={isUsual ? "" : "own"}>
              <dt>{names[name] ?? name}</dt>
              <dd>{shown(value)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

const words: Readonly<Record<string, string>> = { true: "yes", false: "no" };

const shown = (value: string | null): string => (value === null ? "not known" : (words[value] ?? value));
