/** A number in [0, 1) of three random bytes: fine enough for a draw or a share of a wait. */
export function uniformOf(bytes: (length: number) => Uint8Array): number {
  const [first = 0, second = 0, third = 0] = bytes(3);
  return (first * 65_536 + second * 256 + third) / 16_777_216;
}
