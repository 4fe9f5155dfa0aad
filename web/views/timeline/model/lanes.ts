import type { LineDrawing, LinesDrawing } from '../../../../emulator/timeline/drawn/lines.ts'
import { CHANNEL_UNITS } from '../../../../emulator/trace/recording.ts'
import { SURROUNDINGS, SURROUNDING_WORDS } from '../../../../emulator/trace/surroundings.ts'

/** Lines that are drawn to one axis: three directions of one quantity, or a channel by itself. */
export interface Lane {
  /** Of the track that it is a part of. */
  readonly key: string
  /** Empty where that is not known. */
  readonly unit: string
  readonly lines: readonly LineDrawing[]
}

/** A direction of a quantity. */
const DIRECTION = /^([agm])[xyz]$/

const isKnown = (kind: string): kind is keyof typeof CHANNEL_UNITS => Object.hasOwn(CHANNEL_UNITS, kind)

/** In the order in which they come. */
export function lanesOf(id: string, { lines }: LinesDrawing): readonly Lane[] {
  const lanes = new Map<string, LineDrawing[]>()
  for (const line of lines) {
    const kind = DIRECTION.exec(line.name)?.[1] ?? line.name
    const lane = lanes.get(kind)
    if (lane) lane.push(line)
    else lanes.set(kind, [line])
  }
  return [...lanes].map(([kind, members]) => ({
    key: `${id} ${kind}`,
    unit: unitOf(members[0]?.name ?? ''),
    lines: members,
  }))
}

/** Of a channel of a sensor; empty where that is not known. */
export const unitOf = (channel: string): string => {
  const surrounding = SURROUNDINGS.find((one) => one === channel)
  if (surrounding) return SURROUNDING_WORDS[surrounding]
  const kind = DIRECTION.exec(channel)?.[1] ?? ''
  return isKnown(kind) ? CHANNEL_UNITS[kind] : ''
}

/** Of a line of a lane: by direction. */
export const paintOf = (at: number): number => at % 3
