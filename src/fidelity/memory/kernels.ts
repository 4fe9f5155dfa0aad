import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipelineTiming, type TimingParameters } from '../../../emulator/cpu/timing/timing.ts'
import { projectRoot } from '../../toolchain/paths.ts'
import { emulateMicrobench } from '../emulate.ts'
import { cyclesPerBody } from '../measurement.ts'
import { cacheTogether } from './combinations.ts'

type Setting = Partial<TimingParameters>

/** What `docs/memory.json` holds: kernels of `firmware/microbench` that tell apart what is left open. */
export interface MemoryKernels {
  readonly schemaVersion: 1
  readonly kind: 'memory'
  readonly settings: readonly Setting[]
  /** Cycles of one body at the defaults, and at each setting. */
  readonly kernels: readonly {
    readonly kernel: string
    readonly cycles: number
    readonly at: readonly number[]
  }[]
}

/** What the evidence leaves open of the chip’s memory: the cache’s combinations, and reads of flash. */
export const memorySettings = (): readonly Setting[] => [
  ...cacheTogether.settings.filter((choice) =>
    Object.entries(choice).some(([name, value]) => pipelineTiming[name as keyof Setting] !== value),
  ),
  { flashReadWait: 4 },
  { flashReadLineBytes: 32 },
]

/** Runs the microbenchmarks at each. @throws UserError */
export async function runMemoryKernels(elf: string): Promise<MemoryKernels> {
  const settings = memorySettings()
  const { measurements } = await emulateMicrobench(elf, pipelineTiming)
  const others: ReadonlyMap<string, number>[] = []
  for (const setting of settings) {
    const { measurements: moved } = await emulateMicrobench(elf, { ...pipelineTiming, ...setting })
    others.push(new Map(moved.map((one) => [one.kernel, cyclesPerBody(one)])))
  }
  const kernels = measurements
    .map((one) => ({
      kernel: one.kernel,
      cycles: cyclesPerBody(one),
      at: others.map((other) => other.get(one.kernel) ?? NaN),
    }))
    .filter(({ cycles, at }) => at.some((other) => other !== cycles))
  return { schemaVersion: 1, kind: 'memory', settings, kernels }
}

/** The runs that the documentation shows. */
export async function documentedMemory(): Promise<MemoryKernels> {
  return JSON.parse(await readFile(join(projectRoot(), 'docs', 'memory.json'), 'utf8')) as MemoryKernels
}
