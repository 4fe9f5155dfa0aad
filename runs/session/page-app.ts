/** An app that comes with the page: `apps/apps.json` is a list of them. Paths are relative to the page. */
export interface PageApp {
  readonly name: string
  readonly title: string
  readonly about: string
  /** Its ELF. */
  readonly firmware: string
  /** Where a server that builds it on demand says how far it is: a `BuildState`, or null while nothing is built. */
  readonly progress?: string
  /** What its sensors are played. */
  readonly recordings: readonly string[]
  /** What its microphone hears: WAV. */
  readonly sound?: string
}

/** How far a build is that the page waits for. */
export interface BuildState {
  readonly fraction: number
  /** What it does. */
  readonly step: string
}
