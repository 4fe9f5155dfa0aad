import type { Machine } from '../../emulator/machine.ts'
import { OperatorProfiler } from '../../emulator/probes/operators.ts'
import type { OperatorListener, SavedProfiler } from '../../emulator/probes/operators.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { Observation } from '../report/observation.ts'
import { knownStructures } from '../tflm/structures.ts'
import { InterpreterWatch, type SavedInterpreterWatch } from '../tflm/watch.ts'
import { allocations, invokeLoops } from './invoke-loops.ts'

type Observed = Pick<Observation, 'interpreters' | 'arenas'>

/** Null where there is nothing to watch. */
export type SavedInterpreterProbes = {
  readonly watch: SavedInterpreterWatch
  readonly operators: SavedProfiler
} | null

export interface InterpreterProbes {
  save(): SavedInterpreterProbes
  restore(saved: SavedInterpreterProbes): void
  observed(): Observed
  problems(): Observation['problems']
}

const NOTHING: InterpreterProbes = {
  save: () => null,
  restore: () => undefined,
  observed: () => ({ interpreters: [], arenas: [] }),
  problems: () => [],
}

/** Probes on the TFLM interpreters of a firmware; nothing where it has none that is known by name. */
export function watchInterpreters(
  machine: Machine,
  image: FirmwareImage,
  listener?: OperatorListener,
): InterpreterProbes {
  const loops = invokeLoops(image.symbols)
  if (loops.length === 0) return NOTHING
  const watch = new InterpreterWatch(
    machine,
    image.symbols,
    knownStructures(image),
    allocations(image.symbols),
  )
  const { identify, onReturn } = watch
  const operators = new OperatorProfiler(machine, { loops, identify, onReturn, listener })
  return {
    save: () => ({ watch: watch.save(), operators: operators.save() }),
    restore: (saved) => {
      if (!saved) throw new Error('the snapshot is of a firmware without interpreters')
      watch.restore(saved.watch)
      operators.restore(saved.operators)
    },
    observed: () => {
      const summaries = operators.summary()
      const places = new Map(summaries.map(({ table }, place) => [table, place]))
      return {
        interpreters: summaries.flatMap((summary) => {
          const watched = watch.interpreters[summary.table]
          return watched ? [{ ...summary, ...watched }] : []
        }),
        arenas: watch.arenas.map(({ tables, ...arena }) => ({
          ...arena,
          interpreters: tables.flatMap((table) => places.get(table) ?? []),
        })),
      }
    },
    problems: () => [
      ...operators.unfinished().map(({ cycles }) => ({
        message: `operators: an invocation had not ended when the run did; its ${cycles} cycles so far are in no table`,
        firstCycle: machine.now - cycles,
        count: 1,
      })),
      ...unknown(watch).map((message) => ({ message, firstCycle: 0, count: 1 })),
    ],
  }
}

/** What could not be read, and why: each reason once. */
function unknown({ interpreters, arenas }: InterpreterWatch): readonly string[] {
  const models = interpreters.flatMap(({ model }) =>
    typeof model === 'string' ? [`operators: the model of an interpreter is not known: ${model}`] : [],
  )
  const sizes = arenas.flatMap(({ view }) =>
    typeof view === 'string' ? [`arena: what an interpreter uses of it is not known: ${view}`] : [],
  )
  return [...new Set([...models, ...sizes])]
}
