import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { cyclesText } from '../compare.ts'
import { markdownTable } from '../show/markdown-table.ts'
import { sources } from '../../../runs/open-parameters/sources.ts'
import { cacheTogether } from './combinations.ts'
import { allowsWait, errorsOff, flashReadFigures } from './flash-reads.ts'
import { allFits, bestOfGeometries, fitOf, fits, FURTHEST, MOST_MEAN_SQUARE, type Fit } from './joint.ts'
import type { MemoryKernels } from './kernels.ts'
import { predicted, type CacheChoice } from './program.ts'
import { memoryPrograms } from './programs.ts'

const defaults: CacheChoice = pipelineTiming
const withoutAhead: CacheChoice = { ...defaults, cacheMissAhead: 0 }
const wideLines: CacheChoice = { ...defaults, cacheLineBytes: 32, cacheMissCycles: 6, cacheMissAhead: 6 }

const signed = (value: number, digits: number): string => `${value > 0 ? '+' : ''}${value.toFixed(digits)}`

const introduction = `Size, ways, line, cost of a miss and what looking ahead hides of it, held against ${memoryPrograms.length} programs at once: NIST's Lightweight-Cryptography-Benchmarking (0aee4eda), run on a Nano 33 BLE with the cache on, whose time is mostly in hand-written assembly ("rhys" is by R. Weatherley, the others are the submissions' own), and a signature of P256-Cortex-M4. Their code is not in this repository; it was run outside it and what was counted is in \`src/fidelity/memory/programs.ts\`: cycles without waits, misses of each geometry by how far the prefetch unit is ahead, reads of flash. From those follow the predictions at each point of the grid.

"Error" is what is not the memory's: 1.5 % for pipeline and compiled code around, and half of what the compiler's four levels differ by, since the same assembly then lies elsewhere in the cache. A combination fits if the mean square of the residuals, in parts of these errors, is at most ${MOST_MEAN_SQUARE} and none is beyond ${FURTHEST}. Blind: its figure had no part in the choice of version 2, whose residuals are the column "none hidden". That some of a miss is hidden, and how much, was chosen with all of them in view. Left out: Xoodyak of XKCP, whose compiled part differs by 10 % without any miss, and ISAP-A-128a, whose figures are of several lengths. Schwaemm128-128 is 12 % under with every cache: its compiled part, presumably.`

const programTable = (): string =>
  markdownTable(
    [
      'program',
      'use',
      'published cycles',
      'error',
      'misses cost',
      'off by',
      'none hidden',
      'lines of 32 at 6',
    ],
    memoryPrograms.map((program) => {
      const at = (choice: CacheChoice): number => predicted(program, choice, pipelineTiming.flashReadWait)
      const off = (choice: CacheChoice): string =>
        `${signed(100 * (at(choice) / program.published - 1), 1)} %`
      const misses = (100 * (at(defaults) - at({ ...defaults, cacheMissCycles: 0 }))) / program.published
      return [
        program.name,
        program.use,
        String(program.published),
        `${program.errorPercent} %`,
        `${misses.toFixed(0)} %`,
        off(defaults),
        off(withoutAhead),
        off(wideLines),
      ]
    }),
  )

const fitColumns = ['size', 'ways', 'line', 'miss', 'hidden at most', 'mean square', 'worst', 'of']

const fitRow = ({ choice, meanSquare, worst }: Fit): readonly string[] => [
  String(choice.cacheBytes),
  String(choice.cacheWays),
  String(choice.cacheLineBytes),
  String(choice.cacheMissCycles),
  String(choice.cacheMissAhead),
  meanSquare.toFixed(2),
  signed(worst.residual, 1),
  worst.program,
]

function rangesText(): string {
  const fitting = allFits().filter(fits)
  const names = ['cacheBytes', 'cacheWays', 'cacheLineBytes', 'cacheMissCycles', 'cacheMissAhead'] as const
  return names
    .map((name) => {
      const values = [...new Set(fitting.map(({ choice }) => choice[name]))].sort((a, b) => a - b)
      return `\`${name}\` ${values.join(', ')}`
    })
    .join('; ')
}

const WAITS = [2, 3, 4, 5]

const flashTable = (): string =>
  markdownTable(
    [
      'measurement',
      'use',
      'cycles of a read',
      ...WAITS.map((wait) => `errors off at ${wait}`),
      'source',
      'note',
    ],
    flashReadFigures.map((figure) => [
      figure.what,
      figure.use,
      `${figure.waits} ± ${figure.error}`,
      ...WAITS.map((wait) => signed(errorsOff(figure, wait), 1)),
      sources[figure.source].short,
      figure.note,
    ]),
  )

const settingText = (setting: MemoryKernels['settings'][number]): string => {
  const { cacheLineBytes: line, cacheMissCycles: miss, cacheMissAhead: ahead } = setting
  return line === undefined
    ? Object.entries(setting)
        .map(([name, value]) => `\`${name}\` ${value}`)
        .join(', ')
    : `line ${line}, miss ${miss ?? ''}, hidden ${ahead ?? ''}`
}

const kernelTable = ({ settings, kernels }: MemoryKernels): string =>
  markdownTable(
    ['kernel', 'default', ...settings.map(settingText)],
    kernels.map(({ kernel, cycles, at }) => [`\`${kernel}\``, cyclesText(cycles), ...at.map(cyclesText)]),
  )

/** What the evidence leaves of the nRF52840’s memory, all of it held together. */
export function memoryText(kernels: MemoryKernels): string {
  const none = fitOf(withoutAhead)
  const together = cacheTogether.parameters.map((name) => `\`${name}\``).join(', ')
  const waits = WAITS.filter(allowsWait).join(' and ')
  return [
    introduction,
    programTable(),
    `What fits of ${allFits().length} combinations: ${rangesText()}. Not each with each, but:`,
    markdownTable(fitColumns, allFits().filter(fits).map(fitRow)),
    `The best of each geometry; and the cache of version 2, of whose misses nothing was hidden, with a mean square of ${none.meanSquare.toFixed(2)} and ${signed(none.worst.residual, 1)} at worst (${none.worst.program}). With a random victim, ways were not tried: each block takes the same to a cycle there.`,
    markdownTable(fitColumns, bestOfGeometries().map(fitRow)),
    `\`run --uncertainty\` sets ${together} in the outermost of these combinations only (${cacheTogether.settings.length}), the lab at the cheapest and the dearest of them.`,
    `Data reads from flash, which the cache does not serve. ${waits} cycles for a read of another line than the last are less than three errors from every figure. The programs above do not decide: with 2 to 5 as many caches fit.`,
    flashTable(),
    `How many lines of data the flash holds, and whether 16 or 32 bytes, nobody’s program tells: 8 bytes would show in Ascon’s rounds, and none reads from two lines in turn often enough (the most is 0.5 % of Ascon-Hash, bi32_armv6m).`,
    `What would tell them apart on a board: these kernels of \`firmware/microbench\`, run at each setting that is left open (\`npm run tools && node dist/bench/memory.js\` writes \`docs/memory.json\`). \`cold_narrow_64\` parts the caches and \`cold_wide_64\` the two that it does not, \`ldr_flash_lines\` says the wait, and how many lines are held.`,
    kernelTable(kernels),
  ].join('\n\n')
}
