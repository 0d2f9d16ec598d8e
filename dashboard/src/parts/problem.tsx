import { Prose } from "./prose.tsx";

/** Why something was not done; nothing where it was. */
export function Problem({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : (
    <p class="bad-text" role="alert">
      <Prose text={text} />
    </p>
  );
}
