import type { GatewayError } from "../kernel/errors.ts";

const waitingMax = 64;
const waitingLengthMax = 1024 * 1024;

/** What stands between who gets pieces and who takes them: a few of them, no more. */
export interface PieceQueue<Piece> {
  /** Whether it is full; `empty` is called when it is not any more. */
  readonly push: (piece: Piece, empty: () => void) => boolean;
  readonly end: () => void;
  readonly fail: (error: GatewayError) => void;
  /** Once. @param left Called when no more is taken. */
  readonly read: (left: () => void) => AsyncGenerator<Piece, void>;
}

export function createQueue<Piece extends { readonly length: number }>(): PieceQueue<Piece> {
  const waiting: Piece[] = [];
  let waitingLength = 0;
  let fault: GatewayError | undefined;
  let isEnded = false;
  let wake: (() => void) | undefined;
  let resume: (() => void) | undefined;
  const rouse = (): void => {
    wake?.();
    wake = undefined;
  };
  async function* read(left: () => void): AsyncGenerator<Piece, void> {
    try {
      for (;;) {
        const piece = waiting.shift();
        if (piece !== undefined) {
          waitingLength -= piece.length;
          yield piece;
          continue;
        }
        if (fault !== undefined) throw fault;
        if (isEnded) return;
        resume?.();
        resume = undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      left();
    }
  }
  return {
    push: (piece, empty) => {
      waiting.push(piece);
      waitingLength += piece.length;
      rouse();
      if (waiting.length < waitingMax && waitingLength < waitingLengthMax) return false;
      resume = empty;
      return true;
    },
    end: () => {
      isEnded = true;
      rouse();
    },
    fail: (error) => {
      fault = error;
      rouse();
    },
    read,
  };
}
