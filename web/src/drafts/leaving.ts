/** Asks, and goes on only if they say so. */
type Ask = (goOn: () => void) => void;

const asking = new Set<Ask>();

/** Has somebody asked before they do what would lose their work; returns how to stop. */
export function askBeforeLoss(ask: Ask): () => void {
  asking.add(ask);
  return () => {
    asking.delete(ask);
  };
}

/** Does what all that is written, but not kept, is lost by: at once if there is no such work. */
export function unlessLost(goOn: () => void): void {
  const [ask] = asking;
  if (ask) ask(goOn);
  else goOn();
}
