import type { Command } from 'commander'
import { UserError } from '../../runs/errors.ts'
import { TRAINED_FOLDER } from '../project.ts'
import { checkFile, checkFolder } from '../write-whole.ts'
import { checkOneStdout, configureOutput, STDOUT } from './output.ts'

/** Options that name what a command writes; --networks is one, --model and --against are not. */
const files = [
  'json',
  'junit',
  'markdown',
  'coefficients',
  'networks',
  'outputs',
  'record',
  'coverage',
  'uncertainty',
]
/** Where --out is a folder, and the one that is meant without it. */
const folders: Readonly<Record<string, string | undefined>> = {
  build: undefined,
  lab: 'lab',
  merge: 'lab',
  train: TRAINED_FOLDER,
  view: undefined,
}

/**
 * Says what the command prints. Every output of every command is tried before the command begins, so that no work is for nothing.
 * @throws UserError
 */
export async function checkOutputs(command: Command): Promise<void> {
  // Options of `lab` that stand before `merge` are lab's; its --json is meant as well.
  const options: Readonly<Record<string, unknown>> = command.optsWithGlobals()
  const named = [...files, 'console', ...(command.name() === 'fidelity' ? ['out'] : [])].map(
    (name) => [name, options[name]] as const,
  )
  checkOneStdout(named)
  if (options['record'] === STDOUT)
    throw new UserError('--record: a .boardless file is a zip, not for a terminal. Give the name of a file.')
  configureOutput(
    options['quiet'] === true,
    named.some(([name, file]) => name !== 'console' && file === STDOUT),
  )
  for (const name of files) {
    const file = options[name]
    if (typeof file === 'string' && file !== STDOUT) await checkFile(file)
  }
  if (typeof options['cache'] === 'string') await checkFolder(options['cache'])
  const name = command.name()
  const out = options['out']
  if (!Object.hasOwn(folders, name)) {
    if (typeof out === 'string' && out !== STDOUT) await checkFile(out)
    return
  }
  const folder = out ?? folders[name]
  if (typeof folder === 'string') await checkFolder(folder)
}
