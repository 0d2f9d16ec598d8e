import { useEffect, useRef } from "preact/hooks";
import { CodeBlock } from "./code-block.tsx";

/** A secret that was just made: the one time it is shown. */
export function ShownOnce(props: {
  readonly title: string;
  readonly secret: string;
  readonly label: string;
  readonly onDone: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [props.secret]);
  return (
    <section class="card new-key" aria-labelledby="shown-once">
      <h2 id="shown-once" tabIndex={-1} ref={heading}>
        {props.title}
      </h2>
      <p>Copy it now: it is kept nowhere and cannot be shown again.</p>
      <CodeBlock text={props.secret} label={props.label} />
      <button type="button" class="button" onClick={props.onDone}>
        I have it
      </button>
    </section>
  );
}
