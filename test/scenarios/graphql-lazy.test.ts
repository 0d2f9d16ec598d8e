import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const watching = `
  import { registerHooks } from "node:module";
  const seen = [];
  registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context); } });
  const { graphqlLoader } = await import(process.argv[1] + "/src/cli/graphql-loader.ts");
  await import(process.argv[1] + "/src/cli/boot.ts");
  const { loadFor } = graphqlLoader();
  const ofGraphql = () => seen.filter((url) => /node_modules\\/graphql|platform\\/graphql/.test(url)).length;
  await loadFor({ routes: { one: { protocol: "rest" } } });
  const before = ofGraphql();
  await loadFor({ routes: { one: { protocol: "graphql" } } });
  console.log(JSON.stringify({ before, isLoaded: ofGraphql() > 0 }));
  process.exit(0);
`;

describe("a gateway without routes of GraphQL", () => {
  it("loads neither the library nor what is made with it", () => {
    const told = execFileSync(process.execPath, ["--input-type=module", "-e", watching, process.cwd()], {
      encoding: "utf8",
    });
    expect(JSON.parse(told)).toEqual({ before: 0, isLoaded: true });
  });
});
