import { UserError } from '../../runs/errors.ts'
import { NeedsAddress } from '../../runs/image/files/binary.ts'
import { Session } from '../../runs/session/session.ts'
import { yieldToOthers } from '../../runs/simulation/yield.ts'
import { holdLock } from './alive.ts'
import { prepare } from './prepare.ts'
import type { Reply, Request } from './wire.ts'

/** The session in its worker: methods are called by name, answers go back by number. */
const scope = globalThis as unknown as {
  readonly postMessage: (reply: Reply) => void
  readonly name: string
  onmessage: (event: MessageEvent<Request>) => void
}

const send = (reply: Reply): void => {
  scope.postMessage(reply)
}

const session = new Session({ tell: send, breathe })

const prepared = Promise.all([prepare(), holdLock(scope.name)])
// Whoever asks for something is told.
prepared.catch(() => undefined)

/** Messages that wait are answered meanwhile. */
function breathe(milliseconds: number): Promise<void> {
  if (milliseconds > 0) return new Promise((resolve) => setTimeout(resolve, milliseconds))
  return yieldToOthers()
}

scope.onmessage = ({ data: { id, method, args } }) => {
  const call = (session as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>)[method]
  prepared
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
          failure: {
            message,
            isUserError: known,
            needsAddress: error instanceof NeedsAddress,
            stack: error instanceof Error ? error.stack : undefined,
          },
        })
      },
    )
}
