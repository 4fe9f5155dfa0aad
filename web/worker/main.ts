import { UserError } from '../../runs/errors.ts'
import { Session } from '../../runs/session/session.ts'
import type { Reply, Request } from './wire.ts'

/** The session in its worker: methods are called by name, answers go back by number. */
const scope = globalThis as unknown as {
  readonly postMessage: (reply: Reply) => void
  onmessage: (event: MessageEvent<Request>) => void
}

const send = (reply: Reply): void => {
  scope.postMessage(reply)
}

const session = new Session({ tell: send, breathe })

/** Messages that wait are answered meanwhile: a timer of 0 would wait 4 ms. */
function breathe(milliseconds: number): Promise<void> {
  if (milliseconds > 0) return new Promise((resolve) => setTimeout(resolve, milliseconds))
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

scope.onmessage = ({ data: { id, method, args } }) => {
  const call = (session as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>)[method]
  Promise.resolve()
    .then(() => call?.apply(session, [...args]))
    .then(
      (value) => {
        send({ id, value })
      },
      (error: unknown) => {
        const known = error instanceof UserError
        const message = error instanceof Error ? error.message : String(error)
        send({
          id,
          failure: { message, isUserError: known, stack: error instanceof Error ? error.stack : undefined },
        })
      },
    )
}
