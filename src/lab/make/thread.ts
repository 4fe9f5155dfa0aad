import { UserError } from '../../../runs/errors.ts'
import { Thread } from '../../threads/thread.ts'
import { Interrupted, type Hand, type Job } from '../engine/engine.ts'
import type { Made } from '../outcome.ts'
import type { Bench } from './bench.ts'

export type Note =
  | { readonly kind: 'made'; readonly key: string; readonly made: Made }
  | { readonly kind: 'step'; readonly step: string }

/** A thread that makes measurements; started with its first job, kept for the next ones: TensorFlow.js loads slowly. */
export class LabThread implements Hand {
  #thread: Thread<Job, Note, void> | undefined

  constructor(
    readonly bench: Bench,
    signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.#thread?.abandon(new Interrupted()))
  }

  async run(
    job: Job,
    onMade: (key: string, made: Made) => void,
    onStep: (step: string) => void,
  ): Promise<void> {
    const thread = (this.#thread ??= new Thread(new URL('./worker.js', import.meta.url), this.bench))
    try {
      await thread.ask(job, (note) => {
        if (note.kind === 'made') onMade(note.key, note.made)
        else onStep(note.step)
      })
    } catch (error) {
      if (error instanceof Error && !(error instanceof UserError) && !(error instanceof Interrupted))
        error.message = `${job.name}: ${error.message}`
      throw error
    }
  }

  async end(): Promise<void> {
    await this.#thread?.end()
  }
}
