/** Names that stand in one line, with commas or spaces between them. */
export const readList = (text: string): readonly string[] =>
  text
    .split(/[,\s]+/)
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** `a=b, c=d` as an object. A part without `=` is a name without a value. */
export const readPairs = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map((part) => {
        const at = part.indexOf("=");
        return at < 0 ? [part, ""] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
      }),
  );

/** The same as text. */
export const writePairs = (pairs: Readonly<Record<string, string>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

/** What `<input type="date">` has, as the end of that day, UTC; `null` for nothing. */
export const readDay = (text: string): number | null =>
  text === "" ? null : Date.parse(`${text}T23:59:59.999Z`);

/** A moment as `<input type="date">` has it, UTC. */
export const writeDay = (at: number | null): string =>
  at === null ? "" : new Date(at).toISOString().slice(0, 10);
