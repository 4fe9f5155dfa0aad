import { sampleFault, sampleReport, spread } from '../../../test/cli/sample-report.ts'
import type { RunReport } from '../run-report.ts'

/** The sample report with an entry in each list that it leaves empty, and an object wherever there may be one. */
export function fullReport(): RunReport {
  const report = sampleReport()
  const four = { total: 9, minimum: 1, median: 3, maximum: 5 }
  const called = {
    totalCycles: 9_000_000,
    calls: 6,
    returned: 6,
    minimumCycles: 1,
    medianCycles: 2,
    maximumCycles: 3,
  }
  const call = (parent: number | null, name: string) => ({
    parent,
    function: name,
    address: 0x4000,
    exception: null,
    calls: 1,
    selfCycles: 10,
    totalCycles: 20,
  })
  return {
    ...report,
    functions: report.functions.map((one) => ({ ...one, calls: called })),
    calls: [call(null, 'main'), call(0, 'filter'), call(0, 'invoke')],
    measures: [
      { name: 'loop', ...spread(10, 20, 30), instructions: four, chargeNanocoulombs: four, reasons: {} },
    ],
    run: {
      ...report.run,
      until: { pattern: '/done/', metCycle: 3, line: 'done' },
      waiting: {
        kind: 'loop',
        sinceCycle: 100,
        address: 0x1234,
        function: 'main+0x12',
        isUnchanging: true,
        reads: [{ address: 0x4000_2000, name: 'UARTE0.ENABLE', value: 0, state: null, endsBy: null }],
        wakes: [],
      },
    },
    resets: [
      {
        reason: 'watchdog',
        address: 0x1234,
        function: 'main+0x12',
        exception: null,
        count: 2,
        firstCycle: 10,
        lastCycle: 20,
      },
    ],
    problems: [{ message: 'EasyDMA from flash', firstCycle: 1, count: 2 }],
    fault: sampleFault,
  }
}

/** What may stand where something else is due. */
const STRANGE: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 1e308,
  () => 2 ** 53,
  () => '',
  () => 'text',
  () => '\u001b[2J\n\u202e<script>',
  () => [],
  () => [null],
  () => ({}),
  () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as unknown,
  () => JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown,
  () => 'x'.repeat(100_000),
]

/** A value with something of it changed, left out or put in, at random. */
export function spoilt(value: unknown, random: () => number): unknown {
  const copy = structuredClone(value)
  const below = (one: number): number => Math.floor(random() * one)
  let place = copy as Record<string, unknown>
  for (;;) {
    const keys = Object.keys(place)
    const key = keys[below(keys.length)]
    if (key === undefined) return copy
    const inner = place[key]
    if (typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0 && random() < 0.85) {
      place = inner as Record<string, unknown>
      continue
    }
    const strange = (): unknown => STRANGE[below(STRANGE.length)]?.()
    if (Array.isArray(place)) place[Number(key)] = strange()
    else if (random() < 0.3) Reflect.deleteProperty(place, key)
    else if (random() < 0.2) Object.defineProperty(place, '__proto__', { value: strange(), enumerable: true })
    else place[key] = strange()
    return copy
  }
}
