/** Packets of one sequence, in protobuf. Names are sent once and referred to by number. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { Cycles } from '../../../emulator/cpu/bus.ts'
import { nanoseconds } from '../time.ts'
import {
  ANNOTATION,
  CHILD_ORDERING,
  COUNTER,
  ENTRY,
  EVENT,
  EVENT_TYPE,
  INTERNED,
  PACKET,
  SEQUENCE_FLAGS,
  TRACE,
  TRACK,
} from './fields.ts'

export type Annotation = readonly [name: string, value: string | number | boolean]

export interface TrackDescription {
  readonly name: string
  /** undefined: at the top. */
  readonly parent?: number
  /** Place among its siblings. */
  readonly rank: number
  readonly counter?: { readonly unit: string; readonly axis: string }
}

/** Of an event: interned where it is one of few, or a text of its own. */
export type EventName = { readonly interned: string } | { readonly text: string }

/** What can be referred to by number; beyond it a name is written where it is used. */
const MOST_INTERNED = 4096
const SEQUENCE = 1
const FULL = 64 * 1024

export class Packets {
  #writer = new BinaryWriter()
  #tracks = 0
  #isFirst = true
  #written = 0
  readonly #names = new Map<string, number>()
  readonly #annotations = new Map<string, number>()

  /** @returns its uuid */
  track({ name, parent, rank, counter }: TrackDescription): number {
    const uuid = ++this.#tracks
    this.#packet((writer) => {
      message(writer, PACKET.trackDescriptor, () => {
        writer.tag(TRACK.uuid, WireType.Varint).uint64(uuid)
        text(writer, TRACK.name, name)
        if (parent !== undefined) writer.tag(TRACK.parent, WireType.Varint).uint64(parent)
        writer.tag(TRACK.childOrdering, WireType.Varint).int32(CHILD_ORDERING.explicit)
        writer.tag(TRACK.siblingRank, WireType.Varint).int32(rank)
        if (counter)
          message(writer, TRACK.counter, () => {
            text(writer, COUNTER.unitName, counter.unit)
            text(writer, COUNTER.yAxisShareKey, counter.axis)
          })
      })
    })
    return uuid
  }

  begin(track: number, cycle: Cycles, name: EventName, annotations: readonly Annotation[]): void {
    this.#named(EVENT_TYPE.begin, track, cycle, name, annotations)
  }

  instant(track: number, cycle: Cycles, name: EventName, annotations: readonly Annotation[]): void {
    this.#named(EVENT_TYPE.instant, track, cycle, name, annotations)
  }

  end(track: number, cycle: Cycles): void {
    this.#event(EVENT_TYPE.end, track, cycle)
  }

  counter(track: number, cycle: Cycles, value: number): void {
    this.#event(EVENT_TYPE.counter, track, cycle, (writer) => {
      if (Number.isSafeInteger(value)) writer.tag(EVENT.counterValue, WireType.Varint).int64(value)
      else writer.tag(EVENT.doubleCounterValue, WireType.Bit64).double(value)
    })
  }

  /** What has come since the last time, once it is worth it. */
  *taken(all = false): Generator<Uint8Array> {
    if (this.#written === 0 || (!all && this.#written < FULL)) return
    this.#written = 0
    yield this.#writer.finish()
  }

  #named(
    type: number,
    track: number,
    cycle: Cycles,
    name: EventName,
    annotations: readonly Annotation[],
  ): void {
    const fresh = new Fresh()
    const iid = 'interned' in name ? fresh.number(this.#names, name.interned, fresh.names) : undefined
    const noted = annotations.map(([title, value]) => ({
      iid: fresh.number(this.#annotations, title, fresh.annotations) ?? 0,
      value,
    }))
    this.#event(
      type,
      track,
      cycle,
      (writer) => {
        if (iid !== undefined) writer.tag(EVENT.nameIid, WireType.Varint).uint64(iid)
        else text(writer, EVENT.name, 'interned' in name ? name.interned : name.text)
        for (const { iid: title, value } of noted)
          if (title > 0) message(writer, EVENT.annotations, () => annotation(writer, title, value))
      },
      fresh,
    )
  }

  #event(
    type: number,
    track: number,
    cycle: Cycles,
    more?: (writer: BinaryWriter) => void,
    fresh?: Fresh,
  ): void {
    this.#packet((writer) => {
      writer.tag(PACKET.timestamp, WireType.Varint).uint64(nanoseconds(cycle))
      if (fresh && !fresh.isEmpty) message(writer, PACKET.internedData, () => fresh.write(writer))
      message(writer, PACKET.trackEvent, () => {
        writer.tag(EVENT.type, WireType.Varint).int32(type)
        writer.tag(EVENT.track, WireType.Varint).uint64(track)
        more?.(writer)
      })
    })
  }

  #packet(write: (writer: BinaryWriter) => void): void {
    const writer = this.#writer
    message(writer, TRACE.packet, () => {
      writer.tag(PACKET.sequence, WireType.Varint).uint32(SEQUENCE)
      const { incrementalStateCleared, needsIncrementalState } = SEQUENCE_FLAGS
      const flags = needsIncrementalState + (this.#isFirst ? incrementalStateCleared : 0)
      writer.tag(PACKET.sequenceFlags, WireType.Varint).uint32(flags)
      write(writer)
    })
    this.#isFirst = false
    this.#written += ROUGHLY
  }
}

/** Bytes of a packet, near enough to know when there are many. */
const ROUGHLY = 32

/** Names that a packet is the first to use. */
class Fresh {
  readonly names: (readonly [string, number])[] = []
  readonly annotations: (readonly [string, number])[] = []

  get isEmpty(): boolean {
    return this.names.length === 0 && this.annotations.length === 0
  }

  /** undefined where there are too many. */
  number(known: Map<string, number>, name: string, fresh: (readonly [string, number])[]): number | undefined {
    const found = known.get(name)
    if (found !== undefined) return found
    if (known.size >= MOST_INTERNED) return undefined
    const number = known.size + 1
    known.set(name, number)
    fresh.push([name, number])
    return number
  }

  write(writer: BinaryWriter): void {
    for (const [field, entries] of [
      [INTERNED.eventNames, this.names],
      [INTERNED.annotationNames, this.annotations],
    ] as const)
      for (const [name, number] of entries)
        message(writer, field, () => {
          writer.tag(ENTRY.iid, WireType.Varint).uint64(number)
          text(writer, ENTRY.name, name)
        })
  }
}

function annotation(writer: BinaryWriter, title: number, value: string | number | boolean): void {
  writer.tag(ANNOTATION.nameIid, WireType.Varint).uint64(title)
  if (typeof value === 'string') text(writer, ANNOTATION.string, value)
  else if (typeof value === 'boolean') writer.tag(ANNOTATION.bool, WireType.Varint).bool(value)
  else if (Number.isSafeInteger(value)) writer.tag(ANNOTATION.int, WireType.Varint).int64(value)
  else writer.tag(ANNOTATION.double, WireType.Bit64).double(value)
}

const message = (writer: BinaryWriter, field: number, write: () => void): void => {
  writer.tag(field, WireType.LengthDelimited).fork()
  write()
  writer.join()
}

const text = (writer: BinaryWriter, field: number, value: string): void => {
  writer.tag(field, WireType.LengthDelimited).string(value)
}
