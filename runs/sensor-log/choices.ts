/** `--columns ax_g=accX,time_ms=col1,label=class` and `--rate 100Hz`: what the user says of a recording. */

export interface ColumnChoice {
  /** ax_g, ax, time_ms, time, label, or any name where other channels than a motion sensor's are read. */
  readonly as: string
  /** Title in the file, or colN, from 1. */
  readonly of: string
}

export interface LogChoices {
  readonly columns?: readonly ColumnChoice[] | undefined
  /** In place of the file's own time. */
  readonly rateHz?: number | undefined
}

/** @returns undefined for what is no list of NAME=COLUMN */
export function parseColumns(text: string): readonly ColumnChoice[] | undefined {
  const choices = text.split(',').map((part) => {
    const [as = '', ...rest] = part.split('=')
    return { as: as.trim(), of: rest.join('=').trim() }
  })
  const fine = choices.every(({ as, of }) => as !== '' && of !== '')
  return fine && new Set(choices.map(({ as }) => as)).size === choices.length ? choices : undefined
}

/** `100Hz`, `50`: samples a second; undefined for what is none. */
export function parseRate(text: string): number | undefined {
  const [, value] = /^(\d+(?:\.\d+)?)\s*(?:hz|sps)?$/i.exec(text.trim()) ?? []
  const rate = Number(value)
  return rate > 0 && rate <= 1e6 ? rate : undefined
}

/** As it is typed at a shell. */
export function columnsOption(choices: readonly ColumnChoice[]): string {
  const list = choices.map(({ as, of }) => `${as}=${of}`).join(',')
  return `--columns ${/^[\w=,.:/-]+$/.test(list) ? list : `"${list.replace(/["$`\\]/g, '\\$&')}"`}`
}
