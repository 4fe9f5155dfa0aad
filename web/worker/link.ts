import type { SessionEvent } from '../../runs/session/protocol.ts'
import type { Session } from '../../runs/session/session.ts'
import { whenGone, workerName } from './alive.ts'
import type { Failure, Reply } from './wire.ts'

type Methods = {
  readonly [
    Name in keyof Session as Session[Name] extends (...args: never[]) => unknown ? Name : never
  ]: Session[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

/** What the session said no to, in its words. */
export class SessionError extends Error {
  readonly isUserError: boolean
  readonly needsAddress: boolean

  constructor({ message, isUserError, needsAddress }: Failure) {
    super(message)
    this.isUserError = isUserError
    this.needsAddress = needsAddress ?? false
  }
}

/** The page's end of the worker. */
export class Link {
  readonly #worker: Worker
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (cause: Error) => void }
  >()
  #next = 0
  #died: SessionError | undefined
  onEvent: ((event: SessionEvent) => void) | undefined
  /** The worker is gone: nothing will be answered any more. */
  onDeath: ((message: string) => void) | undefined

  readonly #name = workerName()
  #stopWaiting: (() => void) | undefined

  constructor() {
    const worker = new Worker(new URL('./main.ts', import.meta.url), { type: 'module', name: this.#name })
    this.#worker = worker
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      this.#receive(data)
    }
    worker.onerror = ({ message }) => {
      this.#die(message || 'it could not be loaded')
    }
    worker.onmessageerror = () => {
      this.#die('an answer could not be read')
    }
  }

  /** `link.call.report()` and so on: the session's methods, answered later. */
  readonly call = new Proxy({} as Methods, {
    get:
      (_, method: string) =>
      (...args: unknown[]) =>
        this.#ask(method, args),
  })

  close(): void {
    this.#stopWaiting?.()
    this.#worker.terminate()
    this.#reject(new SessionError({ message: 'closed', isUserError: true }))
  }

  #ask(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#died) return Promise.reject(this.#died)
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, method, args })
    })
  }

  #receive(reply: Reply): void {
    this.#stopWaiting ??= whenGone(this.#name, () => {
      this.#die('it ended without a word')
    })
    if ('event' in reply) {
      this.onEvent?.(reply)
      return
    }
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('failure' in reply) waiting?.reject(new SessionError(reply.failure))
    else waiting?.resolve(reply.value)
  }

  #die(why: string): void {
    if (this.#died) return
    this.#stopWaiting?.()
    this.#worker.terminate()
    this.#reject(new SessionError({ message: `The emulator's worker stopped: ${why}.`, isUserError: false }))
    this.onDeath?.(why)
  }

  #reject(error: SessionError): void {
    this.#died ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
