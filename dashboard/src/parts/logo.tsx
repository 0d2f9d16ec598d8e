/** A sallyport: the small gate in the great wall. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect class="logo-wall" width="32" height="32" rx="8" />
      <path class="logo-arch" d="M8 25V14a8 8 0 0 1 16 0v11" />
      <path class="logo-gate" d="M13 25v-8.5a3 3 0 0 1 6 0V25" />
    </svg>
  );
}
