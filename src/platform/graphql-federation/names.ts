import { type ArgumentNode, print } from "graphql";
import type { Field, Model } from "./model.ts";

export interface Names {
  /** What a field with these arguments is called in what is sent and in the tree: `size`, `size__a0`, `title__s1`; a mutation, of which each is run, `buy__mfirst`. */
  readonly of: (
    field: Pick<Field, "name" | "signature">,
    args: readonly ArgumentNode[] | undefined,
    alias?: string,
  ) => string;
  /** Whether that name is what a field of the client's document is called. */
  readonly isOf: (
    called: string,
    field: {
      readonly name: string;
      readonly args: readonly ArgumentNode[] | undefined;
      readonly alias: string;
    },
  ) => boolean;
}

/**
 * Canonical names of one plan. The same field with the same arguments has one name, whoever asks; two fields that could
 * not stand under one name in an answer (October 2021, 5.3.2) have two.
 */
export function createNames(model: Model): Names {
  const argumentTexts = new Map<string, number>();
  const of: Names["of"] = ({ name, signature }, args, alias) => {
    const variant = model.signatures.get(name)?.indexOf(signature) ?? 0;
    const called = alias === undefined ? name : `${name}__m${alias}`;
    const plain = variant > 0 ? `${called}__s${variant}` : called;
    if (args === undefined || args.length === 0) return plain;
    const text = argumentsText(args);
    const index = argumentTexts.get(text) ?? argumentTexts.size;
    argumentTexts.set(text, index);
    return `${plain}__a${index}`;
  };
  return {
    of,
    isOf: (called, { name, args, alias }) =>
      (model.signatures.get(name) ?? []).some(
        (signature) =>
          called === of({ name, signature }, args) || called === of({ name, signature }, args, alias),
      ),
  };
}

export function argumentsText(args: readonly ArgumentNode[]): string {
  return args
    .map((one) => print(one))
    .toSorted()
    .join(" ");
}
