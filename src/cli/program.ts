import { Command, CommanderError } from 'commander'
import { ExitCode, UserError } from '../errors.ts'
import { apps } from '../toolchain/app-table.ts'
import { duration, oneOf, optimisation, pattern, setting, wholeNumber } from './parse.ts'
import { withLab } from './lab-command.ts'
import { toolVersion } from './project.ts'
import { flush, tolerateClosedOutput } from './terminal.ts'
import { wire } from './wires.ts'
import type { BuildCommandOptions } from './build.ts'
import type { FidelityOptions } from './fidelity.ts'
import type { OpsOptions, TrainOptions } from './model.ts'
import type { PowerOptions } from './power.ts'
import type { RunOptions } from './run.ts'
import type { StartOptions } from './start.ts'

const INTERRUPTED = 130

const exitCodes = `
Exit codes: 0 fine, 1 a budget or an assertion failed, 2 bad input or usage, 3 the firmware crashed,
4 the environment lacks something. Firmware that exits through semihosting gives its own.`

/** Runs the command line. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  tolerateClosedOutput()
  const abort = new AbortController()
  onInterrupt(abort)
  let exitCode: number = ExitCode.fine
  const program = commandLine((code) => (exitCode = code), abort.signal)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    exitCode = report(error, argv.includes('--debug'))
  }
  await flush()
  return exitCode
}

/** The first Ctrl-C ends the run in an orderly way, the second at once. */
function onInterrupt(abort: AbortController): void {
  process.on('SIGINT', () => {
    if (abort.signal.aborted) process.exit(INTERRUPTED)
    abort.abort()
    setTimeout(() => process.exit(INTERRUPTED), 1000).unref()
  })
  process.on('SIGTERM', () => process.exit(143))
}

