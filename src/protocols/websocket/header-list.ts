/** All values of a field of a flat header list, in order; `name` in lower case. */
export function valuesOf(headers: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === name) values.push(headers[index + 1] ?? "");
  }
  return values;
}

/** The elements of a comma-separated list that may be spread over several fields; empty ones are left out. */
export function listOf(headers: readonly string[], name: string): readonly string[] {
  return valuesOf(headers, name)
    .flatMap((value) => value.split(","))
    .map((element) => element.trim())
    .filter((element) => element !== "");
}

/** Whether a list has the element, without regard to case. */
export const hasToken = (elements: readonly string[], token: string): boolean =>
  elements.some((element) => element.toLowerCase() === token);
