import { firstPartition, readFolder, readVolume, type ListedFile, type Volume } from './fat.ts'

const INQUIRY = 0x12
const TEST_UNIT_READY = 0x00
const REQUEST_SENSE = 0x03
const READ_CAPACITY = 0x25
const READ = 0x28
const COMMAND_BYTES = 31
const STATUS_BYTES = 13
const TO_HOST = 0x80
/** A medium that is not there yet is asked for so often. */
const MOST_TRIES = 5
const MOST_BLOCK_BYTES = 4096

type Step = 'inquiry' | 'ready' | 'sense' | 'capacity' | 'boot' | 'partition' | 'folder' | 'over'

export interface MassStorageState {
  readonly interface: number
  readonly in: number
  readonly out: number
  readonly step: Step
  readonly tag: number
  readonly tries: number
  /** Block at which the volume begins. */
  readonly start: number
  readonly expected: number
  readonly data: Uint8Array
  readonly vendor: string
  readonly product: string
  readonly blocks: number
  readonly blockBytes: number
  readonly volume: Volume | undefined
  readonly files: readonly ListedFile[]
  /** Bytes of the medium that were read. */
  readonly readBytes: number
  readonly failure: string | undefined
}

const NOTHING = new Uint8Array()

export const beginMassStorage = (number: number, into: number, out: number): MassStorageState => ({
  interface: number,
  in: into,
  out,
  step: 'inquiry',
  tag: 0,
  tries: 0,
  start: 0,
  expected: 0,
  data: NOTHING,
  vendor: '',
  product: '',
  blocks: 0,
  blockBytes: 0,
  volume: undefined,
  files: [],
  readBytes: 0,
  failure: undefined,
})

export interface MassStorageTurn {
  readonly state: MassStorageState
  /** What goes to its OUT endpoint. */
  readonly send: Uint8Array | undefined
}

/**
 * A disk over USB Mass Storage, Bulk-Only Transport 1.0, with SCSI: who it is, how large, and what its root folder lists.
 * Nothing is written.
 */
export function nextCommand(state: MassStorageState): MassStorageTurn {
  const ask = (command: readonly number[], expected: number): MassStorageTurn => {
    const tag = state.tag + 1
    return { state: { ...state, tag, expected, data: NOTHING }, send: commandBlock(tag, command, expected) }
  }
  const read = (block: number): MassStorageTurn =>
    ask(
      [READ, 0, block >>> 24, (block >>> 16) & 255, (block >>> 8) & 255, block & 255, 0, 0, 1, 0],
      state.blockBytes,
    )
  switch (state.step) {
    case 'inquiry':
      return ask([INQUIRY, 0, 0, 0, 36, 0], 36)
    case 'ready':
      return ask([TEST_UNIT_READY, 0, 0, 0, 0, 0], 0)
    case 'sense':
      return ask([REQUEST_SENSE, 0, 0, 0, 18, 0], 18)
    case 'capacity':
      return ask([READ_CAPACITY, 0, 0, 0, 0, 0, 0, 0, 0, 0], 8)
    case 'boot':
      return read(0)
    case 'partition':
      return read(state.start)
    case 'folder':
      return read(state.volume?.rootBlock ?? 0)
    case 'over':
      return { state, send: undefined }
  }
}

/** A packet has come from its IN endpoint. */
export function received(state: MassStorageState, bytes: Uint8Array): MassStorageTurn {
  if (state.step === 'over') return { state, send: undefined }
  const isStatus =
    bytes.length === STATUS_BYTES &&
    bytes[0] === 0x55 &&
    bytes[1] === 0x53 &&
    bytes[2] === 0x42 &&
    bytes[3] === 0x53
  if (!isStatus) {
    const data = Uint8Array.of(...state.data, ...bytes).slice(0, state.expected)
    return { state: { ...state, data }, send: undefined }
  }
  return nextCommand(answered(state, bytes[12] === 0))
}

function answered(state: MassStorageState, isGood: boolean): MassStorageState {
  const { data } = state
  const failed = (what: string): MassStorageState => ({ ...state, step: 'over', failure: what })
  switch (state.step) {
    case 'inquiry':
      if (!isGood) return failed('INQUIRY failed')
      return { ...state, step: 'ready', vendor: textOf(data, 8, 16), product: textOf(data, 16, 32) }
    case 'ready':
      if (isGood) return { ...state, step: 'capacity' }
      return state.tries + 1 < MOST_TRIES
        ? { ...state, step: 'sense', tries: state.tries + 1 }
        : failed('no medium is ready')
    case 'sense':
      return { ...state, step: 'ready' }
    case 'capacity': {
      const blockBytes = longOf(data, 4)
      if (!isGood || data.length < 8 || blockBytes < 512 || blockBytes > MOST_BLOCK_BYTES)
        return failed('READ CAPACITY gives no size')
      return { ...state, step: 'boot', blocks: longOf(data, 0) + 1, blockBytes }
    }
    case 'boot':
    case 'partition':
    case 'folder':
      return isGood ? wasRead({ ...state, readBytes: state.readBytes + data.length }) : failed('READ failed')
    case 'over':
      return state
  }
}

function wasRead(state: MassStorageState): MassStorageState {
  const { data, step } = state
  if (step === 'folder') {
    const { files, label } = readFolder(data)
    const volume = state.volume && (label === '' ? state.volume : { ...state.volume, label })
    return { ...state, step: 'over', files, volume }
  }
  const partition = step === 'boot' ? firstPartition(data) : undefined
  const volume = readVolume(data, state.start)
  if (volume && volume.rootBlock < state.blocks) return { ...state, step: 'folder', volume }
  if (partition !== undefined && partition < state.blocks)
    return { ...state, step: 'partition', start: partition }
  return { ...state, step: 'over' }
}

function commandBlock(tag: number, command: readonly number[], expected: number): Uint8Array {
  const block = new Uint8Array(COMMAND_BYTES)
  block.set([
    0x55,
    0x53,
    0x42,
    0x43,
    tag & 255,
    (tag >>> 8) & 255,
    0,
    0,
    expected & 255,
    (expected >>> 8) & 255,
  ])
  block[12] = TO_HOST
  block[14] = command.length
  block.set(command, 15)
  return block
}

const longOf = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>>
  0

const textOf = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to)).trim()
