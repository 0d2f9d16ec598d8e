import type { ComponentChildren } from "preact";
import { useCallback, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

/** Narrower windows have no room beside the list: there the panel covers it. The style sheet has the same width. */
const narrow = "(width < 820px)";

/** One thing beside the list it is of. Esc closes it; where the list behind it can be seen, it can still be used. */
export function Panel(props: {
  /** Its heading's id, and how it is known to those who cannot see it. */
  readonly id: string;
  readonly heading: ComponentChildren;
  /** Beside the heading. */
  readonly mark?: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const { id, onClose } = props;
  const panel = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (matchMedia(narrow).matches) panel.current?.showModal();
    else panel.current?.show();
    heading.current?.focus();
  }, []);
  const close = useCallback(() => {
    // Closed before it is taken away: what stands behind a modal one takes no focus while it is open.
    panel.current?.close();
    onClose();
  }, [onClose]);
  // Not after the next paint: whoever opens it by key may close it at once.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [close]);
  return (
    <dialog
      ref={panel}
      class="panel"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <div class="panel-head">
        <h2 id={id} tabIndex={-1} ref={heading}>
          {props.heading}
        </h2>
        {props.mark}
        <span class="panel-tools">
          {props.tools}
          <button type="button" class="quiet" aria-label="Close" title="Close (Esc)" onClick={close}>
            <Icon name="close" />
          </button>
        </span>
      </div>
      <div class="panel-body">{props.children}</div>
    </dialog>
  );
}

/** Back to the row that a panel was opened from: the one whose link leads to `href`; else to the page. */
export function focusRow(href: string): void {
  const links = [...document.querySelectorAll<HTMLElement>("a.row-link")];
  const row = links.find((link) => link.getAttribute("href") === href);
  (row ?? document.querySelector<HTMLElement>("main"))?.focus();
}
