/** Where a value stands in the configuration: `["providers", "openai", "key"]`, list positions as numbers. */
export type Path = readonly (string | number)[];

/** A path as people write it: `models.fast.targets[0].provider`, `models["gpt-5.1"]`. */
export function printPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z0-9_-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}
