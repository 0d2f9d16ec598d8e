import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

/** Copies `text`. @param label What is copied, for those who cannot see where the button stands. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | undefined>(undefined);
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(text);
    setOutcome(isCopied ? "copied" : "refused");
  };
  return (
    <button
      type="button"
      class="copy"
      aria-label={`Copy ${label}`}
      title={`Copy ${label}`}
      onClick={() => void copy()}
    >
      <Icon name={outcome === "copied" ? "check" : "copy"} />
      <span class="visually-hidden" role="status">
        {outcome === "copied" ? "Copied" : ""}
        {outcome === "refused" ? "The browser refused; select the text and copy it" : ""}
      </span>
    </button>
  );
}

/** Whether the browser took it. Outside of a secure context (plain HTTP on another host) there is no clipboard. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
