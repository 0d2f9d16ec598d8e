import { describe, expect, it } from "vitest";
import { importsOf, judgeImports } from "./judge-imports.ts";
import { sourceFiles } from "./source-files.ts";

describe("the layers of src", () => {
  it("are kept by every import", () => {
    const files = sourceFiles("src/**/*.ts");
    expect(files.size).toBeGreaterThan(50);
    expect(judgeImports(files)).toEqual([]);
  });
});

/** What the judge says about one file of a tree that is otherwise in order. */
function whyRefused(file: string, source: string): string | undefined {
  return judgeImports(
    new Map([
      ["src/kernel/units.ts", "export const one = 1;"],
      [file, source],
    ]),
  )[0]?.why;
}

describe("judgeImports", () => {
  it.for<{ name: string; file: string; source: string; why: string }>([
    {
      name: "an import that points up",
      file: "src/kernel/ids.ts",
      source: `import { x } from "../ports/clock.ts";`,
      why: "points up",
    },
    {
      name: "a type import that points up",
      file: "src/framing/sse.ts",
      source: `import type { X } from "../pipeline/handle.ts";`,
      why: "points up",
    },
    {
      name: "a re-export that points up",
      file: "src/pipeline/a.ts",
      source: `export { x } from "../gateway/control.ts";`,
      why: "points up",
    },
    {
      name: "a star re-export that points up",
      file: "src/pipeline/a.ts",
      source: `export * from "../config/read.ts";`,
      why: "points up",
    },
    {
      name: "an import() that points up",
      file: "src/config/a.ts",
      source: `const a = await import("../admin/a.ts");`,
      why: "points up",
    },
    {
      name: "the exchange that imports a port",
      file: "src/exchange/a.ts",
      source: `import { x } from "../ports/clock.ts";`,
      why: "sideways",
    },
    {
      name: "a room that imports a room",
      file: "src/capabilities/routing/a.ts",
      source: `import { x } from "../pricing/index.ts";`,
      why: "sideways",
    },
    {
      name: "the order that imports a room",
      file: "src/pipeline/a.ts",
      source: `import { x } from "../capabilities/pricing/index.ts";`,
      why: "sideways",
    },
    {
      name: "a protocol that touches the platform",
      file: "src/protocols/rest/a.ts",
      source: `import { x } from "../../platform/system/index.ts";`,
      why: "sideways",
    },
    {
      name: "an admin route past the gateway",
      file: "src/admin/a.ts",
      source: `import { x } from "../capabilities/pricing/index.ts";`,
      why: "past a level",
    },
    {
      name: "a look behind a room's index.ts",
      file: "src/gateway/a.ts",
      source: `import { x } from "../capabilities/pricing/price.ts";`,
      why: "index.ts",
    },
    { name: "a folder without a level", file: "src/helpers/a.ts", source: "", why: "no level" },
    {
      name: "a loose file beside the rooms",
      file: "src/capabilities/shared.ts",
      source: "",
      why: "no level",
    },
    {
      name: "an import from a folder without a level",
      file: "src/gateway/a.ts",
      source: `import { x } from "../utils/a.ts";`,
      why: "no level",
    },
    {
      name: "a package outside the platform",
      file: "src/pipeline/a.ts",
      source: `import { Agent } from "undici";`,
      why: "undici",
    },
    {
      name: "zod outside settings.ts",
      file: "src/capabilities/routing/stage.ts",
      source: `import * as z from "zod";`,
      why: "zod",
    },
    {
      name: "a path into a scoped package",
      file: "src/gateway/a.ts",
      source: `import { x } from "@a/b/c";`,
      why: "@a/b",
    },
    {
      name: "the world, in a room",
      file: "src/capabilities/routing/a.ts",
      source: `import { readFileSync } from "node:fs";`,
      why: "touch the world",
    },
    {
      name: "a test's support in src",
      file: "src/gateway/a.ts",
      source: `import { x } from "../../test/support/a.ts";`,
      why: "reach into test",
    },
    {
      name: "the sandbox in the data path",
      file: "src/gateway/a.ts",
      source: `import { x } from "../../sandbox/a.ts";`,
      why: "reach into sandbox",
    },
  ])("refuses $name", ({ file, source, why }) => {
    expect(whyRefused(file, source)).toContain(why);
  });

  it.for<{ name: string; file: string; source: string }>([
    {
      name: "an import of a lower level",
      file: "src/gateway/a.ts",
      source: `import { x } from "../capabilities/pricing/index.ts";`,
    },
    {
      name: "a room's own files",
      file: "src/capabilities/routing/deep/a.ts",
      source: `import { x } from "../table.ts";`,
    },
    {
      name: "a package in the platform",
      file: "src/platform/undici-transport/a.ts",
      source: `import { Agent } from "undici"; import "node:net";`,
    },
    {
      name: "zod in settings.ts",
      file: "src/capabilities/routing/settings.ts",
      source: `import * as z from "zod";`,
    },
    {
      name: "the sandbox in the command line",
      file: "src/cli/a.ts",
      source: `const a = await import("../../sandbox/a.ts");`,
    },
    {
      name: "everything in a test",
      file: "src/kernel/a.test.ts",
      source: `import { x } from "../gateway/control.ts"; import "vitest";`,
    },
  ])("allows $name", ({ file, source }) => {
    expect(whyRefused(file, source)).toBeUndefined();
  });
});

describe("importsOf", () => {
  it("finds every way to ask for a module, once", () => {
    const source = `
      import a from "a"; import type { B } from "b"; import "c";
      export { d, d2 } from "d"; export * from "e"; export * as f from "f";
      const g = await import("g"); export const h = 1;`;
    expect(importsOf("x.ts", source)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  });
});
