/**
 * Freezes the prototypes that every object and list inherits from: what no code can change, no input can have it change.
 * Called once everything is loaded.
 */
export function freezeIntrinsics(): void {
  for (const prototype of [Object.prototype, Array.prototype]) Object.freeze(prototype);
}
