/** A single value of a structured field. Numbers of dates count seconds since 1970. */
export type SfBareItem =
  | { readonly type: "integer" | "decimal" | "date"; readonly value: number }
  | { readonly type: "string" | "token" | "display"; readonly value: string }
  | { readonly type: "bytes"; readonly value: Uint8Array }
  | { readonly type: "boolean"; readonly value: boolean };

/** In the order in which they came; of two of one name the later value stands at the earlier place. */
export type SfParameters = ReadonlyMap<string, SfBareItem>;

export interface SfItem {
  readonly value: SfBareItem;
  readonly parameters: SfParameters;
}

export interface SfInnerList {
  readonly items: readonly SfItem[];
  readonly parameters: SfParameters;
}

export type SfMember = SfItem | SfInnerList;
export type SfList = readonly SfMember[];
export type SfDictionary = ReadonlyMap<string, SfMember>;

export const isInnerList = (member: SfMember): member is SfInnerList => "items" in member;
