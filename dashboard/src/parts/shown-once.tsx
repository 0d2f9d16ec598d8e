import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { backToPage } from "../live/back-to-page.ts";
import { CodeBlock } from "./code-block.tsx";

/** A secret that was just made: the one time it is shown. */
export function ShownOnce(props: {
  readonly title: string;
  readonly secret: string;
  readonly label: string;
  /** What it takes besides, or where it is kept; nowhere, if nothing is said. */
  readonly about?: ComponentChildren;
  readonly onDone: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [props.secret]);
  useEffect(() => backToPage, []);
  return (
    <section class="card new-key" aria-labelledby="shown-once">
      <h2 id="shown-once" tabIndex={-1} ref={heading}>
        {props.title}
      </h2>
      <p>{props.about ?? "Copy it now: it is kept nowhere and cannot be shown again."}</p>
      <CodeBlock text={props.secret} label={props.label} />
      <button type="button" class="button" onClick={props.onDone}>
        I have it
      </button>
    </section>
  );
}
