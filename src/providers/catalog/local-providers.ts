import type { CatalogProvider } from "./provider.ts";

const chat = ["openai-chat"] as const;

/** Model servers on one's own machine, at the ports where they listen unless told otherwise. Source: their documentation. */
export const localProviders: readonly CatalogProvider[] = [
  local("ollama", 11_434),
  local("lmstudio", 1234),
  local("vllm", 8000),
  local("llama-cpp", 8080),
  local("sglang", 30_000),
  // Its port is llama.cpp's, and so are its ways.
  { ...local("localai", 8080), quirks: "llama-cpp" },
];

function local(id: string, port: number): CatalogProvider {
  return {
    id,
    dialects: chat,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    environment: [],
    models: [],
    quirks: id,
  };
}
