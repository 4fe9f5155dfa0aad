import { Worker } from 'node:worker_threads'
import { UserError } from '../../runs/errors.ts'
import type { FromThread, ToThread } from './protocol.ts'

interface Waiting<Note, Answer> {
  readonly onNote: (note: Note) => void
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** Another thread that answers one request after the other. Its script calls `serve`. */
export class Thread<Request, Note, Answer> {
  readonly #worker: Worker
  #waiting: Waiting<Note, Answer> | undefined

  /** @param data the same for all requests */
  constructor(script: URL, data: unknown) {
    this.#worker = new Worker(script, { workerData: data })
    this.#worker.on('message', (message: FromThread<Note, Answer>) => {
      if (message.kind === 'note') this.#waiting?.onNote(message.note)
      else if (message.kind === 'answer') this.#waiting?.resolve(message.answer)
      else this.#waiting?.reject(errorOf(message))
    })
    this.#worker.on('error', (error) => this.#waiting?.reject(error))
    this.#worker.on('exit', () => this.#waiting?.reject(new Error('a thread ended before its answer')))
  }

  /** @throws UserError as the work in this thread does */
  async ask(request: Request, onNote: (note: Note) => void = () => undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { onNote, resolve, reject }
      this.#tell({ kind: 'ask', request })
    })
  }

  /** Asks it to come to an end with what it is doing: there is still an answer. */
  stop(): void {
    this.#tell({ kind: 'stop' })
  }

  /** Waits no longer. */
  abandon(error: Error): void {
    this.#waiting?.reject(error)
  }

  async end(): Promise<void> {
    this.#waiting = undefined
    await this.#worker.terminate()
  }

  #tell(message: ToThread<Request>): void {
    this.#worker.postMessage(message)
  }
}

function errorOf({ message, stack, exitCode }: FromThread<never, never> & { kind: 'failed' }): Error {
  if (exitCode !== null) return new UserError(message, exitCode)
  const error = new Error(message)
  error.stack = stack
  return error
}
