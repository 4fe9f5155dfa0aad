/** What is in a `.boardless` file, written and read: docs/recorded-run.md. */
import { decodePlain, EncodingError, PlainSeries } from '../../emulator/snapshot/decode.ts'
import { encodePlain, encodeSeries } from '../../emulator/snapshot/encode.ts'
import type { Plain } from '../../emulator/snapshot/saved.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import type { SavedTimeline } from '../../emulator/timeline/timeline.ts'
import { UserError } from '../errors.ts'
import type { RunReport } from '../report/run-report.ts'
import { serialise } from '../report/serialise.ts'
import type { RunSnapshot } from '../simulation/observe-options.ts'
import { openArchive, pack } from './archive.ts'
import { asReport } from '../report/read-report.ts'
import type { Archive } from './archive.ts'
import type { Given } from './given.ts'
import { marksJson, parseMarks, type Mark } from './marks.ts'
import type { ReplayPart } from './parts.ts'
import { packedSizes, spliced } from './splice.ts'
import type { Firmware, RecordedRun, RunToWrite, Snapshots } from './recorded-run.ts'

const REPORT = 'report.json'
const TIMELINE = 'timeline.bin'
/** When each snapshot is of; each has an entry of its own, so that one can be read without the others. */
const SNAPSHOTS = 'snapshots.json'
const snapshotEntry = (number: number): string => `snapshots/${number}.bin`
const GIVEN = 'given.bin'
const FIRMWARE = 'firmware.bin'
const NAME = 'firmware-name.json'
/** Put in afterwards: not in the manifest. */
const MARKS = 'marks.json'

/** The `.boardless` file of a run: the same run gives the same bytes. */
export function writeRun({ report, timeline, snapshots, given, firmware }: RunToWrite): Uint8Array {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value)
  const parts = encodeSeries(snapshots as unknown as readonly Plain[])
  const entries: Record<string, Uint8Array> = {
    [REPORT]: text(serialise(report)),
    [TIMELINE]: encodePlain(timeline.save() as unknown as Plain),
    [SNAPSHOTS]: text(`${JSON.stringify({ cycles: snapshots.map(({ cycle }) => cycle) })}\n`),
    ...Object.fromEntries(parts.map((bytes, number) => [snapshotEntry(number), bytes])),
  }
  if (given) entries[GIVEN] = encodePlain(given as unknown as Plain)
  if (firmware) {
    entries[NAME] = text(`${JSON.stringify({ file: firmware.file })}\n`)
    entries[FIRMWARE] = firmware.bytes
  }
  return pack(entries)
}

/** The same file with other markers; without any, as it was recorded. @throws UserError for what is no such file */
export function withMarks(zip: Uint8Array, file: string, marks: readonly Mark[]): Uint8Array {
  openArchive(zip, file)
  return spliced(zip, MARKS, marks.length === 0 ? undefined : new TextEncoder().encode(marksJson(marks)))
}

const LEFT_OUT: Readonly<Record<ReplayPart, readonly string[]>> = {
  firmware: [FIRMWARE, NAME],
  inputs: [GIVEN],
}

/** The file as `--record-without` would have written it, with its markers. @throws UserError for what is no such file */
export function withoutParts(zip: Uint8Array, file: string, without: readonly ReplayPart[]): Uint8Array {
  const archive = openArchive(zip, file)
  const left = without.flatMap((part) => LEFT_OUT[part]).filter((name) => archive.names.includes(name))
  if (left.length === 0) return zip
  const entries = archive.names.flatMap((name): readonly (readonly [string, Uint8Array])[] => {
    const bytes = left.includes(name) ? undefined : archive.entry(name)
    return bytes ? [[name, bytes]] : []
  })
  const packed = pack(Object.fromEntries(entries))
  const marks = archive.added(MARKS)
  return marks ? spliced(packed, MARKS, marks) : packed
}

/** What a file has, as people speak of it. */
export type RunPart = 'report' | 'timeline' | 'snapshots' | 'names' | ReplayPart

const partOf = (name: string): RunPart | undefined => {
  if (name === REPORT) return 'report'
  if (name === TIMELINE) return 'timeline'
  if (name === GIVEN) return 'inputs'
  if (name === FIRMWARE || name === NAME) return 'firmware'
  if (name === MARKS) return 'names'
  return name.startsWith('snapshots') ? 'snapshots' : undefined
}

