import { basename } from 'node:path'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { instructionTable } from '../../emulator/cpu/instructions/index.ts'
import type { TableEntry } from '../../emulator/cpu/instructions/table.ts'
import { oneCycleTiming } from '../../emulator/cpu/timing/timing.ts'
import { createMachine } from '../../emulator/machine.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { Recording } from '../../emulator/trace/recording.ts'
import { findModel } from '../../src/running/app.ts'
import { heldOutRecording } from '../../src/project.ts'
import { loadRecording } from '../../src/files/recording.ts'
import { readArguments, runCommand } from './arguments.ts'
import { UserError } from '../../runs/errors.ts'
import { loadImage } from '../../src/files/image.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'
import { tflmPackage } from '../../src/toolchain/sources/packages.ts'
import { stockModel } from '../../src/toolchain/testing/testing.ts'
import { addExecutions, executedEntries, type Executions } from './coverage.ts'
import { skipped } from './skipped.ts'

const USAGE = `Which entries of the instruction table firmware executes, and which nothing does.
  coverage-report [FIRMWARE...]   ELF or HEX files; without any, our own apps are built
  --seconds N                     simulated time of each (5)
  --all                           list every entry, not only those without firmware`

interface Firmware {
  readonly name: string
  readonly file: string
  readonly recording?: Recording
}

/** The apps that cover most: both kernel sets, integer and floating point, every optimisation. */
async function ownFirmware(): Promise<Firmware[]> {
  const { recording } = await loadRecording(heldOutRecording(), { atEnd: 'stop' })
  await ensureSources(tflmPackage)
  const int8 = await findModel('int8')
  const float = await findModel('float32')
  const choices = [
    { app: 'gesture', model: int8, kernels: 'reference', optimise: '-O2' },
    { app: 'gesture', model: int8, kernels: 'cmsis-nn', optimise: '-O2' },
    { app: 'gesture', model: float, kernels: 'reference', optimise: '-Os' },
    { app: 'stock', model: stockModel('magic_wand'), kernels: 'reference', optimise: '-O3' },
    { app: 'stock', model: stockModel('micro_speech'), kernels: 'cmsis-nn', optimise: '-O2' },
  ] as const
  const firmware: Firmware[] = []
  for (const choice of choices) {
    const { elfPath } = await buildFirmware({ ...choice, resolver: 'all', console: 'semihosting' })
    const { app, model, kernels, optimise } = choice
    firmware.push({
      name: `${app} ${basename(model)} ${kernels} ${optimise}`,
      file: elfPath,
      ...(app === 'gesture' && { recording }),
    })
  }
  return firmware
}

async function executionsOf({ file, recording }: Firmware, seconds: number): Promise<Executions> {
  const image = await loadImage(file)
  const machine = createMachine({
    board: NANO_33_BLE_SENSE,
    segments: image.segments,
    vectorTable: image.vectorTable,
    timing: oneCycleTiming,
    profile: true,
    strict: false,
    ...(recording && { recording }),
    onConsole: () => undefined,
    onStimulus: () => undefined,
  })
  machine.run(seconds * CYCLES_PER_SECOND)
  return executedEntries(machine.cpu)
}

function listing(entries: readonly TableEntry[]): string {
  return entries.map(({ name }) => `  ${name}\n`).join('')
}

function report(firmware: readonly Firmware[], executed: Executions, all: boolean): string {
  const differential = instructionTable.filter((entry) => !skipped.some(({ name }) => name.test(entry.name)))
  const byFirmware = instructionTable.filter((entry) => executed.has(entry))
  const compared = new Set(differential)
  const byNothing = instructionTable.filter((entry) => !executed.has(entry) && !compared.has(entry))
  const byTestAlone = instructionTable.filter((entry) => !executed.has(entry) && compared.has(entry))
  const lines = [
    `${instructionTable.length} entries; ${differential.length} compared with libunicorn; ${byFirmware.length} executed by firmware:`,
    ...firmware.map(({ name }) => `  ${name}`),
    `neither: ${byNothing.length}`,
    ...byNothing.map(({ name }) => `  ${name}: ${skipped.find((one) => one.name.test(name))?.reason ?? ''}`),
  ]
  const counts = [...executed].sort(([, a], [, b]) => b - a)
  const listed = all
    ? `executed by firmware:\n${counts.map(([{ name }, count]) => `  ${String(count).padStart(12)}  ${name}\n`).join('')}` +
      `by the differential test alone:\n${listing(byTestAlone)}`
    : `by the differential test alone: ${byTestAlone.length} (--all lists them)\n`
  return `${lines.join('\n')}\n${listed}`
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments(
    {
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '5' },
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    },
    USAGE,
  )
  if (values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const seconds = Number(values.seconds)
  if (!(seconds > 0)) throw new UserError(`--seconds takes a number above 0, not '${values.seconds}'`)
  const firmware =
    positionals.length > 0 ? positionals.map((file) => ({ name: file, file })) : await ownFirmware()
  const executed = new Map<TableEntry, number>()
  for (const one of firmware) addExecutions(executed, await executionsOf(one, seconds))
  process.stdout.write(report(firmware, executed, values.all))
  return 0
}

await runCommand('coverage', main)
