import { parentPort } from 'node:worker_threads'
import { UserError } from '../../runs/errors.ts'
import type { FromThread, ToThread } from './protocol.ts'

/** @param signal aborted when the thread is told to stop */
type Answerer<Request, Note> = (
  request: Request,
  onNote: (note: Note) => void,
  signal: AbortSignal,
) => Promise<unknown>

/** The other end of a Thread. */
export function serve(answer: Answerer<never, unknown>): void {
  const abort = new AbortController()
  const send = (message: FromThread<unknown, unknown>): void => parentPort?.postMessage(message)
  parentPort?.on('message', (message: ToThread<never>) => {
    if (message.kind === 'stop') {
      abort.abort()
      return
    }
    answer(message.request, (note) => send({ kind: 'note', note }), abort.signal).then(
      (made) => send({ kind: 'answer', answer: made }),
      (error: unknown) => {
        const { message: text, stack } = error instanceof Error ? error : new Error(String(error))
        const exitCode = error instanceof UserError ? error.exitCode : null
        send({ kind: 'failed', message: text, stack: stack ?? text, exitCode })
      },
    )
  })
}