function report(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return ExitCode.fine
    if (error.code !== 'commander.help') say(error.message.replace(/^error: /, ''))
    return ExitCode.badInput
  }
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? error.message}\n`)
  if (error instanceof UserError) {
    say(error.message)
    return error.exitCode
  }
  const message = error instanceof Error ? error.message : String(error)
  say(`unexpected: ${message}${debug ? '' : ' (--debug shows where)'}`)
  return ExitCode.budgetFailed
}

function say(message: string): void {
  process.stderr.write(`boardless: ${message.replace(/\s*\n\s*/g, ' ')}\n`)
}

function commandLine(finish: (exitCode: number) => void, signal: AbortSignal): Command {
  const program = new Command('boardless')
    .description(
      'Runs the firmware you would flash onto an nRF52840 board, and says what it costs. No board needed.',
    )
    .version(toolVersion())
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', exitCodes)
    .showHelpAfterError(false)
  const command = (spec: string, description: string, parent: Command = program): Command =>
    parent.command(spec).description(description).option('--debug', 'show where an error comes from')

  withApp(command('start', 'build the gesture app with both kinds of kernels, run both, compare them'), false)
    .option('--recording <file>', 'what the IMU feels, CSV (default: the held-out recordings)')
    .option('--for <time>', 'simulated time, such as 30s', duration)
    .option('--json <file>', 'write both RunReports')
    .action(async (options: StartOptions) =>
      finish(await (await import('./start.ts')).start(options, signal)),
    )

  withApp(command('build <app>', 'build firmware: an app of ours, or a folder with sources of your own'))
    .addHelpText('after', `\nApps: ${apps.join(', ')}`)
    .option('--board <name>', 'nano33ble (default) or xiao: pins and sensors', oneOf('nano33ble', 'xiao'))
    .option('--json <file>', 'write what was built')
    .action(async (app: string, options: BuildCommandOptions) =>
      finish(await (await import('./build.ts')).build(app, options)),
    )

  withApp(command('run <firmware>', 'run an ELF or HEX file of anyone, or an app, and report what it costs'))
    .option('--for <time>', 'simulated time, such as 10s', duration)
    .option('--until <regex>', 'end when a line of the console matches; exit 1 if none does', pattern)
    .option('--stdin <file>', 'what arrives on the serial console; - for standard input')
    .option('--recording <file>', 'what the IMU feels, CSV')
    .option('--audio <file>', 'what the microphone hears, WAV: 16 kHz, mono, 16 bits')
    .option('--end <what>', 'at the end of the recording: stop, loop or hold', oneOf('stop', 'loop', 'hold'))
    .option('--board <name>', 'nano33ble (default), nrf52840dk or xiao')
    .option('--wire <PART.INT1=PIN>', 'a wire of your own, such as LSM9DS1.INT1=P1.11; repeatable', wire)
    .option('--cell <name>', 'say how long a cell lasts: CR2032, or lipo:500 for 500 mAh')
    .option('--currents <file>', 'coefficients of your own for the power report, JSON')
    .option('--strict', 'end at the first access to what is not modelled; exit 1')
    .option('--set <timing.NAME=VALUE>', 'a parameter of the timing model', setting)
    .option(
      '--uncertainty [file]',
      'also run at the ends of what the timing model leaves open; JSON to a file',
    )
    .option('--no-profile', 'leave out the profile of functions')
    .option('-q, --quiet', 'do not show the firmware’s console')
    .option('--json <file>', 'write the RunReport')
    .action(async (firmware: string, options: RunOptions) =>
      finish(await (await import('./run.ts')).run(firmware, options, signal)),
    )

  command('power', 'run the duty-cycled apps, and hold their current beside what is claimed in public')
    .option('--for <time>', 'simulated time of each, such as 60s', duration)
    .option(
      '--board <name>',
      'nano33ble (default), of which the claims are, or xiao',
      oneOf('nano33ble', 'xiao'),
    )
    .option('--cell <name>', 'whose life to tell: CR2032, or lipo:500 (default) for 500 mAh')
    .option('--currents <file>', 'coefficients of your own, JSON')
    .option('--json <file>', 'write claims and RunReports')
    .option(
      '--coefficients <file>',
      'run nothing; write every coefficient with its source: JSON as --currents takes it, or a table (.md)',
    )
    .action(async (options: PowerOptions) =>
      finish(await (await import('./power.ts')).power(options, signal)),
    )

  command('fidelity', 'compare every rule of the timing model with what is published, or with a board')
    .option('--json <file>', 'write the comparison')
    .option('--against <file>', 'compare with what a board made of the same kernels (captures/*.json)')
    .option('--set <timing.NAME=VALUE>', 'a parameter of the timing model', setting)
    .option('--strict', 'exit 1 when a rule that must be exact is not')
    .option('--markdown <file>', 'write docs/fidelity.md')
    .option('--firmware', 'say where the firmware of the kernels is, to flash it')
    .option(
      '--networks <file>',
      'run networks whose latency on an nRF52840 is published; JSON (docs/networks.json)',
    )
    .option('--import <log>', 'make a capture of what a board printed')
    .option('--board <name>', 'the board that --import is from')
    .option('--note <text>', 'anything worth knowing of it')
    .option('--out <file>', 'where the capture goes (default: captures/NAME.json)')
    .action(async (options: FidelityOptions) =>
      finish(await (await import('./fidelity.ts')).fidelity(options)),
    )

  withLab(command, finish, signal)

  const model = program.command('model').description('train and inspect models')
  command('train', 'train the gesture model on recordings', model)
    .option('--recordings <file>', 'labelled recordings, CSV (default: BasicMotions)')
    .option('--out <folder>', 'where the model goes (default: models/gesture)')
    .option('--seed <n>', 'of weights and shuffling', wholeNumber)
    .option('--hidden <n>', 'neurons of the hidden layer', wholeNumber)
    .option('--epochs <n>', 'passes over the recordings', wholeNumber)
    .option('--json <file>', 'write accuracy and settings')
    .action(async (options: TrainOptions) => finish(await (await import('./model.ts')).modelTrain(options)))
  command(
    'ops <file>',
    'list operators, tensors, sizes and MACs of a .tflite file; the resolver to paste',
    model,
  )
    .option(
      '--api <whose>',
      "resolver of TFLM of July 2020, of today's, or both (default)",
      oneOf('2020', 'today', 'both'),
    )
    .option('--json <file>', 'write the list and the resolvers')
    .action(async (file: string, options: OpsOptions) =>
      finish(await (await import('./model.ts')).modelOps(file, options)),
    )
  command('info <file>', 'say what a .tflite file is', model)
    .option('--json <file>', 'write the description')
    .action(async (file: string, options: { json?: string }) =>
      finish(await (await import('./model.ts')).modelInfo(file, options)),
    )
  return program
}

function withApp(command: Command, kernels = true): Command {
  if (kernels)
    command.option('--kernels <kind>', 'reference or cmsis-nn (default)', oneOf('reference', 'cmsis-nn'))
  return command
    .option('--model <which>', 'int8, float32, or a .tflite file (default: int8)')
    .option('--resolver <kind>', 'all or mutable (default)', oneOf('all', 'mutable'))
    .option('--optimise <level>', 'Os, O2 (default) or O3', optimisation)
    .option('--arena <bytes>', 'size of the tensor arena', wholeNumber)
    .option(
      '--preprocess <how>',
      'a window becomes the input by a loop (default), unrolled, cmsis-dsp or folded',
      oneOf('loop', 'unrolled', 'cmsis-dsp', 'folded'),
    )
}
