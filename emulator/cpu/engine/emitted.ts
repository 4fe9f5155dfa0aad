type Find = (key: string) => Uint8Array<ArrayBuffer> | undefined

let find: Find = () => undefined

/** Gives interpreters that were emitted when the package was built, by `interpreterKey`; others are emitted. */
export function useEmitted(given: Find): void {
  find = given
}

export const emittedBefore: Find = (key) => find(key)
