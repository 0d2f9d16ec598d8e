/** A change of one top-level member that lets a refused request pass: taken out, or said under another name. */
export type Healing =
  | { readonly kind: "remove"; readonly parameter: string }
  | { readonly kind: "rename"; readonly parameter: string; readonly to: string };
