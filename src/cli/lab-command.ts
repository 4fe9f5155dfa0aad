import { InvalidArgumentError, type Command } from 'commander'
import type { LabOptions, MergeOptions } from './lab.ts'
import { wholeNumber } from './parse.ts'

const list = (text: string): readonly string[] => text.split(',').map((one) => one.trim())

function positive(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('Give a number.')
  return value
}

/** `boardless lab` and `boardless lab merge`. */
export function withLab(
  command: (spec: string, description: string, parent?: Command) => Command,
  finish: (exitCode: number) => void,
  signal: AbortSignal,
): void {
  const lab = command(
    'lab',
    'measure what every optimisation buys, for the gesture model or for one of yours',
  )
    .option('--only <techniques>', 'some of them, such as ptq,cmsis-nn', list)
    .option('--model <file>', 'a .tflite of your own (default: ours are trained)')
    .option('--data <folder>', 'recordings of your own: CSV files in a folder for each label')
    .option('--labels <file>', 'or a table of labels: columns file, label and perhaps split')
    .option('--quick', 'two folds, one seed, fewer variants: to see what it does')
    .option('--folds <n>', 'of cross-validation (default: 5)', wholeNumber)
    .option('--seeds <n>', 'trainings of each network (default: 2)', wholeNumber)
    .option('--max-loss <points>', 'recommend what loses at most that much accuracy (default: 1)', positive)
    .option(
      '--max-latency <us>',
      'recommend what takes at most that long for a window (default: 10000)',
      positive,
    )
    .option('--shard <i/n>', 'measure one of n parts; lab merge puts them together')
    .option('--jobs <n>', 'threads (default: one for each core)', wholeNumber)
    .option('--out <folder>', 'where lab.json, lab.md, lab.html and desktop.json go (default: lab)')
    .option('--cache <folder>', 'where finished measurements are kept (default: .boardless/lab)')
    .option('--json <file>', 'write lab.json there as well')
    .action(async (options: LabOptions) => finish(await (await import('./lab.ts')).lab(options, signal)))
  command('merge <files...>', 'put the shards of one lab together', lab)
    .option('--out <folder>', 'where lab.json, lab.md, lab.html and desktop.json go (default: lab)')
    .option('--json <file>', 'write lab.json there as well')
    .action(async (files: readonly string[], own: MergeOptions, { parent }: Command) =>
      finish(await (await import('./lab.ts')).labMerge(files, { ...parent?.opts(), ...own })),
    )
}
