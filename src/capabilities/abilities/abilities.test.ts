import { describe, expect, it } from "vitest";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import { epochMs } from "../../kernel/units.ts";
import { healingOf } from "./healing.ts";
import { createQuirkMemory } from "./learned.ts";

const failure = (message: string, more: Partial<UpstreamFailure> = {}): UpstreamFailure => ({
  code: "upstream_rejected",
  status: 400,
  message,
  ...more,
});
const members = new Set(["model", "messages", "temperature", "top_p", "max_tokens", "seed", "stop", "user"]);

describe("healingOf", () => {
  it.for<{ name: string; told: UpstreamFailure; parameter: string; to?: string }>([
    {
      name: "OpenAI names the parameter and the one to use instead",
      told: failure(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        { param: "max_tokens", upstreamCode: "unsupported_parameter" },
      ),
      parameter: "max_tokens",
      to: "max_completion_tokens",
    },
    {
      name: "OpenAI takes only the default",
      told: failure(
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
        { param: "temperature", upstreamCode: "unsupported_value" },
      ),
      parameter: "temperature",
    },
    {
      name: "Anthropic",
      told: failure("`temperature` is deprecated for this model."),
      parameter: "temperature",
    },
    {
      name: "Anthropic, two that exclude each other",
      told: failure(
        "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
      ),
      parameter: "temperature",
    },
    { name: "Groq", told: failure("property 'seed' is unsupported"), parameter: "seed" },
    {
      name: "Mistral and everything made with pydantic",
      told: failure(
        '[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]',
        {
          status: 422,
        },
      ),
      parameter: "seed",
    },
    {
      name: "an old OpenAI server",
      told: failure("Unrecognized request argument supplied: user"),
      parameter: "user",
    },
  ])("$name", ({ told, parameter, to }) => {
    expect(healingOf(told, members)).toEqual(
      to === undefined ? { kind: "remove", parameter } : { kind: "rename", parameter, to },
    );
  });

  it.for<{ name: string; told: UpstreamFailure }>([
    { name: "what a request must say is not taken out", told: failure("Unknown parameter: 'messages'.") },
    { name: "nor is what it wants stopped at", told: failure("'stop' is not supported with this model.") },
    { name: "a member that was not sent", told: failure("Unknown parameter: 'verbosity'.") },
    { name: "a wrong value is the client's own", told: failure("temperature must be between 0 and 2") },
    { name: "another status", told: failure("Unknown parameter: 'seed'.", { status: 500 }) },
  ])("$name", ({ told }) => {
    expect(healingOf(told, members)).toBeUndefined();
  });

  it("does not rename onto a member that is there already", () => {
    const both = new Set(["max_tokens", "max_completion_tokens"]);
    expect(healingOf(failure("unsupported", { param: "max_tokens" }), both)).toBeUndefined();
  });
});

describe("the quirk memory", () => {
  const place = { provider: "p", origin: "https://p", dialect: "openai-chat", model: "m/1" };
  const healing = { kind: "remove", parameter: "seed" } as const;
  const open = () => {
    let now = 0;
    const memory = createQuirkMemory(
      1000,
      () => epochMs(now),
      (ms) => epochMs(now + ms),
    );
    return {
      memory,
      pass: (ms: number) => {
        now += ms;
      },
    };
  };

  it("holds for the model it was learned of, until its time is over", () => {
    const { memory, pass } = open();
    memory.learn(place, healing, "no seed");
    expect(memory.healingsFor(place)).toEqual([healing]);
    expect(memory.healingsFor({ ...place, model: "m/2" })).toEqual([]);
    expect(memory.list()).toMatchObject([{ id: "p~openai-chat~m_1~seed", state: "learned", applied: 1 }]);
    pass(1000);
    expect(memory.healingsFor(place)).toEqual([]);
    expect(memory.list()).toEqual([]);
  });

  it("keeps what an operator pins, and neither applies nor learns what one forbids", () => {
    const { memory, pass } = open();
    memory.learn(place, healing, "no seed");
    memory.set("p~openai-chat~m_1~seed", "pinned");
    pass(5000);
    expect(memory.healingsFor(place)).toEqual([healing]);
    memory.set("p~openai-chat~m_1~seed", "forbidden");
    expect(memory.healingsFor(place)).toEqual([]);
    expect(memory.mayLearn(place, healing)).toBe(false);
    expect(memory.set("nothing", "pinned")).toBeUndefined();
  });

  it("never holds more than 2,000, and drops what it learned first", () => {
    const { memory } = open();
    for (let index = 0; index < 2001; index += 1) memory.learn({ ...place, model: `m${index}` }, healing, "");
    expect(memory.list()).toHaveLength(2000);
    expect(memory.healingsFor({ ...place, model: "m0" })).toEqual([]);
    expect(memory.healingsFor({ ...place, model: "m2000" })).toEqual([healing]);
  });
});
