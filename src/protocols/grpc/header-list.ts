/** A flat list of fields: name, value, name, value. Names may be of any case. */
export type HeaderList = readonly string[];

/** The first value of `name`, which is in lower case. */
export function valueIn(list: HeaderList, name: string): string | undefined {
  for (let index = 0; index + 1 < list.length; index += 2)
    if ((list[index] ?? "").toLowerCase() === name) return list[index + 1];
  return undefined;
}

/** The fields that `keeps` says so of, with their names in lower case. */
export function fieldsOf(list: HeaderList, keeps: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = (list[index] ?? "").toLowerCase();
    if (keeps(name)) kept.push(name, list[index + 1] ?? "");
  }
  return kept;
}

/** A field, where there is something to say. */
export const field = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [name, value];
