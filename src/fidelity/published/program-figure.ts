/** Published figures for whole programs, which are not in this repository. */
export interface ProgramFigure {
  readonly what: string
  readonly chip: string
  readonly published: string
  /** Our cycles, where its code was run outside the repository. */
  readonly predicted?: string
  readonly source: string
  readonly note: string
}
