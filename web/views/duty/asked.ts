import { UserError } from '../../../runs/errors.ts'
import {
  readSettings,
  settingsFrom,
  typed,
  writeSettings,
  type DutySettings,
  type SettingName,
} from '../../../runs/pricing/settings.ts'
import { address, remember } from '../../state/address.ts'

/** In the address: `duty=rate:5,regulator:ldo`, as `boardless power` writes settings. */
const KEY = 'duty'

export interface Asked {
  readonly settings: DutySettings
  /** What is wrong with the address, in one line. */
  readonly wrong: string | undefined
}

export function asked(): Asked {
  try {
    return { settings: settingsFrom(address.value.values[KEY] ?? ''), wrong: undefined }
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause
    return { settings: {}, wrong: cause.message }
  }
}

/** Settings that are undefined are as in the run again. */
export type Change = { readonly [Name in SettingName]?: DutySettings[Name] | undefined }

export function ask(change: Change): void {
  const merged = Object.entries({ ...asked().settings, ...change }).filter(([, value]) => value !== undefined)
  const text = writeSettings(Object.fromEntries(merged))
  remember({ [KEY]: text === '' ? undefined : text })
}

export function askNothing(): void {
  remember({ [KEY]: undefined })
}

/** In place of all that was asked for. */
export function askFor(settings: DutySettings): void {
  remember({ [KEY]: writeSettings(settings) })
}

/** A setting as it was typed; empty is as in the run. @returns what is wrong with it */
export function askTyped(name: SettingName, text: string): string | undefined {
  try {
    ask(text === '' ? { [name]: undefined } : readSettings({ [name]: text.replace(',', '.') }))
    return undefined
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause
    return cause.message
  }
}

/** The same on the command line. */
export const commandOf = (settings: DutySettings): string =>
  ['boardless power --report run.json', ...typed(settings).map(option)].join(' ')

const option = ([name, value]: readonly [string, string]): string =>
  `--${name} ${/[^\w.%=+:-]/.test(value) ? `"${value}"` : value}`
