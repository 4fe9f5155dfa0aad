import { signal } from '@preact/signals'

/** Milliseconds that our own code took for the newest frames, when somebody wants to know. */
export const frameMeter = {
  isShown: signal(false),
  newest: signal(0),
  add(milliseconds: number): void {
    if (!this.isShown.value) return
    this.newest.value = milliseconds
    this.measure('timeline frame', milliseconds)
  },
  /** For who looks at the page's performance, as the bench does. */
  measure(name: string, milliseconds: number): void {
    if (!this.isShown.value) return
    const end = performance.now()
    performance.measure(name, { start: end - milliseconds, end })
  },
}
