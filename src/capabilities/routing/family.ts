/** Names of models by which their makers are known. */
const families: readonly (readonly [string, RegExp])[] = [
  ["gpt", /\b(gpt|chatgpt|o[1345]|davinci|codex)\b/],
  ["claude", /\bclaude\b/],
  ["gemini", /\b(gemini|gemma|palm-?2|(text|chat)-bison)/],
  ["llama", /\bllama/],
  ["mistral", /\b(mistral|mixtral|ministral|magistral|codestral|devstral|pixtral)/],
  ["qwen", /\b(qwen|qwq)/],
  ["deepseek", /\bdeepseek/],
  ["nova", /\b(nova|titan)\b/],
];

/** Models of one family praise one another: by name, or else the word that a name begins with. */
export function familyOf(model: string): string {
  const name = model.toLowerCase();
  const known = families.find(([, pattern]) => pattern.test(name));
  if (known !== undefined) return known[0];
  // Bedrock puts the region and the maker before the name.
  const own = name.slice(name.lastIndexOf("/") + 1).replace(/^(?:[a-z]+\.)+(?=[a-z])/, "");
  return /^[a-z]+/.exec(own)?.[0] ?? own;
}
