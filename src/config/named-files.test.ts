import { describe, expect, it } from "vitest";
import { namedFiles } from "./named-files.ts";

const env = (name: string): string | undefined => ({ CERTS: "/run/certs" })[name];

describe("namedFiles", () => {
  it.for<{ name: string; text: string; files: readonly string[] }>([
    { name: "a reference in quotes", text: `key: "file:/run/secrets/key"`, files: ["/run/secrets/key"] },
    { name: "a bare reference", text: "key: file:../key # mine", files: ["../key"] },
    {
      name: "references in one line",
      text: `a: { key: file:/a, headers: { x: "file:/b c" } }`,
      files: ["/a", "/b c"],
    },
    {
      name: "files of TLS, by a variable",
      text: `server:\n  tls:\n    certFile: "\${CERTS}/a.pem"\n    keyFile: \${KEYS:-/etc/keys}/a.key\n`,
      files: ["/run/certs/a.pem", "/etc/keys/a.key"],
    },
    {
      name: "schemas",
      text: "graphql: { schema: shop.graphql, trustedDocuments: { manifest: 'm.json' } }",
      files: ["shop.graphql", "m.json"],
    },
    { name: "networks", text: "geo:\n  cidrs: /var/lib/geo.csv\r\n", files: ["/var/lib/geo.csv"] },
    {
      name: "no path of a route, and no address",
      text: "path: /v1\nbaseUrl: http://a/b\nnote: my file: is here",
      files: [],
    },
    { name: "no section by such a name", text: "schema:\n  type: object\n", files: [] },
  ])("finds $name", ({ text, files }) => {
    expect(namedFiles(text, env).files).toEqual(files);
  });

  it.for([
    ["dataDir: /var/lib/sallyport # here", "/var/lib/sallyport"],
    [`dataDir: "\${CERTS}/data"`, "/run/certs/data"],
    ["  dataDir: /deeper", undefined],
    ["# dataDir: /no", undefined],
  ] as const)("finds the data directory in %j", ([text, dataDir]) => {
    expect(namedFiles(text, env).dataDir).toBe(dataDir);
  });
});
