import type { SessionEvent } from '../../runs/session/protocol.ts'

/** What the page sends to its worker. */
export interface Request {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

export interface Failure {
  /** One line for the user, or what was not expected. */
  readonly message: string
  /** What the user can mend, not a fault of ours. */
  readonly isUserError: boolean
  /** A raw binary that does not show where it goes. */
  readonly needsAddress?: boolean | undefined
  readonly stack?: string | undefined
}

/** What comes back: the answer to a request, or something that was told. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }
  | SessionEvent
