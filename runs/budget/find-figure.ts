import { didYouMean } from '../nearest.ts'
import type { Statistic } from './config.ts'
import { statisticName, type Figure } from './figures.ts'

export type Found = { readonly figure: Figure } | { readonly why: string }

/** The figure that a budget means. @returns why there is none */
export function findFigure(key: string, of: Statistic, figures: readonly Figure[]): Found {
  const named = (name: string): Figure | undefined =>
    figures.find((one) => one.name === statisticName(name, of)) ??
    (of === 'total' ? figures.find((one) => one.name === name && isOfWholeRun(name)) : undefined)
  const exactly = named(key)
  if (exactly) return { figure: exactly }
  if (figures.some(({ name }) => name === key))
    return { why: `${key} is one value: it has no ${of}. Leave of out` }
  const candidates = alike(
    key,
    figures.map(({ name }) => name).filter((name) => !/, (minimum|maximum|total|count)$/.test(name)),
  )
  const [only, another] = candidates
  if (only !== undefined && another === undefined) {
    const figure = named(only)
    return figure ? { figure } : { why: `${only} is one value: it has no ${of}. Leave of out` }
  }
  if (another !== undefined)
    return { why: `${candidates.length} are called that: give one of ${candidates.slice(0, 4).join('; ')}` }
  return { why: `nothing was measured: ${absent(key, figures)}` }
}

const isOfWholeRun = (name: string): boolean => /^(function|reason) /.test(name)

/** Names that are meant by a shorter one. */
function alike(key: string, names: readonly string[]): readonly string[] {
  const [kind = '', ...rest] = key.split(' ')
  const wanted = rest.join(' ')
  switch (kind) {
    case 'operator':
      return names.filter((name) => {
        const [, index, type, interpreter] = /^operator (\S+) (.+?)( of .+)?$/.exec(name) ?? []
        const behind = interpreter ?? ''
        return [
          `#${index}${behind}`,
          `${index}${behind}`,
          `${type}${behind}`,
          `${index} ${type}`,
          `#${index}`,
          index,
          type,
        ].includes(wanted)
      })
    case 'function':
    case 'symbol':
      return names.filter((name) => name.startsWith(`${kind} `) && name.endsWith(`::${wanted}`))
    case 'inference':
    case 'interpreter':
      return wanted === '' ? names.filter((name) => name.startsWith(`${kind} of `)) : []
    case 'arena':
      return wanted === '' ? names.filter((name) => name.startsWith('arena ')) : []
    default:
      return []
  }
}

function absent(key: string, figures: readonly Figure[]): string {
  const reasons: Readonly<Record<string, string>> = {
    inference: 'no interpreter ran',
    interpreter: 'no interpreter ran',
    accuracy: 'no window with a label was predicted',
    predictions: 'the firmware printed none',
    'battery life': 'no cell is named. Give cell',
    arena: 'no arena was seen',
    'charge of an inference': 'nothing shows where an inference is',
    'energy of an inference': 'nothing shows where an inference is',
  }
  const known = reasons[key]
  if (known !== undefined) return known
  const [kind = ''] = key.split(' ')
  const same = figures
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${kind} `) && !name.includes(', '))
  const meant = didYouMean(key, same)
  if (meant !== '') return `the run had no ${key}.${meant.replace(/\?$/, '?')}`
  return same.length === 0 || same.length > 12
    ? `the run had no ${key}`
    : `the run had no ${key}. It had ${same.join(', ')}`
}
