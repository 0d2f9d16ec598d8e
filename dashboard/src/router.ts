import { useEffect, useState } from "preact/hooks";

/** Where we are: a page, and what it was asked. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const moved = new EventTarget();

/** Goes to `to` without loading anything; `replace` leaves no step to go back to. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  moved.dispatchEvent(new Event("move"));
}

/** The place we are at, kept up to date. */
export function usePlace(): Place {
  const [place, setPlace] = useState(readPlace);
  useEffect(() => {
    const update = (): void => setPlace(readPlace());
    moved.addEventListener("move", update);
    addEventListener("popstate", update);
    return () => {
      moved.removeEventListener("move", update);
      removeEventListener("popstate", update);
    };
  }, []);
  return place;
}

function readPlace(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** Whether a click on a link means "go there", and not "open it elsewhere". */
export function isPlainClick(event: MouseEvent): boolean {
  return (
    event.button === 0 &&
    !event.metaKey &&
    !event.ctrlKey &&
    !event.shiftKey &&
    !event.altKey &&
    !event.defaultPrevented
  );
}
