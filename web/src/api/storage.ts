/** What this browser keeps for us, and where it may not, or has no room, this page: until it is closed. */
class Kept {
  readonly #here = new Map<string, string>();
  readonly #storage: () => Storage;

  constructor(storage: () => Storage) {
    this.#storage = storage;
  }

  get(place: string): string | null {
    return this.#here.get(place) ?? this.#tried((storage) => storage.getItem(place));
  }

  set(place: string, text: string): void {
    const isKept = this.#tried((storage) => {
      storage.setItem(place, text);
      return true;
    });
    if (isKept) this.#here.delete(place);
    else this.#here.set(place, text);
  }

  remove(place: string): void {
    this.#here.delete(place);
    this.#tried((storage) => {
      storage.removeItem(place);
    });
  }

  /** Merely to name a storage fails where nothing may be kept. */
  #tried<T>(act: (storage: Storage) => T): T | null {
    try {
      return act(this.#storage());
    } catch {
      return null;
    }
  }
}

/** For all tabs, for good. */
export const inBrowser = new Kept(() => localStorage);
/** For this tab, until it is closed. */
export const inTab = new Kept(() => sessionStorage);
