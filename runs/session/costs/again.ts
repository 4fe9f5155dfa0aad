import { UserError } from '../../errors.ts'
import type { RunReport, RunSummary } from '../../report/run-report.ts'
import type { Ending } from '../../simulation/ending.ts'
import { Run } from '../../simulation/run.ts'
import { Slice } from '../../simulation/slice.ts'
import { observeOptionsOf, reportOf, type SimulateOptions } from '../../simulation/simulate.ts'
import type { Subject } from '../subject.ts'
import type { AgainAnswer } from './protocol.ts'

const SLICE_MILLISECONDS = 12

/** A run made again from reset on, with calls recorded. */
export class Again {
  readonly end: number
  readonly #options: SimulateOptions
  readonly #run: Run
  readonly #before: RunSummary
  readonly #slice = new Slice(SLICE_MILLISECONDS)
  #report: RunReport | undefined

  /** @param before how the run was, which it must be again @throws UserError where it cannot be made again */
  constructor(subject: Subject, before: RunSummary) {
    this.end = before.cycles
    this.#before = before
    this.#options = { ...optionsOf(subject), functions: true }
    this.#run = new Run(observeOptionsOf(this.#options))
  }

  /** Goes on for so long. @throws UserError where it is not as it was */
  async go(milliseconds: number): Promise<AgainAnswer> {
    const { machine } = this.#run
    const until = performance.now() + milliseconds
    while (!this.#report && performance.now() < until) {
      const [began, from] = [performance.now(), machine.now]
      const ending = this.#run.advance(Math.min(from + this.#slice.cycles, this.end))
      if (ending || machine.now >= this.end) this.#report = await this.#finish(ending)
      this.#slice.took(performance.now() - began, machine.now - from)
    }
    return { share: Math.min(machine.now / Math.max(this.end, 1), 1), report: this.#report }
  }

  async #finish(ending: Ending | undefined): Promise<RunReport> {
    const observed = ending ? this.#run.observation(ending) : this.#run.interrupted()
    const report = await reportOf(this.#options, observed)
    const { cycles, instructions } = report.run
    if (cycles !== this.#before.cycles || instructions !== this.#before.instructions)
      throw new UserError(
        'it did not go the same way again: it was given something by hand meanwhile, such as text on its console.',
      )
    return report
  }
}

function optionsOf({ given, whyNoReplay }: Subject): SimulateOptions {
  if (!given) throw new UserError(`it cannot be run again: ${whyNoReplay}.`)
  return given
}
