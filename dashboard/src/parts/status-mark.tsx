/** How a request ended: a coloured dot, the status, and the word for those who do not see colours. */
export function StatusMark(props: {
  readonly status: number;
  readonly outcome: string;
  readonly code: string | null;
}) {
  const { status, outcome, code } = props;
  return (
    <span class={`status ${moodOf(outcome)}`}>
      <span class="dot" aria-hidden="true" />
      <span class="status-number">{status}</span> <span class="status-word">{code ?? outcome}</span>
    </span>
  );
}

function moodOf(outcome: string): string {
  switch (outcome) {
    case "completed":
      return "good";
    case "refused":
      return "warn";
    case "failed":
      return "bad";
    default:
      return "calm";
  }
}
