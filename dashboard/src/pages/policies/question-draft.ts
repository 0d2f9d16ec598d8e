import type { PolicyAnswer, PolicyQuestion } from "../../generated/client.ts";

/** A request that is made up, as it is typed. */
export interface QuestionDraft {
  readonly phase: NonNullable<PolicyQuestion["phase"]>;
  /** JSON, by the name of each fact. */
  readonly facts: string;
  readonly tenant: string;
  readonly route: string;
  readonly protocol: string;
}

export const firstQuestion: QuestionDraft = {
  phase: "request",
  facts: `{
  "ai.model": "gpt-5",
  "ai.stream": false,
  "auth.tenant": "default",
  "auth.key": "key_first",
  "authenticated": true,
  "request.headers": { "x-team": ["blue"] }
}`,
  tenant: "default",
  route: "",
  protocol: "ai",
};

/** What was typed, as the admin API takes it; `undefined`: the facts are no JSON object. */
export function questionOf({ facts, ...rest }: QuestionDraft): PolicyQuestion | undefined {
  const read = readFacts(facts);
  return read === undefined
    ? undefined
    : { ...rest, tenant: rest.tenant.trim() || "default", route: rest.route.trim(), facts: read };
}

function readFacts(text: string): PolicyQuestion["facts"] | undefined {
  try {
    const value: PolicyQuestion["facts"] = JSON.parse(text.trim() === "" ? "{}" : text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How a policy met a request: a word, and how it is coloured. */
export const outcomes: Readonly<
  Record<PolicyAnswer["trace"][number]["outcome"], { readonly word: string; readonly mood: string }>
> = {
  deny: { word: "denies", mood: "bad" },
  allow: { word: "allows", mood: "good" },
  transform: { word: "transforms", mood: "calm" },
  route: { word: "narrows where it goes", mood: "calm" },
  limit: { word: "counts against a limit", mood: "calm" },
  shadow: { word: "holds, in shadow", mood: "warn" },
  error: { word: "cannot be told", mood: "bad" },
  no: { word: "does not hold", mood: "calm" },
};
