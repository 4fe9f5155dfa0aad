import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { NRF52840_DK } from '../../emulator/boards/nrf52840dk.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { loadImage } from '../../src/files/image.ts'
import { inputOf } from '../../src/running/inputs.ts'
import type { ObserveOptions } from '../../runs/simulation/observe-options.ts'
import { parsePhase } from '../../runs/simulation/phase-specs.ts'
import { defaultModel } from '../../src/toolchain/apps/apps.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'
import { projectRoot } from '../../src/toolchain/paths.ts'
import type { SourcePackage } from '../../src/toolchain/sources/packages.ts'
import { stockModel } from '../../src/toolchain/testing/testing.ts'
import { compile } from '../cli/firmware.ts'
import { fetched, hciUart, hciUsb, microPython } from '../machine/prebuilt.ts'

export interface Scenario {
  readonly name: string
  /** Undefined where somebody's firmware cannot be fetched. */
  readonly make: () => Promise<ObserveOptions | undefined>
}

/** What this repository or the compiler makes. */
interface OwnScenario extends Scenario {
  readonly make: () => Promise<ObserveOptions>
}

const SECOND = 64_000_000

async function observed(
  file: string,
  seconds: number,
  further: Partial<ObserveOptions> = {},
  variables: Readonly<Record<string, number>> = {},
): Promise<ObserveOptions> {
  const image = await loadImage(file)
  const segments = Object.entries(variables).map(([name, value]) => ({
    address: image.symbols.value(name) ?? 0,
    bytes: new Uint8Array(Uint32Array.of(value).buffer),
  }))
  return {
    image: { ...image, segments: [...image.segments, ...segments] },
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    profile: true,
    strict: false,
    limitCycles: seconds * SECOND,
    limit: { kind: 'time', detail: 'over' },
    sleepsOn: true,
    ...further,
  }
}

/** An app of ours with what it is played. */
const app = (name: string, seconds: number, further: Partial<ObserveOptions> = {}): OwnScenario => ({
  name,
  make: async () => {
    const model = await defaultModel(name)
    const { elfPath } = await buildFirmware({
      app: name,
      ...(model !== undefined && { model }),
      kernels: 'cmsis-nn',
      resolver: 'mutable',
      optimise: '-O2',
      console: 'uarte',
    })
    const { recording, audio, wires } = await inputOf(name, { end: 'loop', board: NANO_33_BLE_SENSE })
    return observed(elfPath, seconds, {
      ...(recording && { recording: recording.recording }),
      ...(audio && { audio: audio.sound }),
      ...(wires && { wires }),
      ...further,
    })
  },
})

const stock = (model: string): Scenario => ({
  name: `stock ${model}`,
  make: async () => {
    const { elfPath } = await buildFirmware({
      app: 'stock',
      model: stockModel(model),
      kernels: 'reference',
      resolver: 'mutable',
      optimise: '-O2',
      console: 'semihosting',
    })
    return observed(elfPath, 3)
  },
})

/** A program of test/machine/firmware or of this folder. */
const program = (
  name: string,
  path: string,
  variables: Readonly<Record<string, number>> = {},
  further: Partial<ObserveOptions> = {},
): OwnScenario => ({
  name: `${name} ${Object.values(variables).join(' ')}`.trim(),
  make: async () =>
    observed(
      compile(name, readFileSync(join(projectRoot(), 'test', path), 'utf8'), '-O2 -g'),
      1,
      further,
      variables,
    ),
})

/** Has a phase from outside, and is waited for. */
const gesture = app('gesture', 11, {
  phases: [parsePhase('invoke=tflite::MicroInterpreter::Invoke()')],
  until: /never said/,
})
const busy = program('busy', 'snapshot/firmware/busy.c')
const exceptions = program(
  'exceptions',
  'machine/firmware/exceptions.c',
  { first_reload: 150, reloads: 1, lazy: 1, has_instruction_cache: 1 },
  { limitCycles: SECOND / 16 },
)
const off = program('sleep', 'machine/firmware/sleep.c', { scenario: 8 })
/** A serial port on a USB host, with SOF on, and with what is typed. */
const usb: OwnScenario = {
  name: 'usb',
  make: async () => {
    const source = readFileSync(join(projectRoot(), 'test/machine/firmware/usb-serial.c'), 'utf8')
    const file = compile(
      'usb-snapshot',
      `#define STYLE 3\n${source}`,
      '-O2 -g -fno-tree-loop-distribute-patterns',
    )
    return observed(file, 0.3, { usb: 'host', stdin: Buffer.from('some words\r\n') })
  },
}

/** Firmware of others, with what is typed. */
const foreign = (source: SourcePackage, file: string, typed = ''): Scenario => ({
  name: file,
  make: async () => {
    const folder = await fetched(source)
    if (folder === undefined) return undefined
    return observed(join(folder, file), 1, { board: NRF52840_DK, stdin: Buffer.from(typed, 'latin1') })
  },
})

/** Few and short: for each run of the tests. */
export const few: readonly OwnScenario[] = [busy, exceptions, off, usb, gesture]

export const all: readonly Scenario[] = [
  ...few,
  ...[0, 1, 2, 3, 5, 6, 7, 9, 10].map((scenario) =>
    program('sleep', 'machine/firmware/sleep.c', { scenario }),
  ),
  {
    ...busy,
    name: 'busy, with contention',
    make: async () => ({ ...(await busy.make()), timing: { ...pipelineTiming, dmaContention: 1 } }),
  },
  app('gesture-5hz', 25),
  app('gesture-continuous', 6),
  app('gesture-motion', 12),
  app('keyword', 4),
  app('keyword-gated', 4),
  stock('hello_world'),
  stock('magic_wand'),
  stock('micro_speech'),
  foreign(hciUart, 'zephyr_4_4_0_hci_uart_nrf52dk_default/firmware.hex', '\x01\x03\x0c\x00\x01\x01\x10\x00'),
  foreign(hciUsb, 'zephyr_4_4_0_hci_usb_nrf52840dk_default/firmware.hex'),
  foreign(
    microPython,
    'uflash/micropython-microbit-v1.1.1.hex',
    'print(6*7)\r\nimport math\r\nmath.sin(1)\r\n',
  ),
]
