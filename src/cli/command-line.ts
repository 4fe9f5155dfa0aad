import { Command } from 'commander'
import { TOOL_VERSION } from '../../runs/version.ts'
import { techniqueIds } from '../../runs/lab-report/technique-ids.ts'
import { apps } from '../toolchain/apps/app-table.ts'
import type { AnnotateOptions } from './commands/annotate.ts'
import type { BuildCommandOptions } from './commands/build.ts'
import { parseAnchor } from '../../runs/measured/anchor.ts'
import type { CheckOptions } from './commands/check.ts'
import type { CompareOptions } from './commands/compare.ts'
import type { ExportCommandOptions } from './commands/export.ts'
import type { FidelityOptions } from './commands/fidelity.ts'
import type { HistoryOptions } from './commands/history.ts'
import type { LabOptions, MergeOptions } from './commands/lab.ts'
import type { OpsOptions, TrainOptions } from './commands/model.ts'
import type { PowerOptions } from './commands/power.ts'
import type { QueryOptions } from './commands/query.ts'
import type { ViewOptions } from './commands/view.ts'
import type { RunOptions } from './commands/run.ts'
import type { StartOptions } from './commands/start.ts'
import type { TestOptions } from './commands/test.ts'
import type { WorkerCommandOptions } from './commands/worker.ts'
import { timingChoices } from '../../runs/simulation/timing-choice.ts'
import { checkOutputs } from './outputs.ts'
import {
  address,
  arenaSize,
  between,
  columns,
  duration,
  list,
  oneOf,
  optimisation,
  pattern,
  rate,
  measure,
  recordWithout,
  phase,
  setting,
  several,
  whole,
  portNumber,
  wholeNumber,
  wire,
} from './parse.ts'

const exitCodes = `
Exit codes: 0 fine, 1 a budget or an assertion failed, 2 bad input or usage, 3 the firmware crashed,
4 the environment lacks something, 130 Ctrl-C. Firmware that exits through semihosting gives its own, 255 for one
that is higher, unless what was asked of the run was not met; a line on stderr says that the code is the firmware's.`

const labHelp = `
The outputs of --model stand for the labels of metadata.json beside it, in its order; without one, for the labels
of --data in alphabetical order, and values go in as they were recorded.

Techniques of --only: ${techniqueIds.join(', ')}.`

const queryHelp = `
Questions:
  report                the report, as run printed it (default)
  tracks                what was recorded
  current               charge, energy, average and peak of the board, the chip and each part
  stats [TRACK]         time in each state, how often what happened
  list TRACK            spans and marks one by one
  phase [NAME]          each occurrence of a phase
  inference [N]         each invocation of an interpreter, or the n-th
  console [N]           lines of the console, with their times
  interrupts [NAME]     exceptions: how often, how long, latency least, mean, worst; of one, the
                        worst first, and when
  at TIME               what everything was at a moment
  trace --in FROM..TO   each instruction: its cycles and why, registers, reads and writes
  markers               moments and stretches that have names
  mark NAME --at TIME [--to TIME] [--note TEXT]
                        gives one a name; it is a time of --in, --from, --to, at
  unmark NAME           takes it away`

const settingOption = [
  '--set <NAME=VALUE>',
  'a parameter of the timing model, such as flashReadWait=2; repeatable',
  setting,
] as const
const timingOption = [
  '--timing <memory>',
  'nrf52840 (default), or zero-wait: flash and cache without waits',
  oneOf(...timingChoices),
] as const

