/**
 * Makes something when it is first asked for, and once.
 *
 * The first formats of `Intl` take a browser tens of milliseconds each, so that no file and no page begins by making them all.
 */
export function onDemand<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
