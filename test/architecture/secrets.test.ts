import { describe, expect, it } from "vitest";
import { sourceFiles } from "./source-files.ts";

/** Where the text of a secret may be taken besides `platform/*`: into headers, signatures and TLS of what is asked. */
const mayReveal = ["src/gateway/compile-config.ts", "src/gateway/services.ts"];

const filesWith = (pattern: RegExp, glob = "src/**/*.ts"): readonly string[] =>
  [...sourceFiles(glob)]
    .filter(([file, text]) => !file.includes(".test") && pattern.test(text))
    .map(([file]) => file);

describe("a secret", () => {
  it("gives its text to platform folders, and to those who make what goes to an upstream", () => {
    const takers = filesWith(/\.reveal\(\)/).filter((file) => !file.startsWith("src/platform/"));
    expect(takers).toEqual(mayReveal);
  });
});

describe("a connection", () => {
  it("is opened by three folders, and each of them asks the guard", () => {
    const opens = /from "(?:undici|node:(?:https|tls))"|\bconnect as connectPlain\b|httpRequest\(/;
    const folders = filesWith(opens)
      .filter((file) => !file.startsWith("src/platform/node-server/"))
      .map((file) => file.split("/").slice(0, 3).join("/"));
    expect([...new Set(folders)]).toEqual([
      "src/cli/data-listener.ts",
      "src/platform/http2-transport",
      "src/platform/undici-transport",
    ]);
    expect(
      filesWith(/\bcreate(?:Http2)?Transport\(|\bcreateTunnels\(/, "src/{cli,gateway,admin}/**/*.ts"),
    ).toEqual(["src/cli/open-transports.ts"]);
    const [made = ""] = [...sourceFiles("src/cli/open-transports.ts").values()];
    expect(made.match(/create(?:Http2Transport|Transport|Tunnels)\(\{[^}]*\bguard \}\)/g)).toHaveLength(3);
  });

  it("goes by no other way than these: `fetch` is for this machine's own servers alone", () => {
    expect(filesWith(/(?<![.\w])fetch\(/).filter((file) => !file.includes("graphql"))).toEqual([
      "src/cli/admin-client.ts",
      "src/cli/local-servers.ts",
    ]);
  });
});
