/** What an app of ours is fed with, and what must be soldered to the board for it. */
export interface App {
  readonly model: 'gesture' | 'micro_speech' | undefined
  /** What the board must be played: an IMU recording, or sound. */
  readonly input: 'imu' | 'audio' | undefined
  readonly arenaKilobytes: number
  /** Wires that no stock board has: as in BoardOptions. */
  readonly wires: readonly { readonly part: string; readonly from: 'INT1' | 'INT2'; readonly to: string }[]
}

const gesture: App = { model: 'gesture', input: 'imu', arenaKilobytes: 16, wires: [] }
const keyword: App = { model: 'micro_speech', input: 'audio', arenaKilobytes: 16, wires: [] }
export const anyModel: App = { model: undefined, input: undefined, arenaKilobytes: 128, wires: [] }

/** Our own apps, by name. */
export const appTable: Readonly<Record<string, App>> = {
  gesture,
  stock: anyModel,
  infer: anyModel,
  'gesture-continuous': gesture,
  'gesture-5hz': gesture,
  'gesture-motion': { ...gesture, wires: [{ part: 'LSM9DS1', from: 'INT1', to: 'P1.11' }] },
  keyword,
  'keyword-gated': keyword,
}

export const apps: readonly string[] = Object.keys(appTable)
