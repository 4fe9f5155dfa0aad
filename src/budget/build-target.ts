import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { execa } from 'execa'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import { ExitCode, UserError } from '../../runs/errors.ts'
import { heldOutRecording } from '../project.ts'
import { readInput } from '../read-input.ts'
import { buildApp, factsOf, type OnProgress } from '../running/app.ts'
import { filesOf, powerChoices, type RunRequest } from '../running/run-request.ts'
import { appTable } from '../toolchain/apps/app-table.ts'
import { appOf, choicesOf } from './choices.ts'
import { hashOf, toolHash } from './store.ts'

/** Firmware that is there to be run, and by what its run is known. */
export interface BuiltTarget {
  readonly request: RunRequest
  readonly key: string
}

/** Of one check: a command that several targets have is run once. */
export class Builds {
  readonly #commands = new Map<string, Promise<void>>()
  #last: Promise<void> = Promise.resolve()

  constructor(private readonly signal: AbortSignal) {}

  /**
   * @param folder that paths of the target are from
   * @throws UserError for what cannot be built, and for a file that is not there
   */
  async build(target: ParsedTarget, folder: string, onProgress: OnProgress): Promise<BuiltTarget> {
    const { name, config } = target
    const choices = choicesOf(target, folder)
    await named(name, async () => powerChoices(choices))
    if (config.build !== undefined) {
      onProgress(0, config.build)
      await this.#command(config.build, folder, name)
    }
    const stdin = choices.stdin === undefined ? undefined : await readInput(choices.stdin, 'a file')
    const app = config.app === undefined ? undefined : appOf(config.app, folder)
    const request: RunRequest =
      app === undefined
        ? {
            app: '',
            options: choices,
            target: filesOf(resolve(folder, [config.firmware].flat()[0] ?? ''), choices),
            ...(stdin && { stdin }),
          }
        : await this.#app(app, name, choices, onProgress, stdin)
    return { request, key: await named(name, async () => keyOf(request)) }
  }

  async #app(
    app: string,
    name: string,
    choices: RunRequest['options'],
    onProgress: OnProgress,
    stdin: Uint8Array | undefined,
  ): Promise<RunRequest> {
    const built = await named(name, async () => buildApp(app, choices, onProgress))
    return {
      app: Object.hasOwn(appTable, app) ? app : '',
      options: choices,
      target: { ...filesOf(built.elfPath, choices), build: factsOf(built, choices) },
      ...(stdin && { stdin }),
    }
  }

  /** One after the other: two of a project may write the same files. */
  async #command(command: string, folder: string, name: string): Promise<void> {
    const known = this.#commands.get(command)
    if (known) return known
    const made = this.#last.then(async () => runCommand(command, folder, name, this.signal))
    this.#last = made.catch(() => undefined)
    this.#commands.set(command, made)
    return made
  }
}

async function runCommand(command: string, folder: string, name: string, signal: AbortSignal): Promise<void> {
  const { exitCode, failed, all, shortMessage } = await execa(command, {
    cwd: folder,
    shell: true,
    stdin: 'ignore',
    all: true,
    reject: false,
    cancelSignal: signal,
  })
  if (!failed) return
  const lines = all.split(/\r?\n/).filter((line) => line.trim() !== '')
  const said = lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? 'it printed nothing'
  throw new UserError(
    `${name}: the build command failed (${exitCode === undefined ? shortMessage : `exit code ${exitCode}`}): ${said.trim()}. To see all of it: ${command}`,
    exitCode === 127 ? ExitCode.environment : ExitCode.badInput,
  )
}

/** What the run depends on, all of it. */
async function keyOf({ app, options, target, stdin }: RunRequest): Promise<string> {
  const { file, also = [], bootFile, at, build } = target
  const firmware = [...(bootFile === undefined ? [] : [bootFile]), file, ...also]
  const played = options.recording ?? (appTable[app]?.input === 'imu' ? heldOutRecording() : undefined)
  const inputs = [played, options.audio, options.currents].filter((one) => one !== undefined)
  const contents = await Promise.all(
    [...firmware, ...inputs].map(async (one) => hashOf(await contentsOf(one))),
  )
  const asked = JSON.stringify({ app, options: withoutPaths(options), at, build }, (_, value: unknown) =>
    value instanceof RegExp ? String(value) : value,
  )
  return hashOf(toolHash(), asked, ...contents, stdin ?? '', file.split(/[/\\]/).at(-1) ?? '')
}

/** Files are known by what is in them; those that a build reads have made the firmware. */
const withoutPaths = (options: RunRequest['options']): object => ({
  ...options,
  recording: options.recording?.split(/[/\\]/).at(-1),
  audio: options.audio?.split(/[/\\]/).at(-1),
  ...Object.fromEntries(
    ['currents', 'stdin', 'also', 'boot', 'model', 'sources'].map((name) => [name, undefined]),
  ),
  boot: options.boot === 'none' ? 'none' : options.boot !== undefined,
})

async function contentsOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : ''
    const why = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'is a folder' : String(cause)
    throw new UserError(`${file}: ${why}.`, undefined, { cause })
  }
}

async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UserError && !error.message.startsWith(`${name}: `))
      throw new UserError(`${name}: ${error.message}`, error.exitCode, { cause: error })
    throw error
  }
}
