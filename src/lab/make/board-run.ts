/** One firmware on the emulated board, at the timing model's own parameters and at those of `timingSettings`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TimingParameters } from '../../../emulator/cpu/timing/timing.ts'
import { shortName } from '../../../runs/image/demangle.ts'
import { loadImage } from '../../files/image.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import { gaveUp } from '../../../runs/simulation/gave-up.ts'
import { simulate, type SimulateFileOptions } from '../../files/simulate.ts'
import type { DeviceResult, Latency } from '../measurement.ts'
import { CannotMeasure } from '../outcome.ts'
import { timingSettings } from './settings.ts'

export type Simulation = Omit<SimulateFileOptions, 'timing' | 'profile'>

/** @throws CannotMeasure where the firmware gives up or crashes */
export async function runOnce(simulation: Simulation, timing?: TimingParameters): Promise<RunReport> {
  const report = await simulate({ ...simulation, profile: false, ...(timing && { timing }) })
  const fatal = gaveUp(report)
  if (fatal !== undefined) throw new CannotMeasure(`the firmware gives up: ${fatal}`)
  const { stop, stopDetail, exitCode } = report.run
  if (stop === 'fault' || stop === 'breakpoint' || stop === 'reset-loop') throw new CannotMeasure(stopDetail)
  if (stop === 'exit' && exitCode !== 0)
    throw new CannotMeasure(`the firmware exits with ${String(exitCode)}`)
  return report
}

export type Cycles = Pick<DeviceResult, 'phases' | 'inference' | 'operators'>

export interface BoardRun {
  /** At the timing model's own parameters. */
  readonly report: RunReport
  /** At each of `timingSettings`. */
  readonly others: readonly RunReport[]
  readonly cycles: Cycles
}

export async function runAtSettings(simulation: Simulation): Promise<BoardRun> {
  const report = await runOnce(simulation)
  const others: RunReport[] = []
  for (const timing of timingSettings) others.push(await runOnce(simulation, timing))
  const latency = (name: string, of: (report: RunReport) => number | undefined): Latency => {
    const cycles = of(report) ?? 0
    const settings = others.map((other) => of(other) ?? cycles)
    return {
      name,
      cycles,
      interval: [Math.min(cycles, ...settings), Math.max(cycles, ...settings)],
      settings,
    }
  }
  const [interpreter] = report.interpreters
  if (interpreter === undefined) throw new CannotMeasure('the firmware never gets to an inference')
  return {
    report,
    others,
    cycles: {
      phases: report.phases.map(({ name }) =>
        latency(name, ({ phases }) => phases.find((one) => one.name === name)?.medianCycles),
      ),
      inference: latency('inference', ({ interpreters }) => interpreters[0]?.medianCycles),
      operators: interpreter.operators.map(({ index, type, kernel, macs }) => ({
        ...latency(
          `${index} ${type ?? kernel}`,
          ({ interpreters }) => interpreters[0]?.operators.find((one) => one.index === index)?.medianCycles,
        ),
        index,
        type: type ?? kernel,
        macs,
      })),
    },
  }
}

const windowPhases = ['preprocess', 'inference']

type Energy = NonNullable<DeviceResult['energy']>

/**
 * Energy of the chip in one window's preprocessing and inference, at the timing model's own parameters; from the lowest
 * currents at the timing that takes the least to the highest at the one that takes the most.
 */
export function energyOf(report: RunReport, others: readonly RunReport[] = []): DeviceResult['energy'] {
  const own = energyAt(report)
  if (own === null) return null
  const all = [own, ...others.flatMap((other) => energyAt(other) ?? [])]
  return {
    microjoules: own.microjoules,
    interval: [
      Math.min(...all.map(({ interval }) => interval[0])),
      Math.max(...all.map(({ interval }) => interval[1])),
    ],
  }
}

/** Charge by the voltage; interval: of the coefficients. */
function energyAt({ power }: RunReport): Energy | null {
  const chip = new Set(power.parts.filter(({ group }) => group === 'chip').map(({ part }) => part))
  const phases = power.phases.filter(({ phase }) => windowPhases.includes(phase))
  if (phases.length === 0) return null
  let [value, low, high] = [0, 0, 0]
  for (const { passes, microcoulombsByPart } of phases) {
    for (const [part, charge] of Object.entries(microcoulombsByPart)) {
      if (!chip.has(part)) continue
      const [least, most] = relativeEnds(power, part)
      value += charge / passes
      low += (charge * least) / passes
      high += (charge * most) / passes
    }
  }
  const joules = (charge: number): number => Number((charge * power.supplyVolts).toPrecision(12))
  return { microjoules: joules(value), interval: [joules(low), joules(high)] }
}

/** A part's charge at the ends of its coefficients' intervals, by its charge: awake, as phases are of code that runs. */
function relativeEnds(power: RunReport['power'], name: string): readonly [number, number] {
  const states = power.parts.find(({ part }) => part === name)?.states ?? []
  let [value, low, high] = [0, 0, 0]
  for (const { state, chargeMicrocoulombs } of states) {
    if (name === 'CPU' && /^(asleep|off)/.test(state)) continue
    const row = power.coefficients.find((one) => one.part === name && one.state === state)
    if (row === undefined || row.value === 0) continue
    value += chargeMicrocoulombs
    low += (chargeMicrocoulombs * row.low) / row.value
    high += (chargeMicrocoulombs * row.high) / row.value
  }
  return value === 0 ? [1, 1] : [low / value, high / value]
}

/** Flash by symbol, dearest first; what no symbol covers is "(padding, strings, vectors)". */
export async function flashSymbols(elf: string): Promise<DeviceResult['symbols']> {
  const { symbols, sections } = await loadImage(elf)
  const bytes = new Map<string, number>()
  const add = (name: string, count: number): unknown => bytes.set(name, (bytes.get(name) ?? 0) + count)
  const inFlash = (address: number): boolean => address < 0x1000_0000
  for (const { name, start, end } of symbols.functions) if (inFlash(start)) add(shortName(name), end - start)
  for (const { name, address, bytes: size } of symbols.objectsMatching(/(?:)/)) {
    if (inFlash(address)) add(shortName(name), size)
  }
  const total = sections.reduce((sum, { flashBytes }) => sum + flashBytes, 0)
  const named = [...bytes.values()].reduce((a, b) => a + b, 0)
  if (total > named) add('(padding, strings, initial values)', total - named)
  return [...bytes]
    .map(([name, count]) => ({ name, bytes: count }))
    .filter((symbol) => symbol.bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
}

/** The model as a file that a build can take, with what the gesture apps must know of it. @returns its path */
export async function writeModel(folder: string, bytes: Uint8Array, metadata?: object): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'model.tflite')
  await writeFile(file, bytes)
  if (metadata !== undefined)
    await writeFile(join(folder, 'metadata.json'), JSON.stringify(metadata, null, 2))
  return file
}
