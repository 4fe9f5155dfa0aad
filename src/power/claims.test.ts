import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../test/cli/sample-report.ts'
import { judgeClaims } from './claims.ts'
import type { ScenarioResult } from './claims.ts'
import { renderClaims } from './render-claims.ts'

function drawing(name: string, board: number, cpu = board / 2): ScenarioResult {
  const report = sampleReport()
  const scale = (microamps: number) => ({
    averageMicroamps: microamps,
    lowMicroamps: 0.9 * microamps,
    highMicroamps: 1.1 * microamps,
  })
  const [part] = report.power.parts
  if (!part) throw new Error('no part')
  const power = {
    ...report.power,
    board: { ...report.power.board, ...scale(board) },
    chip: { ...report.power.chip, ...scale(board) },
    parts: [{ ...part, part: 'CPU', group: 'chip' as const, ...scale(cpu) }],
  }
  return { name, report: { ...report, power } }
}

const verdicts = (...results: ScenarioResult[]) =>
  judgeClaims(results).map(({ claim, verdict }) => [claim.replace(/,? .*/, ''), verdict])

describe('claims', () => {
  it('hold where ours is what is published', () => {
    expect(
      verdicts(
        drawing('gesture-continuous', 22_000),
        drawing('gesture-5hz', 4000),
        drawing('keyword', 15_000),
        drawing('keyword-gated', 1000),
      ).map(([, verdict]) => verdict),
    ).toEqual(['holds', 'holds', 'holds', 'holds', 'holds'])
  })

  it('do not hold where it does not, and say what ours is made of', () => {
    const claims = judgeClaims([
      drawing('gesture-continuous', 12_000),
      drawing('gesture-5hz', 6000),
      drawing('keyword', 3000, 2000),
      drawing('keyword-gated', 1000, 100),
    ])
    expect(claims.map(({ verdict }) => verdict)).toEqual(Array(5).fill('does not hold'))
    expect(claims[0]?.why).toMatch(/CPU 6\.0 mA; where the 22 mA flow.* is not published/)
    expect(claims[0]?.why).toMatch(/at USB at 5 V, ours takes 5\.3 mA \(3\.6 to 8\.0\)$/)
    expect(claims[1]?.why).toMatch(/it alone draws 4\.0 mA \(data sheet\), and ours would be 10 mA$/)
    expect(claims[2]?.ours).toBe('2.0 times less (2.0 to 2.0)')
    expect(claims[3]?.why).toMatch(/the CPU alone draws 20 times less; what is left is CPU 0\.10 mA/)
  })

  it('take a whole number of milliamps as rounded', () => {
    const verdict = (microamps: number) => verdicts(drawing('gesture-continuous', microamps))[0]?.[1]
    // The drawn interval reaches from 0.9 to 1.1 of the average.
    expect([21_400 / 1.1, 21_600 / 1.1, 21_600, 22_400, 22_400 / 0.9, 22_600 / 0.9].map(verdict)).toEqual([
      'does not hold',
      'within our interval only',
      'holds',
      'holds',
      'within our interval only',
      'does not hold',
    ])
  })

  it('say when only our interval gets there', () => {
    const results = [drawing('gesture-continuous', 20_000), drawing('gesture-5hz', 3700)]
    for (const { report } of results) {
      Object.assign(report.power.board, { averageMicroamps: 0.6 * report.power.board.averageMicroamps })
    }
    const claims = judgeClaims(results)
    expect(claims.map(({ verdict }) => verdict)).toEqual([
      'within our interval only',
      'within our interval only',
      'holds',
    ])
    expect(claims[0]?.why).toContain('16 mA at the supply')
    const text = renderClaims(results, claims, { color: false, width: 100 })
    expect(text.match(/^ {2}within our interval only$/gm)).toHaveLength(2)
  })

  it('are not judged without their apps', () => expect(judgeClaims([])).toEqual([]))

  it.each([80, 120])('fit %d columns', (width) => {
    const results = [drawing('gesture-continuous', 12_000), drawing('gesture-5hz', 6000)]
    const text = renderClaims(results, judgeClaims(results), { color: false, width })
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
    expect(text).toContain('  does not hold')
  })
})
