/** Numbers of fields and enumerations of Perfetto's trace format (protos/perfetto/trace), as far as they are written. */

export const TRACE = { packet: 1 } as const

export const PACKET = {
  timestamp: 8,
  sequence: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  trackDescriptor: 60,
} as const

export const SEQUENCE_FLAGS = { incrementalStateCleared: 1, needsIncrementalState: 2 } as const

export const TRACK = {
  uuid: 1,
  name: 2,
  parent: 5,
  counter: 8,
  childOrdering: 11,
  siblingRank: 12,
} as const

export const CHILD_ORDERING = { explicit: 3 } as const

export const COUNTER = { unitName: 6, yAxisShareKey: 7 } as const

export const EVENT = {
  annotations: 4,
  type: 9,
  nameIid: 10,
  track: 11,
  name: 23,
  counterValue: 30,
  doubleCounterValue: 44,
} as const

export const EVENT_TYPE = { begin: 1, end: 2, instant: 3, counter: 4 } as const

export const INTERNED = { eventNames: 2, annotationNames: 3 } as const

export const ENTRY = { iid: 1, name: 2 } as const

export const ANNOTATION = { nameIid: 1, bool: 2, int: 4, double: 5, string: 6 } as const
