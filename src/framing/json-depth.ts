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

export function createContainerStack(): ContainerStack {
  const kinds = new Uint8Array(depthMax + 1);
  let depth = 0;
  return {
    push(kind) {
      if (depth >= depthMax) return false;
      depth += 1;
      kinds[depth] = kind === "object" ? 1 : 0;
      return true;
    },
    pop() {
      depth -= 1;
      return depth;
    },
    depth: () => depth,
    isObject: () => kinds[depth] === 1,
  };
}
