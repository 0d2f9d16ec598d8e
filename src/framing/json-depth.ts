/** How deep JSON may be nested. */
export const depthMax = 512;

/** The containers that are open, innermost last. */
export interface ContainerStack {
  /** `false` when it would be deeper than `depthMax`. */
  readonly push: (kind: "object" | "array") => boolean;
  /** The depth that is left. */
  readonly pop: () => number;
  readonly depth: () => number;
  /** Whether the innermost one is an object. */
  readonly isObject: () => boolean;
}

/** Nearly every document fits into the bits of one small integer; only deeper ones pay for an array. */
const shallowMax = 30;

export function createContainerStack(): ContainerStack {
  let shallow = 0;
  let deep: Uint8Array | undefined;
  let depth = 0;
  return {
    push(kind) {
      if (depth >= depthMax) return false;
      depth += 1;
      const isObject = kind === "object";
      if (depth <= shallowMax) shallow = isObject ? shallow | (1 << depth) : shallow & ~(1 << depth);
      else {
        deep ??= new Uint8Array(depthMax + 1);
        deep[depth] = isObject ? 1 : 0;
      }
      return true;
    },
    pop() {
      depth -= 1;
      return depth;
    },
    depth: () => depth,
    isObject: () => (depth <= shallowMax ? (shallow & (1 << depth)) !== 0 : deep?.[depth] === 1),
  };
}
