import type { ComponentChildren } from "preact";
import { isPlainClick, navigate } from "../router.ts";

/** A link to a page of the dashboard. */
export function Link(props: {
  readonly to: string;
  readonly class?: string;
  readonly isCurrent?: boolean;
  readonly children: ComponentChildren;
}) {
  const { to, isCurrent = false, children } = props;
  return (
    <a
      href={to}
      class={props.class ?? "link"}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
