import { existsSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { UserError } from '../../runs/errors.ts'
import { parseConfig, type ParsedConfig } from '../../runs/budget/parse-config.ts'
import { readInput } from '../read-input.ts'

/** In the order in which they are looked for. */
export const CONFIG_FILES = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map(
  (one) => `boardless.config.${one}`,
)

export interface LoadedConfig extends ParsedConfig {
  readonly file: string
  /** That paths in it are from. */
  readonly folder: string
  readonly text: string
}

/** @param named undefined: the one in `folder` @throws UserError */
export async function loadConfig(named: string | undefined, folder = '.'): Promise<LoadedConfig> {
  const file = resolve(named ?? foundIn(folder))
  const shown = named ?? basename(file)
  const text = (
    await readInput(file, CONFIG_FILES.join(', ')).catch((error: unknown) => {
      throw error instanceof UserError ? new UserError(error.message.replace(file, shown)) : error
    })
  ).toString()
  return { ...(await readConfig(text, file, shown)), file, folder: dirname(file), text }
}

function foundIn(folder: string): string {
  const [only, another] = CONFIG_FILES.map((name) => join(folder, name)).filter((path) => existsSync(path))
  if (only === undefined)
    throw new UserError(
      'no boardless.config.ts, .js, .mjs, .json or .yaml here: it says what is run and what it may cost (docs/budgets.md). Write one, or name one with --config.',
    )
  if (another !== undefined)
    throw new UserError(`${basename(only)} and ${basename(another)}: which? Name one with --config.`)
  return only
}

/** Of a text that may never have been a file. @param shown for messages @throws UserError */
export async function readConfig(text: string, file: string, shown: string): Promise<ParsedConfig> {
  const kind = extname(file).slice(1)
  if (kind === 'json') return parseConfig(json(text, shown), shown)
  if (kind === 'yaml' || kind === 'yml') return parseConfig(await yaml(text, shown), shown)
  if (['ts', 'mts', 'js', 'mjs'].includes(kind)) return parseConfig(await script(text, file, shown), shown)
  throw new UserError(`${shown}: what kind of file is it? Its name ends in .ts, .js, .mjs, .json or .yaml.`)
}

function json(text: string, shown: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UserError(`${shown}: is not JSON: ${messageOf(cause)}.`, undefined, { cause })
  }
}

async function yaml(text: string, shown: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(text)
  } catch (cause) {
    throw new UserError(`${shown}: is not YAML: ${messageOf(cause)}.`, undefined, { cause })
  }
}

/** TypeScript and JavaScript alike, whatever Node there is; `boardless` is this package, wherever it is installed. */
async function script(text: string, file: string, shown: string): Promise<unknown> {
  const { createJiti } = await import('jiti/static')
  const jiti = createJiti(file, {
    fsCache: false,
    moduleCache: false,
    virtualModules: { boardless: await import('../../runs/budget/config.ts') },
  })
  try {
    const made = (await jiti.evalModule(text, { filename: file, async: true })) as {
      readonly default?: unknown
    }
    return made.default ?? made
  } catch (cause) {
    throw new UserError(`${shown}: cannot be loaded: ${messageOf(cause)}.`, undefined, { cause })
  }
}

/** The first line, which says what; the rest draws where. */
const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]?.replace(/[.:]\s*$/, '') ?? ''
