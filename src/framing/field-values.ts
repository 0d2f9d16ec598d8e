/**
 * All values of a field by its lower-case name, each without the white space around it and with folded lines on one;
 * `undefined`: it did not come.
 */
export function valuesOf(fields: readonly string[], name: string): readonly string[] | undefined {
  let values: string[] | undefined;
  for (let at = 0; at < fields.length; at += 2) {
    const found = fields[at] ?? "";
    if (found.length !== name.length || found.toLowerCase() !== name) continue;
    values ??= [];
    values.push((fields[at + 1] ?? "").replace(/\r?\n[ \t]+/g, " ").replace(/^[ \t]+|[ \t]+$/g, ""));
  }
  return values;
}

/** All lines of a field as one value; `undefined`: it did not come. */
export const joinedField = (fields: readonly string[], name: string): string | undefined =>
  valuesOf(fields, name)?.join(", ");

/** An authority as signatures have it: lower case, without the port that the scheme has anyway. */
export function signedAuthority(host: string, scheme: "http" | "https"): string {
  const lower = host.toLowerCase();
  const usual = scheme === "https" ? ":443" : ":80";
  return lower.endsWith(usual) ? lower.slice(0, -usual.length) : lower;
}
