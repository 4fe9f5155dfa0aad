import type { UnmodelledReport } from '../../run-report.ts'
import { count, hexadecimal } from '../format.ts'

const MOST_REGISTERS = 4

/** A line for each peripheral, polled ones first, and one for all that is harmless. */
export function unmodelledLines(all: readonly UnmodelledReport[]): readonly string[] {
  const groups = new Map<string, UnmodelledReport[]>()
  for (const one of all.filter(({ harmless }) => harmless === null))
    groups.set(one.peripheral, [...(groups.get(one.peripheral) ?? []), one])
  const polled = ([, registers]: readonly [string, readonly UnmodelledReport[]]): number =>
    Math.max(0, ...registers.filter(({ isPolled }) => isPolled).map(({ reads }) => reads))
  const harmless = all.filter((one) => one.harmless !== null)
  return [
    ...[...groups]
      .sort((a, b) => polled(b) - polled(a))
      .map(([peripheral, registers]) => `not modelled: ${lineOf(peripheral, registers)}`),
    ...(harmless.length === 0
      ? []
      : [
          `not modelled, and harmless: ${listed(harmless, (one) => `${placeOf(one)} ${one.harmless ?? ''}`)}`,
        ]),
  ]
}

function lineOf(peripheral: string, registers: readonly UnmodelledReport[]): string {
  const sorted = [...registers].sort(
    (a, b) => Number(b.isPolled) - Number(a.isPolled) || (a.isPolled ? b.reads - a.reads : 0),
  )
  const within = (one: UnmodelledReport): string => {
    const { name } = one
    const short = name.startsWith(peripheral) ? name.slice(peripheral.length).replace(/^\./, '').trim() : name
    return `${short === '' ? hexadecimal(one.address) : short}${short.startsWith('0x') ? '' : ` (${hexadecimal(one.address)})`}${one.isPolled ? ', polled' : ''}: ${accesses(one)}`
  }
  return `${peripheral} ${listed(sorted, within)}`
}

const accesses = ({ reads, writes }: UnmodelledReport): string =>
  [reads > 0 ? count(reads, 'read') : '', writes > 0 ? count(writes, 'write') : ''].filter(Boolean).join(', ')

const placeOf = ({ name, address }: UnmodelledReport): string =>
  name.includes('0x') ? name : `${name} (${hexadecimal(address)})`

function listed(all: readonly UnmodelledReport[], textOf: (one: UnmodelledReport) => string): string {
  const more = all.length - MOST_REGISTERS
  return `${all.slice(0, MOST_REGISTERS).map(textOf).join('; ')}${more > 0 ? `; and ${count(more, 'further register')}: --json` : ''}`
}
