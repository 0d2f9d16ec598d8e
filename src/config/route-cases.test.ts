import { describe, expect, it } from "vitest";
import { openaiOnly, problemsOf } from "./parse.test-support.ts";

const pool = (route: string): string =>
  `${openaiOnly}models:\n  a:\n    targets: [openai/gpt-5, openai/gpt-5-mini]\n    route:\n${route.replace(/^/gm, "      ")}\n`;

describe("a conditional route", () => {
  it("is taken where all is well", () => {
    const text = pool(`strategy: CONDITIONAL
cases:
  - { when: 'ai.tools > 0', strategy: highest-quality }
  - { when: 'ai.input_tokens > 100000 && header["x-sallyport-team"] != "lab"', use: [openai/gpt-5-mini] }
else: { strategy: lowest_cost, use: [openai/gpt-5-mini, openai/gpt-5] }`);
    expect(problemsOf(text)).toEqual([]);
  });

  it.for<{ name: string; route: string; problems: readonly string[] }>([
    {
      name: "conditions that name what is no fact, or do not fit",
      route: `strategy: conditional
cases:
  - { when: 'ai.tolls > 0', strategy: highest-quality }
  - { when: 'ai.stream && ai.model > 3', use: [openai/gpt-5] }
  - when: header["authorization"] != ""
    use: [openai/gpt-5-mini]`,
      problems: [
        "9:19 the condition `ai.tolls > 0` is wrong at character 1: `ai.tolls` is no fact; did you mean `ai.tools`?",
        "10:19 the condition `ai.stream && ai.model > 3` is wrong at character 14: no such overload: string > int",
        '11:17 the condition `header["authorization"] != ""` is wrong at character 1: `header` is asked as `header["x-sallyport-…"]`, in small letters',
      ],
    },
    {
      name: "cases that cannot be, and their conditions at once",
      route: `strategy: conditional
cases:
  - { when: 'ai.stream', strategy: LEARNED }
  - { when: 'ai.stream', use: [openai/gpt-5-mimi] }
  - { when: 'ai.stream' }
  - { when: 'ai.stram', use: [openai/gpt-5, openai/gpt-5] }
else: { strategy: conditional }`,
      problems: [
        expect.stringMatching(/^9:42 `learned` is not for a case: its budget .*; make it a pool of its own$/),
        "10:38 `openai/gpt-5-mimi` is none of the targets of its pool; did you mean `openai/gpt-5-mini`?",
        "11:11 a case needs `use` (targets of its pool), `strategy`, or both",
        expect.stringMatching(/^12:19 .*`ai.stram` is no fact; did you mean `ai.stream`\?/),
        "12:51 `openai/gpt-5` is used twice",
        "13:25 a case is not `conditional` itself: put its cases into the one list",
      ],
    },
    {
      name: "no cases",
      route: "strategy: conditional",
      problems: [
        "7:17 `conditional` needs `cases`, for example `cases: [{ when: 'ai.tools > 0', strategy: highest-quality }]`",
      ],
    },
    {
      name: "cases of another strategy",
      route: "cases: [{ when: 'true', strategy: weighted }]",
      problems: ["7:7 `cases` is for the strategy `conditional`, not `intelligent`"],
    },
    {
      name: "`else` of another strategy",
      route: "strategy: priority\nelse: { strategy: weighted }",
      problems: ["8:7 `else` is for the strategy `conditional`, not `priority`"],
    },
  ])("is refused with $name", ({ route, problems }) => {
    expect(problemsOf(pool(route))).toEqual(problems);
  });
});
