import { guardrailSettings } from "./settings.ts";
import { guardRequest, type Told } from "./stage.ts";
import { createExpressionsOf } from "./tools.test-support.ts";
import { createRepeats } from "./tools.ts";

/** A request of one message. */
export const body = (text: string): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ model: "m", messages: [{ role: "user", content: text }] }));

/** A request under the rules of a `guardrails` section, and what was told of it. */
export function guarded(
  written: unknown,
  text = "hello",
  world: { now?: number; repeats?: ReturnType<typeof createRepeats>; bytes?: Uint8Array } = {},
) {
  const settings = guardrailSettings.parse(written);
  const told: Told[] = [];
  const made = guardRequest(
    {
      settings,
      patterns: [],
      tools: settings.tools.map((rule) => ({ rule, ...createExpressionsOf(rule.when) })),
    },
    { body: world.bytes ?? body(text), whose: { keyId: "k1", key: "team-a", project: "p", model: "gpt-5" } },
    {
      digestOf: (value) => `digest of ${value.length}`,
      nowMs: () => world.now ?? 0,
      repeats: world.repeats ?? createRepeats((value) => value),
      tell: (one) => told.push(one),
    },
  );
  return { made, told, shown: new TextDecoder().decode(made?.body) };
}
