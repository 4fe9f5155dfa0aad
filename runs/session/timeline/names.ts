import { checkMarkName, withMark, withoutMark, type Mark } from '../../recording/marks.ts'
import { withMarks } from '../../recording/run-file.ts'
import { UserError } from '../../errors.ts'
import type { Subject } from '../subject.ts'

/** Names of moments and stretches: those that the file has, and what was made of them here. */
export class Names {
  #marks: readonly Mark[] | undefined
  #ofFile: readonly Mark[] | undefined

  constructor(private readonly subject: Subject) {}

  /** As the file has them. @throws UserError where they cannot be read */
  get ofFile(): readonly Mark[] {
    return (this.#ofFile ??= this.subject.marks)
  }

  /** By time. @throws UserError where those of the file cannot be read */
  get all(): readonly Mark[] {
    return (this.#marks ??= this.ofFile)
  }

  /** @throws UserError for one that could not be asked for afterwards, or does not lie in the run */
  set(mark: Mark): readonly Mark[] {
    return (this.#marks = withMark(this.all, mark, this.subject.timeline.until))
  }

  remove(name: string): readonly Mark[] {
    return (this.#marks = withoutMark(this.all, name))
  }

  /** @throws UserError for a name that another has, or that is none */
  rename(from: string, to: string): readonly Mark[] {
    if (from === to) return this.all
    checkMarkName(to)
    if (this.all.some(({ name }) => name === to))
      throw new UserError(`there is a marker "${to}" already: give another name.`)
    const mark = this.all.find(({ name }) => name === from)
    const others = withoutMark(this.all, from)
    return (this.#marks = mark
      ? withMark(others, { ...mark, name: to }, this.subject.timeline.until)
      : others)
  }

  /** In place of all that are there: whoever shared the page had these. @throws UserError for the first that is none */
  replace(marks: readonly Mark[]): readonly Mark[] {
    const end = this.subject.timeline.until
    const noted = marks.map((mark) => ({
      ...mark,
      note: mark.note || (this.all.find(({ name }) => name === mark.name)?.note ?? ''),
    }))
    return (this.#marks = noted.reduce<readonly Mark[]>((all, mark) => withMark(all, mark, end), []))
  }

  /** The `.boardless` file with them in it. */
  async saved(): Promise<Uint8Array> {
    const zip = await this.subject.save()
    return this.all === this.ofFile ? zip : withMarks(zip, this.subject.title, this.all)
  }
}
