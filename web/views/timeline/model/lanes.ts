import type { LineDrawing, LinesDrawing } from '../../../../emulator/timeline/drawn/lines.ts'
import { CHANNEL_UNITS } from '../../../../emulator/trace/recording.ts'

/** Lines that are drawn to one axis: three directions of one quantity, or a channel by itself. */
export interface Lane {
  /** Of the track that it is a part of. */
  readonly key: string
  /** Empty where that is not known. */
  readonly unit: string
  readonly lines: readonly LineDrawing[]
}

const isKnown = (kind: string): kind is keyof typeof CHANNEL_UNITS => Object.hasOwn(CHANNEL_UNITS, kind)

/** In the order in which they come. */
export function lanesOf(id: string, { lines }: LinesDrawing): readonly Lane[] {
  const lanes = new Map<string, LineDrawing[]>()
  for (const line of lines) {
    const kind = /^[agm][xyz]$/.test(line.name) ? line.name.charAt(0) : line.name
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
  const kind = channel.charAt(0)
  return /^[agm][xyz]$/.test(channel) && isKnown(kind) ? CHANNEL_UNITS[kind] : ''
}

const PAINTS = [0, 1, 2]

/** Of a line of a lane: by direction. */
export const paintOf = (at: number): number => PAINTS[at % PAINTS.length] ?? 0
