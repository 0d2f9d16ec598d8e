import { defineConfig } from "vitest/config";

const node = {
  environment: "node",
  testTimeout: 20_000,
  hookTimeout: 30_000,
  // A second is not enough for a page on a machine that others use too.
  expect: { poll: { timeout: 10_000 } },
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...node,
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "sandbox/**/*.test.ts",
            "scripts/**/*.test.ts",
            "dashboard/src/**/*.test.ts",
            "test/architecture/**/*.test.ts",
            "test/simulation/**/*.test.ts",
          ],
        },
      },
      { test: { ...node, name: "contracts", include: ["test/contracts/**/*.test.ts"] } },
      {
        test: {
          ...node,
          name: "scenarios",
          include: ["test/scenarios/**/*.test.ts"],
          fileParallelism: true,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...node,
          name: "conformance",
          include: ["test/conformance/**/*.test.ts"],
          // One copy of `graphql` for the library and for the test that runs it.
          server: { deps: { inline: [/@graphql-tools\//] } },
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