/** Every command with its options; each is imported when it is used. */
export function commandLine(finish: (exitCode: number) => void, signal: AbortSignal): Command {
  const program = new Command('boardless')
    .description(
      'Runs the firmware you would flash onto an nRF52840 board, and says what it costs. No board needed.',
    )
    .version(TOOL_VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', exitCodes)
    .showHelpAfterError(false)
    .hook('preAction', (_, action) => checkOutputs(action))
  const command = (spec: string, description: string, parent: Command = program): Command =>
    parent
      .command(spec)
      .description(description)
      .option('-q, --quiet', 'print nothing but errors; the exit code says the rest')
      .option('--debug', 'show where an error comes from')

  withApp(command('start', 'build the gesture app with both kinds of kernels, run both, compare them'), false)
    .option('--recording <file>', 'what the IMU feels: docs/recordings.md (default: the held-out recordings)')
    .option('--columns <ax_g=COLUMN,...>', 'which columns of the recording are what', columns)
    .option('--rate <100Hz>', 'samples a second of the recording, in place of its time', rate)
    .option('--for <time>', 'simulated time, such as 30s', duration)
    .option('--json <file>', 'write both RunReports')
    .action(async (options: StartOptions) =>
      finish(await (await import('./commands/start.ts')).start(options, signal)),
    )

  withApp(command('build <app>', 'build firmware: an app of ours, or a folder with sources of your own'))
    .addHelpText('after', `\nApps: ${apps.join(', ')}`)
    .option('--board <name>', 'nano33ble (default) or xiao: pins and sensors', oneOf('nano33ble', 'xiao'))
    .option('--out <folder>', 'put firmware.elf, firmware.hex, firmware.map and their licences there')
    .option('--json <file>', 'write what was built')
    .action(async (app: string, options: BuildCommandOptions) =>
      finish(await (await import('./commands/build.ts')).build(app, options)),
    )

  withRun(
    command(
      'run <firmware...>',
      'run anyone’s ELF, HEX, BIN, UF2 or DFU zip, or several, or an app, and report what it costs',
    ),
  )
    .option(
      '--metadata-template <file>',
      'write the metadata that the gesture apps want of --model, to fill in',
    )
    .option(
      '--uncertainty [file]',
      'also run at the ends of what the timing model leaves open; JSON to a file',
    )
    .option(
      '--functions',
      'record calls: cycles with what is called, min, median and max of a call, the tree',
    )
    .option('--coverage <file>', 'write which source lines were executed and how often, lcov')
    .option('--no-profile', 'leave out the profile of functions')
    .option('--json <file>', 'write the RunReport')
    .action(async ([firmware = '', ...also]: readonly string[], options: RunOptions) =>
      finish(
        await (
          await import('./commands/run.ts')
        ).run(firmware, { ...options, ...(also.length > 0 && { also }) }, signal),
      ),
    )

  command(
    'test <firmware...>',
    'run many firmware files, each by itself to its end, on all cores: those pass that exit with 0 or print what --until says',
  )
    .option('--until <regex>', 'end when a whole line of the console matches; fail where none does', pattern)
    .option(
      '--for <time>',
      'run for that long at most, and pass where nothing went wrong (default: fail after 10s)',
      duration,
    )
    .option('--board <name>', 'nano33ble (default), nrf52840dk or xiao')
    .option('--at <address>', 'where raw binaries go, such as 0x10000', address)
    .option(
      '--boot <file|none>',
      'what runs first, such as a bootloader or SoftDevice; none: as after a reset',
    )
    .option('--recording <file>', 'what the IMU feels: docs/recordings.md')
    .option('--columns <ax_g=COLUMN,...>', 'which columns of the recording are what', columns)
    .option('--rate <100Hz>', 'samples a second of the recording, in place of its time', rate)
    .option('--end <what>', 'at the end of the recording: stop, loop or hold', oneOf('stop', 'loop', 'hold'))
    .option(
      '--on-fault <what>',
      'stop: end at the first fault; handler (default): leave it to the firmware’s own handler',
      oneOf('stop', 'handler'),
    )
    .option('--strict', 'fail at the first access to what is not modelled')
    .option(...settingOption)
    .option(...timingOption)
    .option('--jobs <n>', 'threads (default: one for each core)', whole(1, 256))
    .option('--junit <file>', 'write JUnit XML; times in it are simulated')
    .option('--json <file>', 'write how each file went')
    .action(async (files: readonly string[], options: TestOptions) =>
      finish(await (await import('./commands/test.ts')).test(files, options, signal)),
    )

  command(
    'view [file] [other]',
    'look at firmware, a recorded run (run --record), a report or lab.json in a browser, and run it there; two runs are compared',
  )
    .option('--port <n>', 'of the page, on this machine alone (default: one that is free)', portNumber)
    .option('--at <address>', 'where a raw binary goes, such as 0x10000', address)
    .option('--boot <file>', 'what runs first, such as a bootloader or SoftDevice')
    .option('--out <folder>', 'write the page with its apps instead, for any web server')
    .action(async (file: string | undefined, other: string | undefined, options: ViewOptions) =>
      finish(await (await import('./commands/view.ts')).view(file, other, options, signal)),
    )

  command('query <run> [question] [subject]', 'ask a recorded run (run --record) where, when and how much')
    .addHelpText('after', queryHelp)
    .option('--in <FROM..TO>', 'of a stretch: 1s..2s, 1s+20ms, end-10ms..; default: the whole run')
    .option('--from <time>', 'from a time or marker')
    .option('--to <time>', 'to a time or marker; of mark: where the stretch ends')
    .option('--at <time>', 'of mark: the moment, or where the stretch begins')
    .option('--note <text>', 'of mark: a note')
    .option('--all', 'of unmark: all of them')
    .option('--measured <file>', 'of current: a measured one beside it, .ppk2 or CSV')
    .option(
      '--align <how>',
      'where it lies: auto (default), start, edge, marker:NAME, console:REGEX, at:TIME',
      parseAnchor,
    )
    .option('--column <title>', 'the current of a CSV that has several')
    .option('--text <regex>', 'of what is listed, what matches', pattern)
    .option('--limit <n>', 'list at most so many (default: 50)', wholeNumber)
    .option('--json <file>', 'write the answer')
    .action(
      async (run: string, question: string | undefined, subject: string | undefined, options: QueryOptions) =>
        finish(await (await import('./commands/query.ts')).query(run, question, subject, options)),
    )

  command('export <run>', 'write a recorded run for another program; docs/formats.md')
    .requiredOption(
      '--to <format>',
      'perfetto, vcd, ppk2, csv, csv-events, csv-phases, csv-operators, csv-functions ...',
    )
    .option('--in <FROM..TO>', 'of a stretch: 1s..2s, 1s+20ms, end-10ms..; default: the whole run')
    .option('--measured <file>', 'lay a measured current over it, .ppk2 or CSV')
    .option(
      '--align <how>',
      'where it lies: auto (default), start, edge, marker:NAME, console:REGEX, at:TIME',
      parseAnchor,
    )
    .option('--column <title>', 'the current of a CSV that has several')
    .option('--track <id>', 'the current that a .ppk2 has (default: that of the board)')
    .option('--pins <id,...>', 'the pins that are digital channels of a .ppk2', list)
    .option('--out <file>', 'default: beside the run')
    .option('--functions', 'of a timeline: with each call, inlined ones too; run again')
    .option(
      '--weight <what>',
      'of speedscope, collapsed: cycles (default) or charge',
      oneOf('cycles', 'charge'),
    )
    .action(async (run: string, options: ExportCommandOptions) =>
      finish(await (await import('./commands/export.ts')).exportRun(run, options)),
    )

  withRun(
    command(
      'annotate <firmware> [function]',
      'run firmware, and show where the cycles of a function went: by source line and instruction (default: the dearest)',
    ),
  )
    .option('--source <folder>', 'where sources lie that are not found; repeatable', several)
    .option('--all', 'show what never executed too')
    .option('--json <file>', 'write the annotation')
    .action(async (firmware: string, wanted: string | undefined, options: AnnotateOptions) =>
      finish(await (await import('./commands/annotate.ts')).annotate(firmware, wanted, options, signal)),
    )

  withRun(
    command(
      'compare <a> <b>',
      'say how two runs differ: reports, recorded runs, commits, or firmware that is run first, with the same options',
    ),
  )
    .option(
      '--format <kind>',
      'text (default), markdown, html or json; or as the name of --out says',
      oneOf('text', 'markdown', 'html', 'json'),
    )
    .option('--out <file>', 'write it there')
    .option('--top <n>', 'rows of functions, lines and symbols (default: 10)', whole(1, 100_000))
    .option('--target <name>', 'of commits: which target of boardless.config.* is built and run')
    .option('--config <file>', 'of commits: the config (default: the one here)')
    .action(async (a: string, b: string, options: CompareOptions) =>
      finish(await (await import('./commands/compare.ts')).compare(a, b, options, signal)),
    )

  command('check [targets...]', 'hold what boardless.config.* names against its budgets; docs/budgets.md')
    .option('--config <file>', 'boardless.config.ts, .js, .mjs, .json or .yaml (default: the one here)')
    .option('--only <budget>', 'one budget, such as "phase preprocess"; repeatable', several)
    .option('--baseline-from <commit>', 'build and run that commit, and hold against it')
    .option('--update', 'write what is measured as the baseline')
    .option('--ratchet', 'make what got better the baseline, and nothing else')
    .option(
      '--reporter <name[=file]>',
      'pretty (default), json, junit, markdown, github, gitlab, bencher, sarif; repeatable',
      several,
    )
    .option('--format <name>', 'the same for standard output')
    .option('--jobs <n>', 'threads (default: one for each core)', whole(1, 256))
    .option('--no-cache', 'make every run anew')
    .action(async (targets: readonly string[], options: CheckOptions) =>
      finish(await (await import('./commands/check.ts')).check(targets, options, signal)),
    )

  command('history [target]', 'figures of a target from commit to commit, and which commit moved them')
    .option('--last <n>', 'commits, the newest ones (default: 20)', whole(1, 10_000))
    .option('--to <commit>', 'the newest (default: HEAD)')
    .option('--bisect', 'measure between two that differ alone')
    .option(
      '--figure <name>',
      'such as "phase preprocess"; repeatable (default: those that have budgets)',
      several,
    )
    .option('--config <file>', 'boardless.config.* (default: the one here)')
    .option(
      '--format <kind>',
      'text (default), markdown, csv or json',
      oneOf('text', 'markdown', 'csv', 'json'),
    )
    .option('--out <file>', 'write it there')
    .option('--jobs <n>', 'threads (default: one for each core)', whole(1, 256))
    .option('--no-cache', 'make every run anew')
    .action(async (target: string | undefined, options: HistoryOptions) =>
      finish(await (await import('./commands/history.ts')).history(target, options, signal)),
    )

  command('power', 'run the duty-cycled apps, and hold their current beside what is claimed in public')
    .option('--for <time>', 'simulated time of each, such as 60s', duration)
    .option(
      '--board <name>',
      'nano33ble (default), of which the claims are, or xiao',
      oneOf('nano33ble', 'xiao'),
    )
    .option('--cell <name>', 'whose life to tell: CR2032, 2xAAA, or lipo:500 (default) for 500 mAh')
    .option('--currents <file>', 'coefficients of your own, JSON')
    .option('--json <file>', 'write claims and RunReports')
    .option(
      '--coefficients <file>',
      'run nothing; write every coefficient with its source: JSON as --currents takes it, or a table (.md)',
    )
    .option(
      '--report <file>',
      'run nothing; price a run again with the settings below: run.json of run --json, or run.boardless',
    )
    .option('--rate <number>', 'of --report: windows a second')
    .option('--samples <number>', 'readings of the sensor a second')
    .option('--window <time>', 'how long a window needs the sensor, for --between off')
    .option('--regulator <which>', 'dcdc or ldo')
    .option('--sleep <how>', 'busy, on, constant-latency or off (System OFF; with --start)')
    .option('--start <time>', 'awake from the reset that ends System OFF to the first window’s work')
    .option('--cache <on|off>', 'the instruction cache while asleep')
    .option('--hfxo <on|off>', 'the 32 MHz crystal oscillator')
    .option('--lfclk <source>', 'LFRC, LFXO or LFSYNT')
    .option('--peripherals <what>', 'timers and receivers that keep the clock on: kept or stopped')
    .option('--sensor <mode>', 'of the motion sensor: off, accelerometer, gyroscope, gyroscope-low-power ...')
    .option('--odr <hertz>', 'its output data rate, where its current depends on it')
    .option('--magnetometer <mode>', 'off, low, medium, high or ultra-high')
    .option('--between <on|off>', 'the motion sensor between windows')
    .option('--leds <NAME=on+NAME=10%>', 'lights, such as power=off')
    .option('--check <file>', 'hold the estimate beside this real run; repeatable', several)
    .action(async (options: PowerOptions) =>
      finish(await (await import('./commands/power.ts')).power(options, signal)),
    )

  command('fidelity', 'compare every rule of the timing model with what is published, or with a board')
    .option('--json <file>', 'write the comparison')
    .option('--against <file>', 'compare with what a board made of the same kernels (captures/*.json)')
    .option(...settingOption)
    .option(...timingOption)
    .option('--strict', 'exit 1 when a rule that must be exact is not')
    .option('--markdown <file>', 'write docs/fidelity.md')
    .option('--firmware', 'say where the firmware of the kernels is, to flash it')
    .option(
      '--networks <file>',
      'run networks whose latency on an nRF52840 is published, and write the runs there, JSON',
    )
    .option('--import <log>', 'make a capture of what a board printed')
    .option('--board <name>', 'the board that --import is from')
    .option('--note <text>', 'anything worth knowing of it')
    .option('--out <file>', 'where the capture goes (default: captures/NAME.json)')
    .action(async (options: FidelityOptions) =>
      finish(await (await import('./commands/fidelity.ts')).fidelity(options)),
    )

  const lab = command(
    'lab',
    'measure what every optimisation buys, for the gesture model or for one of yours',
  )
    .option('--only <techniques>', 'some of them, such as ptq,cmsis-nn', list)
    .option('--model <file>', 'a .tflite of your own (default: ours are trained)')
    .option(
      '--data <folder>',
      'recordings of your own in a folder for each label: CSV and others of docs/recordings.md',
    )
    .option('--labels <file>', 'or a table of labels: columns file, label and perhaps split')
    .option('--columns <ax_g=COLUMN,...>', 'which columns of the recordings are what', columns)
    .option('--rate <100Hz>', 'samples a second of the recordings, in place of their time', rate)
    .option('--window <samples>', 'cut longer recordings into windows of so many', whole(2, 10_000))
    .option('--quick', 'two folds, one seed, fewer variants: to see what it does')
    .option('--folds <n>', 'of cross-validation, two or more (default: 5)', wholeNumber)
    .option('--seeds <n>', 'trainings of each network (default: 3)', whole(1, 100))
    .option(
      '--max-loss <points>',
      'recommend what loses at most that much accuracy (default: 1)',
      between(0, 100),
    )
    .option(
      '--max-latency <us>',
      'recommend what takes at most that long for a window (default: 10000)',
      between(1, 1e9),
    )
    .option('--shard <i/n>', 'measure one of n parts; lab merge puts them together')
    .option('--queue <url>', 'have it measured by the workers at this Redis (boardless worker)')
    .option('--jobs <n>', 'threads (default: one for each core)', whole(1, 256))
    .addHelpText('after', labHelp)
    .option('--out <folder>', 'where lab.json, lab.md, lab.html and desktop.json go (default: lab)')
    .option('--cache <folder>', 'where finished measurements are kept (default: lab in the user’s cache)')
    .option('--json <file>', 'write lab.json there as well')
    .action(async (options: LabOptions) =>
      finish(await (await import('./commands/lab.ts')).lab(options, signal)),
    )
  command('worker', 'measure for labs that wait at a queue, until Ctrl-C')
    .requiredOption('--queue <url>', 'the Redis, such as redis://127.0.0.1:6379')
    .option('--jobs <n>', 'measurements at once (default: one a core)', whole(1, 256))
    .option('--cache <folder>', 'where finished measurements are kept (default: lab in the user’s cache)')
    .action(async (options: WorkerCommandOptions) =>
      finish(await (await import('./commands/worker.ts')).worker(options, signal)),
    )

  command('merge <files...>', 'put the shards of one lab together', lab)
    .option('--out <folder>', 'where lab.json, lab.md, lab.html and desktop.json go (default: lab)')
    .option('--json <file>', 'write lab.json there as well')
    .action(async (files: readonly string[], own: MergeOptions, { parent }: Command) =>
      finish(await (await import('./commands/lab.ts')).labMerge(files, { ...parent?.opts(), ...own })),
    )

  const model = program.command('model').description('train and inspect models')
  command('train', 'train the gesture model on recordings', model)
    .option('--recordings <file>', 'labelled recordings, CSV (default: BasicMotions)')
    .option('--out <folder>', 'where the model goes (default: models/gesture)')
    .option('--seed <n>', 'of weights and shuffling', wholeNumber)
    .option('--hidden <n>', 'neurons of the hidden layer', wholeNumber)
    .option('--epochs <n>', 'passes over the recordings', wholeNumber)
    .option('--json <file>', 'write accuracy and settings')
    .action(async (options: TrainOptions) =>
      finish(await (await import('./commands/model.ts')).modelTrain(options)),
    )
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
      finish(await (await import('./commands/model.ts')).modelOps(file, options)),
    )
  command('info <file>', 'say what a .tflite file is', model)
    .option('--json <file>', 'write the description')
    .action(async (file: string, options: { json?: string }) =>
      finish(await (await import('./commands/model.ts')).modelInfo(file, options)),
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
    .option('--arena <bytes>', 'size of the tensor arena, or auto: the smallest', arenaSize)
    .option(
      '--preprocess <how>',
      'a window becomes the input by a loop (default), unrolled, cmsis-dsp or folded',
      oneOf('loop', 'unrolled', 'cmsis-dsp', 'folded'),
    )
}

/** What is said of a run by whichever command makes it. */
function withRun(command: Command): Command {
  return withApp(command)
    .option('--for <time>', 'simulated time, such as 10s', duration)
    .option(
      '--until <regex>',
      'end when a whole line of the console matches; exit 1 if none does, whatever the firmware says',
      pattern,
    )
    .option(
      '--phase <NAME=FROM..TO>',
      'a phase that the firmware does not mark: from and to a function, FUNCTION@return, 0xADDRESS or /line/; repeatable',
      phase,
    )
    .option(
      '--measure <FUNCTION|FROM..TO>',
      'cycles, charge and instructions of each passage; places as for --phase, FILE:LINE too, NAME= in front; repeatable',
      measure,
    )
    .option('--inputs <file>', 'of the app infer: what the model is given, CSV, .npy or a recording')
    .option('--outputs <file>', 'of the app infer: what the firmware’s model gave, .csv or .npy')
    .option(
      '--labels <file>',
      'of the app infer: names of the outputs (default: metadata.json beside the model)',
    )
    .option('--stdin <file>', 'what arrives on the serial console; - for standard input')
    .option('--recording <file>', 'what the IMU feels: CSV and others of docs/recordings.md')
    .option('--columns <ax_g=COLUMN,...>', 'which columns of the recording are what', columns)
    .option('--rate <100Hz>', 'samples a second of the recording, in place of its time', rate)
    .option('--audio <file>', 'what the microphone hears, WAV: 16 kHz, mono, 16 bits')
    .option('--end <what>', 'at the end of the recording: stop, loop or hold', oneOf('stop', 'loop', 'hold'))
    .option('--board <name>', 'nano33ble (default), nano33blesenserev2, nrf52840dk or xiao')
    .option(
      '--at <address>',
      'where a raw binary goes, such as 0x10000 (default: where its vector table fits)',
      address,
    )
    .option(
      '--boot <file|none>',
      'what runs first, such as a bootloader or SoftDevice; none: as after a reset, with no bootloader before',
    )
    .option(
      '--usb <what>',
      'at the USB connector: host, a computer (default of boards fed by USB), or none, a power bank',
      oneOf('host', 'none'),
    )
    .option('--wire <PART.INT1=PIN>', 'a wire of your own, such as LSM9DS1.INT1=P1.11; repeatable', wire)
    .option('--cell <name>', 'say how long a cell lasts: CR2032, 2xAAA, or lipo:500 for 500 mAh')
    .option('--currents <file>', 'coefficients of your own for the power report, JSON')
    .option(
      '--on-fault <what>',
      'stop: end at the first fault; handler (default): leave it to the firmware’s own handler',
      oneOf('stop', 'handler'),
    )
    .option('--strict', 'end at the first access to what is not modelled; exit 1')
    .option(...settingOption)
    .option(...timingOption)
    .option(
      '--console <file>',
      'where the firmware’s console goes: a file, fd:3, or - (default: before the report)',
    )
    .option(
      '--record <file>',
      'write the run to go through it afterwards, such as run.boardless: query, export',
    )
    .option(
      '--record-without <firmware,inputs>',
      'leave out what is not to be given away; nothing of it can be run again then',
      recordWithout,
    )
    .option('--raw', 'let the console’s control characters through to a terminal')
}
