/** A network of dense layers with a softmax behind them. */
export interface Network {
  readonly features: number
  readonly hidden: readonly number[]
  readonly classes: number
}

/** An inference whose time on an nRF52840 is published, and that is run here. */
export interface NetworkFigure {
  readonly name: string
  readonly network: Network
  readonly publishedMicroseconds: number
}

/**
 * TinyML-Benchmark-NNs-on-MCUs (B. Sudharsan et al., IEEE WF-IoT 2021), TinyML_NN-on-MCUs_B1-B7_benchmark_results.csv:
 * float32 on an "Arduino Nano 33" with a Cortex-M4 at 64 MHz, 1 MB of flash and 256 kB of RAM, which is the Nano 33 BLE.
 */
export const networkSource = 'TinyML-Benchmark-NNs-on-MCUs (WF-IoT 2021)'

const ten = (layers: number): readonly number[] => new Array<number>(layers).fill(10)

const dataset = (
  name: string,
  features: number,
  classes: number,
  [one, ten10, tenFifty]: readonly [number, number, number],
): readonly NetworkFigure[] => [
  {
    name: `${name}, FC 1 x 10`,
    network: { features, hidden: ten(1), classes },
    publishedMicroseconds: one,
  },
  {
    name: `${name}, FC 10 x 10`,
    network: { features, hidden: ten(10), classes },
    publishedMicroseconds: ten10,
  },
  {
    name: `${name}, FC 10+50`,
    network: { features, hidden: [10, 50], classes },
    publishedMicroseconds: tenFifty,
  },
]

export const networkFigures: readonly NetworkFigure[] = [
  ...dataset('Iris', 4, 3, [113.61, 442.75, 266.54]),
  ...dataset('Wine', 13, 3, [130.1, 460.02, 283.82]),
  ...dataset('Breast cancer', 30, 2, [138.71, 472.11, 286.86]),
  ...dataset('Digits', 64, 10, [390.25, 719.08, 589.75]),
]

/** What two figures have between them: what is around the inference, and softmax, drop out. */
export interface NetworkDifference {
  readonly name: string
  readonly more: string
  readonly less: string
}

export const networkDifferences: readonly NetworkDifference[] = [
  ...['Iris', 'Wine', 'Breast cancer', 'Digits'].map((name) => ({
    name: `${name}, nine layers of 10 x 10`,
    more: `${name}, FC 10 x 10`,
    less: `${name}, FC 1 x 10`,
  })),
  ...['Iris', 'Wine', 'Breast cancer', 'Digits'].map((name) => ({
    name: `${name}, a layer of 10 x 50 and 40 more inputs`,
    more: `${name}, FC 10+50`,
    less: `${name}, FC 1 x 10`,
  })),
  ...['FC 1 x 10', 'FC 10 x 10', 'FC 10+50'].map((kind) => ({
    name: `nine more features, ${kind}`,
    more: `Wine, ${kind}`,
    less: `Iris, ${kind}`,
  })),
]

/** Cycles of one warm inference: with the default parameters, and at both ends of `flashReadWait`. */
export interface NetworkCycles {
  readonly name: string
  readonly cycles: number
  readonly lowest: number
  readonly highest: number
}

export interface NetworkRow extends NetworkCycles {
  readonly publishedMicroseconds: number
}

/** The figures, and behind them the differences. */
export function networkRows(results: readonly NetworkCycles[]): readonly NetworkRow[] {
  const found = (name: string): NetworkRow => {
    const cycles = results.find((one) => one.name === name)
    const figure = networkFigures.find((one) => one.name === name)
    if (!cycles || !figure) throw new Error(`no network ${name}`)
    return { ...cycles, publishedMicroseconds: figure.publishedMicroseconds }
  }
  const differences = networkDifferences.map(({ name, more, less }) => {
    const [a, b] = [found(more), found(less)]
    return {
      name,
      cycles: a.cycles - b.cycles,
      lowest: a.lowest - b.lowest,
      highest: a.highest - b.highest,
      publishedMicroseconds: a.publishedMicroseconds - b.publishedMicroseconds,
    }
  })
  return [...networkFigures.map(({ name }) => found(name)), ...differences]
}

const CYCLES_PER_MICROSECOND = 64

/** A row as it is shown: microseconds, and the difference in per cent. */
export function networkCells({ name, cycles, lowest, highest, publishedMicroseconds }: NetworkRow) {
  const shown = (count: number): string => (count / CYCLES_PER_MICROSECOND).toFixed(0)
  const percent = (cycles / CYCLES_PER_MICROSECOND / publishedMicroseconds - 1) * 100
  return {
    name,
    predicted: shown(cycles),
    published: publishedMicroseconds.toFixed(0),
    off: `${percent > 0 ? '+' : ''}${percent.toFixed(0)} %`,
    range: `${shown(lowest)} to ${shown(highest)}`,
  }
}
