import { describe, expect, it } from "vitest";
import { openaiOnly as openai, problemsOf } from "./parse.test-support.ts";

describe("completeConfig refuses", () => {
  it.for<{ name: string; text: string; problems: readonly string[] }>([
    {
      name: "nothing at all",
      text: "",
      problems: [
        "1:1 neither `providers` nor `services` names anybody, so nothing could be answered; for example `openai: { key: ${OPENAI_API_KEY} }`",
      ],
    },
    {
      name: "resilience of a pool that is not there",
      text: `${openai}models: { chat: [openai/gpt-5] }\nresilience: { models: { chta: { retry: { perTarget: 1 } }, chat: {}, openai/x: {} } }\n`,
      problems: [
        expect.stringContaining("`chta` is no pool and no model of this file; did you mean `chat`?"),
      ],
    },
    {
      name: "dialect beside dialects",
      text: "providers:\n  a: { dialect: openai-chat, dialects: [openai-chat], baseUrl: http://h }\n",
      problems: ["2:30 `providers.a` has both `dialect` and `dialects`; keep one"],
    },
    {
      name: "a provider nobody knows",
      text: "providers:\n  opnai: { key: ${OPENAI_API_KEY} }\n",
      problems: [
        "2:3 the provider `opnai` is not in the catalogue, so it needs `dialect` and `baseUrl`; did you mean `openai`?",
      ],
    },
    {
      name: "a base URL without dialect",
      text: "providers:\n  mine: { baseUrl: http://h }\n",
      problems: ["2:3 the provider `mine` is not in the catalogue, so it needs `dialect`"],
    },
    {
      name: "likeness to a provider nobody knows",
      text: "providers:\n  mine: { like: opnai }\n",
      problems: ["2:17 `opnai` is not in the catalogue of providers; did you mean `openai`?"],
    },
    {
      name: "a known provider without key",
      text: "providers:\n  anthropic: {}\n",
      problems: ["2:3 the provider `anthropic` needs `key`, for example `key: ${ANTHROPIC_API_KEY}`"],
    },
    {
      name: "a base URL of another scheme",
      text: "providers:\n  a: { dialect: openai-chat, baseUrl: ftp://h }\n",
      problems: ["2:39 `providers.a.baseUrl` must begin with `http://` or `https://`"],
    },
    {
      name: "a base URL that leads back here",
      text: "providers:\n  a: { dialect: openai-chat, baseUrl: http://localhost:7227/v1 }\n",
      problems: ["2:39 `providers.a.baseUrl` leads back to this gateway"],
    },
    {
      name: "a framing header",
      text: "providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { Content-Length: '1' } }\n",
      problems: ["2:48 the header `Content-Length` is the gateway's own to set"],
    },
    {
      name: "a header given in two cases",
      text: "providers:\n  openai: { key: ${OPENAI_API_KEY}, headers: { x-a: '1', X-A: '2' } }\n",
      problems: ["2:58 the header `X-A` is given twice; case does not tell headers apart"],
    },
    {
      name: "two prices for the same calls",
      text: `${openai}pricing:\n  rows:\n    - { match: { model: x }, usdPerMillion: { input: 1 }, source: a }\n    - { match: { model: x }, usdPerMillion: { input: 2 }, source: b }\n`,
      problems: [
        "6:7 `pricing.rows[1]` matches the same calls as `pricing.rows[0]` from the same moment; tell them apart by `match` or `validFrom`",
      ],
    },
    {
      name: "a target at a provider that is not there",
      text: `${openai}models: { fast: [opnai/x] }\n`,
      problems: [
        "3:18 a target of `models.fast` names the provider `opnai`, which is not configured; did you mean `openai`?",
      ],
    },
    {
      name: "the same in the long form",
      text: `${openai}models:\n  fast:\n    targets:\n      - { model: x, provider: zzz }\n`,
      problems: [
        "6:31 a target of `models.fast` names the provider `zzz`, which is not configured; configured are `openai`",
      ],
    },
    {
      name: "a judge at a provider that is not there, of the family of a target, and a guard without a reference",
      text: `${openai}models:\n  fast:\n    targets: [openai/gpt-5]\n    route:\n      strategy: learned\n      guard: {}\n      judge: { use: opnai/gpt-5-mini }\n`,
      problems: [
        "6:5 `models.fast.route.reference` is needed by `guard`: the target that answers are held against",
        '9:21 `models.fast.route.judge.use` must be of another family than `gpt-5`, which the guard would have it judge, not "opnai/gpt-5-mini"',
      ],
    },
    {
      name: "a judge at a provider that is not there",
      text: `${openai}models:\n  fast:\n    targets: [openai/gpt-5]\n    route:\n      strategy: learned\n      judge: { use: opnai/claude-5 }\n`,
      problems: [
        "8:21 the judge of `models.fast` names the provider `opnai`, which is not configured; did you mean `openai`?",
      ],
    },
    {
      name: "a guard of a pool that does not learn",
      text: `${openai}models:\n  fast:\n    targets: [openai/gpt-5]\n    route: { guard: {}, reference: openai/gpt-5 }\n`,
      problems: ["6:5 `models.fast.route.strategy` must be `learned` for `guard`"],
    },
    {
      name: "a target given twice",
      text: `${openai}models: { fast: [openai/a, openai/a] }\n`,
      problems: ["3:28 `models.fast` has the target `openai/a` twice"],
    },
    {
      name: "a pool that hides a provider's model",
      text: `${openai}models: { openai/gpt-5: [openai/a] }\n`,
      problems: [
        '3:11 the pool `models["openai/gpt-5"]` would hide a model of the provider `openai`; give it another name',
      ],
    },
    {
      name: "an admin port for everybody",
      text: `${openai}admin: { host: 0.0.0.0 }\n`,
      problems: [
        "3:16 `admin.host` 0.0.0.0 can be reached from other machines; keep 127.0.0.1, or set `admin.allowRemote: true` and put TLS before it",
      ],
    },
    {
      name: "two listeners on one port",
      text: `${openai}admin: { port: 7227 }\n`,
      problems: ["3:16 `admin.port` and `server.port` are both 7227; they need different ports"],
    },
  ])("$name", ({ text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});
