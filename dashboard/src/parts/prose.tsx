/** A sentence of the gateway's: what stands in `backticks` there is code here. */
export function Prose({ text }: { readonly text: string }) {
  const parts = text.split("`");
  // An odd backtick has no other half: then they are characters like any other.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}</>;
}
