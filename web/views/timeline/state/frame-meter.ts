import { signal } from '@preact/signals'

/** Milliseconds that our own code took for the newest frames, when somebody wants to know. */
export const frameMeter = {
  isShown: signal(false),
  newest: signal(0),
  frames: [] as number[],
  add(milliseconds: number): void {
    if (!this.isShown.value) return
    this.newest.value = milliseconds
    this.frames.push(milliseconds)
    if (this.frames.length > 10_000) this.frames.splice(0, 5000)
  },
}
