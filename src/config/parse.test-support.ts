import { Secret } from "../kernel/secret.ts";
import { createExpressions } from "../platform/cel/index.ts";
import { type ParseWorld, parseConfig } from "./parse.ts";
import { type Path, printPath } from "./path.ts";
import type { KnownProvider } from "./resolve-provider.ts";

/** A small catalogue for tests; the real one may change without them. */
export const smallCatalog: readonly KnownProvider[] = [
  {
    id: "openai",
    dialects: ["openai-chat"],
    baseUrl: "https://api.openai.com/v1",
    environment: ["OPENAI_API_KEY"],
    models: ["gpt-*", "o3*"],
  },
  {
    id: "anthropic",
    dialects: ["anthropic-messages"],
    baseUrl: "https://api.anthropic.com",
    environment: ["ANTHROPIC_API_KEY", "CLAUDE_API_KEY"],
    models: ["claude-*"],
  },
  {
    id: "ollama",
    dialects: ["openai-chat"],
    baseUrl: "http://127.0.0.1:11434/v1",
    environment: [],
    models: [],
  },
];

/** A world of these variables and files, and the small catalogue. */
export function parseWorldOf(
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): ParseWorld {
  return {
    env: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
    readFile: (path) => {
      const text = Object.hasOwn(files, path) ? files[path] : undefined;
      return text === undefined
        ? { kind: "unreadable", reason: "there is no such file" }
        : { kind: "text", text };
    },
    catalog: smallCatalog,
    expressions: createExpressions(),
  };
}

export const testWorld = parseWorldOf(
  { OPENAI_API_KEY: "sk-canary-1", PORT: "8080", FLAG: "true", EMPTY: "", HOST: "10.0.0.7" },
  { "/run/secrets/key": "sk-canary-2\n" },
);

/** A text that is valid but for what is added to it, on line 3 and below. */
export const openaiOnly = "providers:\n  openai: { key: ${OPENAI_API_KEY} }\n";

/** The problems of a text in the test world: `line:column message`. */
export function problemsOf(text: string): readonly string[] {
  const parsed = parseConfig(text, testWorld);
  if (parsed.kind === "valid") return [];
  return parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** Where a value hides secrets: printed paths, in order. */
export function secretPaths(value: unknown, path: Path = []): readonly string[] {
  if (value instanceof Secret) return [printPath(path)];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => secretPaths(item, [...path, name]));
}
