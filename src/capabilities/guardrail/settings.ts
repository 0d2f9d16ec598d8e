import * as z from "zod";
import { builtInKinds } from "./finding.ts";
import { actions } from "./redact.ts";

const places = ["input", "output", "tool-arguments", "tool-result"] as const;
const globs = (of: string) => z.array(z.string().min(1).max(200)).max(100).default([]).describe(of);
const whose = {
  keys: globs("Names of keys, `*` for any run of characters; empty: all."),
  projects: globs("Projects; empty: all."),
  models: globs("Models, by the name a client asks for; empty: all."),
};

const detected = z
  .union([
    z.enum(["all", "pii", "secrets", ...builtInKinds]),
    z.templateLiteral(["custom:", z.string().regex(/^[a-z0-9-]{1,40}$/)]),
  ])
  .describe("`pii`, `secrets`, `all`, one kind, or `custom:NAME` for a pattern of `patterns`.");

const rule = z
  .strictObject({
    on: z
      .union([z.enum(places), z.array(z.enum(places)).min(1).max(4)])
      .describe(
        "What it is about: the prompt, the answer, what a tool is called with, what a tool has said.",
      ),
    detect: z.array(detected).min(1).max(60).describe("What is looked for."),
    do: z
      .enum(actions)
      .describe(
        "`log`: counted; `flag`: counted, and a fact for policies; `redact`: a word in brackets takes its place; `block`: the request is refused, an answer ends.",
      ),
    restore: z
      .boolean()
      .default(false)
      .describe("Whether what was taken out of the prompt is put back where the answer repeats its word."),
    numbered: z
      .boolean()
      .default(false)
      .describe("`[EMAIL_1]` in the place of `[EMAIL]`: equal values have equal numbers."),
    ...whose,
  })
  .describe("What is done with what is found.");

const pattern = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .describe("Rules name it `custom:NAME`."),
  pattern: z.string().min(1).max(500).describe("In the syntax of RE2, which takes linear time."),
  maxSpan: z
    .int()
    .min(1)
    .max(255)
    .default(64)
    .describe("Longest match, in characters; so much of a stream is kept back."),
});

/** The `guardrails` section. */
export const guardrailSettings = z
  .strictObject({
    rules: z
      .array(rule)
      .max(200)
      .default([])
      .describe("All that fit a request hold; of two for one kind the stricter counts."),
    patterns: z.array(pattern).max(50).default([]).describe("Kinds of the operator's own."),
    injection: z
      .strictObject({
        do: z
          .enum(["off", "log", "flag", "block"])
          .default("flag")
          .describe(
            "What is done with a prompt whose score is reached. `block`: the whole of it is scored before it goes on. `log` and `flag`: its newest 16 KiB, once the answer has gone, as far as a twentieth of the time of the process allows; policies that ask `guard.injection` need neither.",
          ),
        threshold: z.number().min(0).max(1).default(0.9).describe("The score from which on it counts."),
        ...whose,
      })
      .prefault({})
      .describe("Texts that would have the model do something else than it was told. A score, no proof."),
    tools: z
      .array(
        z.strictObject({
          tools: z
            .array(z.string().min(1).max(200))
            .min(1)
            .max(100)
            .describe("Names of tools, `*` for any run of characters."),
          do: z
            .enum(["allow", "deny"])
            .describe("The first entry that fits a call decides; a call that fits none is allowed."),
          when: z
            .exactOptional(z.string().min(1).max(2000))
            .describe(
              'A condition in CEL on `tool.name` and `args["NAME"]`; an entry whose condition cannot be told denies.',
            ),
          ...whose,
        }),
      )
      .max(100)
      .default([])
      .describe("Which tools the model may call, and with what."),
    unread: z
      .enum(["refuse", "pass"])
      .default("refuse")
      .describe(
        "Requests that no guardrail can read, of the raw lane and sessions of Realtime, where a rule would redact or block: `pass` lets them through as they are.",
      ),
    toolCallsMax: z.int().min(1).max(1000).default(50).describe("Calls of tools in one answer."),
    toolRepeatsMax: z
      .int()
      .min(1)
      .max(1000)
      .default(5)
      .describe("The same call of a tool within 60 s in one conversation; one more ends the answer."),
  })
  .describe(
    "Personal data, secrets, injected instructions and calls of tools: what is done with them. They reduce risk, no more.",
  );

export type GuardrailSettings = z.output<typeof guardrailSettings>;
