/**
 * A worker holds a lock of its own name for as long as it lives: whoever waits for that lock hears of its end, also
 * where no error is told, such as when the browser ends it. Where there are no locks (pages that are not served from
 * this machine or by https), errors alone are heard of.
 */
const locks = (): LockManager | undefined => (navigator as { readonly locks?: LockManager }).locks

const lockName = (worker: string): string => `boardless ${worker}`

/** In the worker. Resolves once it is held. */
export const holdLock = (worker: string): Promise<void> =>
  new Promise((held) => {
    const found = locks()
    if (!found) held()
    else
      void found.request(lockName(worker), () => {
        held()
        return new Promise(() => undefined)
      })
  })

/** In the page, once the worker holds it. @returns what gives up waiting */
export function whenGone(worker: string, told: () => void): () => void {
  const waiting = new AbortController()
  locks()
    ?.request(lockName(worker), { signal: waiting.signal }, told)
    .catch(() => undefined)
  return () => {
    waiting.abort()
  }
}

/** Of all pages of this server. */
export const workerName = (): string =>
  `session ${performance.timeOrigin.toString(36)} ${Math.random().toString(36).slice(2)}`