/** How many bytes of a file each part takes. */
export function packedParts(zip: Uint8Array): Readonly<Partial<Record<RunPart, number>>> {
  const found: Partial<Record<RunPart, number>> = {}
  for (const [name, bytes] of packedSizes(zip)) {
    const part = partOf(name)
    if (part) found[part] = (found[part] ?? 0) + bytes
  }
  return found
}

/**
 * Its parts are read when they are asked for, and refused then where they are damaged.
 * @param file for messages @throws UserError in one line
 */
export const readRun = (zip: Uint8Array, file: string): RecordedRun =>
  new RunFile(openArchive(zip, file), file)

class RunFile implements RecordedRun {
  readonly #archive: Archive
  readonly #file: string
  readonly report: RunReport
  readonly snapshots: Snapshots
  #timeline: Timeline | undefined
  #given: Given | undefined
  #firmware: Firmware | undefined

  constructor(archive: Archive, file: string) {
    this.#archive = archive
    this.#file = file
    this.report = this.#readReport()
    this.snapshots = this.#readSnapshots()
  }

  get timeline(): Timeline {
    if (this.#timeline) return this.#timeline
    const timeline = new Timeline()
    const saved = this.#plain(TIMELINE) as SavedTimeline
    this.#understood(TIMELINE, () => timeline.restore(saved))
    this.#timeline = timeline
    return timeline
  }

  get marks(): readonly Mark[] {
    const bytes = this.#archive.added(MARKS)
    return bytes ? parseMarks(new TextDecoder().decode(bytes), this.#file, this.report.run.cycles) : []
  }

  has(part: ReplayPart): boolean {
    return this.#archive.names.includes(part === 'firmware' ? FIRMWARE : GIVEN)
  }

  get given(): Given | undefined {
    if (!this.has('inputs')) return undefined
    return (this.#given ??= this.#plain(GIVEN) as Given)
  }

  get firmware(): Firmware | undefined {
    if (this.#firmware || !this.has('firmware')) return this.#firmware
    const bytes = this.#entry(FIRMWARE)
    const name = this.#json(NAME) as { readonly file?: unknown } | null
    this.#firmware = { file: typeof name?.file === 'string' ? name.file : 'firmware', bytes }
    return this.#firmware
  }

  #readReport(): RunReport {
    const report = this.#json(REPORT) as { readonly schemaVersion?: unknown } | null
    if (report?.schemaVersion === undefined) throw this.#damaged(REPORT)
    return asReport(report, this.#file, 'Record the run again.')
  }

  #readSnapshots(): Snapshots {
    const listed = this.#json(SNAPSHOTS) as { readonly cycles?: unknown } | null
    const cycles: unknown = listed?.cycles
    if (!isAscending(cycles)) throw this.#damaged(SNAPSHOTS)
    const series = new PlainSeries((part) => this.#archive.entry(snapshotEntry(part)))
    return {
      cycles,
      nearest: (cycle) => {
        const after = cycles.findIndex((one) => one > cycle)
        const number = (after < 0 ? cycles.length : after) - 1
        if (number < 0) return undefined
        const read = this.#understood(snapshotEntry(number), () => series.read(number))
        const snapshot = read as unknown as RunSnapshot | null
        if (!snapshot || snapshot.cycle !== cycles[number]) throw this.#damaged(snapshotEntry(number))
        return snapshot
      },
    }
  }

  #plain(name: string): unknown {
    const bytes = this.#entry(name)
    return this.#understood(name, () => decodePlain(bytes))
  }

  #json(name: string): unknown {
    const bytes = this.#entry(name)
    return this.#understood(name, (): unknown =>
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
    )
  }

  #entry(name: string): Uint8Array {
    const bytes = this.#archive.entry(name)
    if (!bytes) throw this.#damaged(name)
    return bytes
  }

  #understood<T>(name: string, read: () => T): T {
    try {
      return read()
    } catch (cause) {
      throw cause instanceof UserError ? cause : this.#damaged(name, cause)
    }
  }

  #damaged(name: string, cause?: unknown): UserError {
    const why = cause instanceof EncodingError ? `: ${cause.message}` : ''
    return new UserError(
      `${this.#file}: ${name} in it cannot be read${why}. Record the run again.`,
      undefined,
      { cause },
    )
  }
}

const isAscending = (cycles: unknown): cycles is readonly number[] =>
  Array.isArray(cycles) &&
  cycles.every((one, i) => Number.isSafeInteger(one) && (i === 0 ? one >= 0 : one > cycles[i - 1]))
