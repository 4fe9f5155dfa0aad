import { annotate } from '../../annotate/annotate.ts'
import { withCode } from '../../annotate/choose-function.ts'
import { instructionCosts, type InstructionCost } from '../../annotate/instruction-costs.ts'
import type { FirmwareImage } from '../../image/image.ts'
import { SourceFrames } from '../../image/source-frames.ts'
import { TOOL_VERSION } from '../../version.ts'
import type { Subject } from '../subject.ts'
import { Again } from './again.ts'
import type { AgainAnswer, AnnotationAnswer, SourceText } from './protocol.ts'
import { sourceBlocks } from './source-blocks.ts'
import { Sources } from './sources.ts'

/** What is asked of where cycles went. */
export class CostsDesk {
  readonly sources = new Sources()
  #frames: SourceFrames | undefined
  #ranTo = -1
  #costs: ReadonlyMap<number, InstructionCost> | undefined
  #again: Again | undefined

  constructor(private readonly subject: Subject) {}

  /** Where the cycles of the function at an address went, in the whole of the run as it stands. */
  async annotate(address: number): Promise<AnnotationAnswer> {
    const unknown = (why: string): AnnotationAnswer => ({ kind: 'unknown', why })
    const { live, whyNoReplay } = this.subject
    if (live?.state.isRunning) return unknown('it runs: pause it')
    const { run } = await this.subject.report()
    const ran = this.#ran(run.cycles)
    if (!ran) return unknown(whyNoReplay)
    const { image, costs } = ran
    const range = image.symbols.functionAt(address)
    if (image.symbols.isEmpty)
      return unknown(`${image.file} has no symbols, so it is not known where its functions begin and end`)
    if (!range) return unknown(`0x${address.toString(16)} is in no function of ${image.file}`)
    if (!costs) return unknown('the run has no profile, so that cycles by instruction are not known')
    const annotation = annotate({
      toolVersion: TOOL_VERSION,
      image,
      frames: (this.#frames ??= new SourceFrames(image)),
      chosen: withCode(range),
      costs,
      run: { cycles: run.cycles, awakeCycles: run.cycles - run.sleepCycles, stop: run.stop },
      file: image.file,
      textOf: this.sources.textOf,
    })
    return { kind: 'found', annotation, blocks: sourceBlocks(annotation, this.sources.textOf) }
  }

  addSources(files: readonly SourceText[]): void {
    for (const { path, text } of files) this.sources.add(path, text)
  }

  /** Runs all of it again with calls recorded, so long at a time: ask until it is over. @throws UserError */
  async again(milliseconds: number): Promise<AgainAnswer> {
    const { run } = await this.subject.report()
    if (this.#again?.end !== run.cycles) this.#again = new Again(this.subject, run)
    return this.#again.go(milliseconds)
  }

  /** What each instruction had cost when so many cycles were over. */
  #ran(cycle: number): Ran | undefined {
    const { live, replay } = this.subject
    const machine = live ? live.run.machine : replay?.run.machine
    const image = live ? live.options.image : replay?.image
    if (!machine || !image) return undefined
    if (this.#ranTo !== cycle) {
      if (!live) replay?.goTo(cycle)
      this.#ranTo = cycle
      this.#costs = machine.profile && instructionCosts(machine.profile)
    }
    return { image, costs: this.#costs }
  }
}

interface Ran {
  readonly image: FirmwareImage
  readonly costs: ReadonlyMap<number, InstructionCost> | undefined
}
