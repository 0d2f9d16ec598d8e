import { useEffect, useRef } from "preact/hooks";
import type { CreatedKey } from "../../generated/client.ts";
import { CodeBlock } from "../../parts/code-block.tsx";

/** A key that was just made: the one time it is shown. */
export function NewKey(props: { readonly created: CreatedKey; readonly onDone: () => void }) {
  const { created, onDone } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="card new-key" aria-labelledby="new-key">
      <h2 id="new-key" tabIndex={-1} ref={heading}>
        Key “{created.entry.name}”
      </h2>
      <p>Copy it now: it is kept nowhere and cannot be shown again.</p>
      <CodeBlock text={created.key} label="key" />
      <button type="button" class="button" onClick={onDone}>
        I have it
      </button>
    </section>
  );
}
