import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { simulate } from '../../src/files/simulate.ts'
import { heldOutRecording } from '../../src/project.ts'
import { buildApp } from '../../src/running/app.ts'
import { inputOf } from '../../src/running/inputs.ts'
import { projectRoot } from '../../src/toolchain/paths.ts'

/** The app gesture-5hz with other settings: changes of its text. */
export interface Variant {
  readonly title: string
  readonly edits: readonly (readonly [from: string, to: string])[]
}

const PER_SECOND = 'kInferencesPerSecond = 5;'
const BEGINS = 'gesture::start_low_power();'
const afterStart = (statement: string): readonly [string, string] => [BEGINS, `${BEGINS}\n  ${statement}`]
const rate = (perSecond: number): readonly [string, string] => [
  PER_SECOND,
  `kInferencesPerSecond = ${perSecond};`,
]
const register = (address: number, value: number): string =>
  `*reinterpret_cast<volatile uint32_t*>(0x${address.toString(16)}) = ${value};`
/** CTRL_REG1_G and CTRL_REG3_G of the LSM9DS1. */
const sensor = (index: number, value: number): string => `twim::write_register(0x6B, ${index}, ${value});`
const GYROSCOPE = 0x10
const LOW_POWER = 0x12
const FULL_SCALE = 3 << 3

const ldo = register(0x4000_0578, 0)
const constantLatency = register(0x4000_0078, 1)
const crystal = register(0x4000_0000, 1)
const powerLight = 'board::power_led(true);'

export const variants: readonly Variant[] = [
  { title: '1 a second', edits: [rate(1)] },
  { title: '2 a second', edits: [rate(2)] },
  { title: '10 a second', edits: [rate(10)] },
  { title: 'LDO', edits: [afterStart(ldo)] },
  { title: 'constant latency', edits: [afterStart(constantLatency)] },
  { title: 'crystal oscillator on', edits: [afterStart(crystal)] },
  { title: 'instruction cache on in sleep', edits: [['low_power::sleep', 'low_power::nap']] },
  { title: 'never asleep', edits: [['low_power::sleep', '[] {}']] },
  { title: 'power light on', edits: [afterStart(powerLight)] },
  { title: 'gyroscope in normal mode', edits: [afterStart(sensor(LOW_POWER, 0))] },
  {
    title: 'gyroscope in low power at 59.5 Hz',
    edits: [afterStart(sensor(GYROSCOPE, (2 << 5) | FULL_SCALE))],
  },
  { title: 'accelerometer only', edits: [afterStart(sensor(GYROSCOPE, 0))] },
  {
    title: '1 a second, LDO, constant latency, power light',
    edits: [rate(1), afterStart(`${ldo} ${constantLatency} ${powerLight}`)],
  },
]

export const SECONDS = 30

/** Builds it with the toolchain and runs it on the board, as `boardless run` does. */
export async function runVariant({ edits }: Variant): Promise<RunReport> {
  const original = readFileSync(join(projectRoot(), 'firmware', 'apps', 'gesture-5hz', 'main.cc'), 'utf8')
  const text = edits.reduce((whole, [from, to]) => {
    if (!whole.includes(from)) throw new Error(`gesture-5hz has no ${from}`)
    return whole.replace(from, to)
  }, original)
  const folder = mkdtempSync(join(tmpdir(), 'boardless-variant-'))
  writeFileSync(join(folder, 'main.cc'), `#include "drivers/twim.h"\n${text}`)
  return runApp(folder, { model: 'int8', arena: 16 * 1024 })
}

/** An app of ours, or the folder of one that feels movement. */
export async function runApp(
  app: string,
  choices: { readonly model?: string; readonly arena?: number } = {},
): Promise<RunReport> {
  const { elfPath } = await buildApp(app, choices, () => undefined)
  return simulate({
    ...(await inputOf(app, { end: 'loop', board: NANO_33_BLE_SENSE, recording: heldOutRecording() })),
    file: elfPath,
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    seconds: SECONDS,
    profile: false,
  })
}
