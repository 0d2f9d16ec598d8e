/** Gives the focus to the page if whatever had it, or opened what had it, is gone: else the keyboard would begin anew. */
export function backToPage(): void {
  // Behind the next paint: what is taken away along with it is gone by then.
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.querySelector("main")?.focus();
  });
}
