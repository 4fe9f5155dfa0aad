/** An app that comes with the page: `apps/apps.json` is a list of them. Paths are relative to the page. */
export interface PageApp {
  readonly name: string
  readonly title: string
  readonly about: string
  /** Its ELF. */
  readonly firmware: string
  /** What its sensors are played. */
  readonly recordings: readonly string[]
  /** What its microphone hears: WAV. */
  readonly sound?: string
}
