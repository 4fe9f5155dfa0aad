import { signal } from '@preact/signals'
import type { Mark } from '../../../../runs/recording/marks.ts'
import { download } from '../../../state/download.ts'
import type { OpenRun } from '../../../state/open-run.ts'
import type { Extent } from '../model/camera.ts'

/** Moments and stretches that have names: the session has them, and here they are shown. */
export class Names {
  readonly all = signal<readonly Mark[]>([])
  /** As the file has them. */
  readonly ofFile = signal<readonly Mark[]>([])
  /** What could not be done with one, in a line. */
  readonly refused = signal('')
  /** The name that was just given, to be typed over. */
  readonly newest = signal('')
  #queue: Promise<unknown> = Promise.resolve()

  constructor(private readonly run: OpenRun) {}

  /** @param shared in place of those of the file */
  begin(shared: readonly Mark[] | undefined): void {
    const { call } = this.run.link
    void this.#do(async () => {
      const { all, ofFile } = await call.names()
      const isSame = JSON.stringify(all) === JSON.stringify(ofFile)
      this.all.value = all
      this.ofFile.value = isSame ? all : ofFile
      if (shared) this.all.value = await call.replaceNames(shared)
    })
  }

  /** By a name that nobody has yet. */
  keep({ from, to }: Extent | { readonly from: number; readonly to: null }): void {
    void this.#do(async () => {
      const name = this.#free(to === null ? 'moment' : 'region')
      this.all.value = await this.run.link.call.setName({ name, fromCycle: from, toCycle: to, note: '' })
      this.newest.value = name
    })
  }

  rename(from: string, to: string): void {
    void this.#do(async () => {
      this.all.value = await this.run.link.call.rename(from, to.trim())
    })
  }

  note(mark: Mark, note: string): void {
    void this.#do(async () => {
      this.all.value = await this.run.link.call.setName({ ...mark, note })
    })
  }

  remove(name: string): void {
    void this.#do(async () => {
      this.all.value = await this.run.link.call.removeName(name)
    })
  }

  /** The file as it is, with them in it. */
  save(): void {
    void this.#do(async () => {
      const bytes = await this.run.link.call.save()
      const title = this.run.facts.value?.title ?? 'run'
      download(`${title.replace(/\.[^.]+$/, '')}.boardless`, bytes, 'application/zip')
      this.ofFile.value = this.all.value
    })
  }

  /** One after the other. */
  #do(act: () => Promise<void>): Promise<unknown> {
    return (this.#queue = this.#queue.then(async () => {
      this.refused.value = ''
      try {
        await act()
      } catch (cause) {
        this.refused.value = cause instanceof Error ? cause.message : String(cause)
      }
    }))
  }

  #free(kind: string): string {
    const taken = new Set(this.all.value.map(({ name }) => name))
    for (let i = 1; ; i++) if (!taken.has(`${kind}-${i}`)) return `${kind}-${i}`
  }
}
