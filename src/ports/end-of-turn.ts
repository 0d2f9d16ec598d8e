/**
 * Does a task at the end of this turn of the event loop, when all that has arrived was read; tasks keep their order,
 * and the fault of one stops no other. What is sent then goes out together: peers are woken once for all of it, and not for each part.
 * Implementation: `platform/system`.
 */
export type EndOfTurn = (task: () => void) => void;
