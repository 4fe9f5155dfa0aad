const { setImmediate } = globalThis as { setImmediate?: (then: () => void) => void }

/**
 * Lets others have their turn: input, a progress bar, a signal. Node has a way of its own; elsewhere a message does it,
 * since a browser's timers take 4 ms.
 */
export const yieldToOthers: () => Promise<void> = setImmediate
  ? () => new Promise((resolve) => setImmediate(resolve))
  : () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel()
        const passed = (): void => {
          port1.close()
          resolve()
        }
        Object.assign(port1, { onmessage: passed })
        port2.postMessage(undefined)
      })
