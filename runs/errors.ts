/** Exit codes of the command, documented in docs/json.md. */
export const ExitCode = {
  fine: 0,
  budgetFailed: 1,
  badInput: 2,
  firmwareCrashed: 3,
  environment: 4,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** What the user meets: one line that says what is wrong, where, and what to do. */
export class UserError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = ExitCode.badInput,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
