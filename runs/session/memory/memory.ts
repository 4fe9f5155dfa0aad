import type { Subject } from '../subject.ts'
import { memoryItems } from './items.ts'
import { livesIn } from './lives.ts'
import type { MemoryAnswer } from './protocol.ts'

/** Of the firmware, where it is there. */
export function memoryOf({ live, replay, whyNoReplay }: Subject): MemoryAnswer {
  const image = live?.options.image ?? replay?.image
  return image
    ? { kind: 'found', items: memoryItems(image), models: livesIn(image) }
    : { kind: 'unknown', why: whyNoReplay }
}
