import { expect, it } from "vitest";
import { sourceFiles } from "./source-files.ts";

it("permits are made by the room of residency alone, and what sends or keeps content asks for one", () => {
  const files = [...sourceFiles("src/**/*.ts")].filter(([file]) => !file.includes(".test"));
  const makers = files.filter(([, text]) => /\bnew Permit\(/.test(text)).map(([file]) => file);
  expect(makers).toEqual(["src/capabilities/residency/permits.ts"]);
  const asking = files.filter(([, text]) => /permit: Permit\b/.test(text)).map(([file]) => file);
  expect(asking).toEqual(
    expect.arrayContaining([
      "src/ports/transport.ts",
      "src/pipeline/state-keeper.ts",
      "src/capabilities/routing/learner.ts",
    ]),
  );
});
