/**
 * Runs priced again, held beside real runs: the toolchain builds the app with each setting, the emulator runs it. The
 * table in docs/duty-cycle.md is what comes of it; `npx vitest run test/machine/duty-price.test.ts -u` writes it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { check, type Check } from '../../runs/pricing/check.ts'
import { dutyModel, type DutyModel } from '../../runs/pricing/duty-model.ts'
import { price, type Priced } from '../../runs/pricing/price.ts'
import { deviationWords } from '../../runs/pricing/words.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { current } from '../../runs/report/show/words/power.ts'
import { runApp, runVariant, variants } from './duty-variants.ts'

const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'duty-cycle.md')
const BEGIN = '<!-- Between here and the end mark: test/machine/duty-price.test.ts -u -->\n'
const END = '<!-- end -->'

const modelOf = (report: RunReport): DutyModel => {
  const model = dutyModel(report)
  if (typeof model === 'string') throw new Error(model)
  return model
}

interface Row {
  readonly from: string
  readonly to: string
  readonly check: Check & { readonly kind: 'checked' }
}

const interval = ({ averageMicroamps, lowMicroamps, highMicroamps }: Priced): string =>
  `${current(averageMicroamps)} (${current(lowMicroamps)} to ${current(highMicroamps)})`

const line = ({ from, to, check: found }: Row): string => {
  const { board, chip } = found.price
  const cells = [
    from,
    to,
    interval(board),
    current(found.realMicroamps),
    deviationWords(found.deviation),
    interval(chip),
    current(found.realChipMicroamps),
    found.isInside && found.isChipInside ? 'both' : found.isInside ? 'the board' : 'no',
  ]
  return `| ${cells.join(' | ')} |`
}

describe('a run priced again, beside the real one', () => {
  const rows: Row[] = []

  beforeAll(async () => {
    const apps = {
      'gesture-5hz': await runApp('gesture-5hz'),
      gesture: await runApp('gesture'),
      'gesture-continuous': await runApp('gesture-continuous'),
    }
    const real = [
      ...(await Promise.all(variants.map(async (one) => [one.title, await runVariant(one)] as const))),
      ...Object.entries(apps),
    ]
    for (const [from, report] of Object.entries(apps)) {
      const model = modelOf(report)
      const targets = from === 'gesture-5hz' ? real : Object.entries(apps)
      for (const [to, run] of targets) {
        const found = check(model, run)
        if (from === to || found.kind === 'unknown') continue
        rows.push({ from, to, check: found })
      }
      const unchanged = price(model, {})
      expect(unchanged.kind === 'priced' && unchanged.price.board.averageMicroamps).toBe(
        report.power.board.averageMicroamps,
      )
    }
  }, 600_000)

  it('lies within the interval of the estimate', () => {
    expect(rows.length).toBeGreaterThanOrEqual(variants.length + 2)
    expect(rows.filter(({ check: one }) => !one.isInside || !one.isChipInside).map(line)).toEqual([])
  })

  it('is what docs/duty-cycle.md says', async () => {
    const text = readFileSync(DOCUMENT, 'utf8')
    const [before = '', rest = ''] = text.split(BEGIN)
    const table = [
      '| run | priced as | board, µA | real | deviation | chip, µA | real | inside |',
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |',
      ...rows.map(line),
    ].join('\n')
    const whole = `${before}${BEGIN}\n${table}\n\n${END}${rest.split(END)[1] ?? ''}`
    await expect(whole).toMatchFileSnapshot(DOCUMENT)
  })
})
