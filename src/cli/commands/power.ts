import { basename } from 'node:path'
import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { asJson, dutyReport } from '../../../runs/pricing/duty-report.ts'
import { names, readSettings, type SettingName } from '../../../runs/pricing/settings.ts'
import { boardNamed, cellNamed } from '../../../runs/power-choices.ts'
import { loadCurrents } from '../../files/currents.ts'
import { loadReport } from '../../files/report.ts'
import { judgeClaims } from '../../power/claims.ts'
import type { ScenarioResult } from '../../power/claims.ts'
import { coefficientsJson, coefficientsMarkdown } from '../../power/coefficients-document.ts'
import { renderClaims } from '../../power/render-claims.ts'
import { renderPrice } from '../../power/render-price.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import { buildApp, factsOf } from '../../running/app.ts'
import { inputOf } from '../../running/inputs.ts'
import { simulate } from '../../files/simulate.ts'
import { checkReachedApp, exitCodeOf } from '../outcome.ts'
import { printReport, writeOutput } from '../output.ts'
import { showProgress, styleFor } from '../terminal.ts'

/** Settings are those of a run that is priced again. */
export interface PowerOptions extends Readonly<Partial<Record<SettingName, string>>> {
  readonly board?: string
  readonly for?: number
  readonly currents?: string
  readonly json?: string
  /** Where the coefficients go, instead of runs. */
  readonly coefficients?: string
  /** A run that is priced again, instead of runs. */
  readonly report?: string
  readonly check?: readonly string[]
}

/** Apps with simulated seconds: a window of gestures is ten seconds long, a word comes every fifteen. */
const SCENARIOS: readonly (readonly [app: string, seconds: number])[] = [
  ['gesture-continuous', 60],
  ['gesture-5hz', 60],
  ['gesture-motion', 60],
  ['keyword', 15],
  ['keyword-gated', 15],
]

/** Prices a run again, which is not run. */
async function reprice(file: string, options: PowerOptions): Promise<number> {
  const unused = (['board', 'for', 'currents'] as const).find((name) => options[name] !== undefined)
  if (unused !== undefined) throw new UserError(`--${unused} is of runs, and with --report nothing is run.`)
  const settings = readSettings(
    Object.fromEntries(names.map((name) => [name, options[name]])),
    (name) => `--${name}`,
  )
  const report = await loadReport(file)
  const real = await Promise.all(
    (options.check ?? []).map(async (name) => ({ name: basename(name), report: await loadReport(name) })),
  )
  const shown = dutyReport(report, settings, real)
  if (typeof shown === 'string') throw new UserError(`${file}: ${shown}`)
  if (options.json !== undefined)
    await writeOutput(options.json, `${JSON.stringify(asJson(shown), undefined, 2)}\n`)
  printReport(renderPrice(shown, styleFor(process.stdout)))
  return shown.outcome.kind === 'priced' ? ExitCode.fine : ExitCode.badInput
}

/** Runs the apps that show what duty cycling saves and holds them beside what is claimed in public. */
export async function power(options: PowerOptions, signal: AbortSignal): Promise<number> {
  if (options.coefficients !== undefined) {
    const isTable = options.coefficients.endsWith('.md')
    await writeOutput(options.coefficients, isTable ? coefficientsMarkdown() : coefficientsJson())
    return ExitCode.fine
  }
  if (options.report !== undefined) return reprice(options.report, options)
  const alone = ['check', ...names.filter((name) => name !== 'cell')].find((name) => name in options)
  if (alone !== undefined)
    throw new UserError(`--${alone} is of a run that is priced again: give it with --report FILE.`)
  const cell = cellNamed(options.cell ?? 'lipo:500')
  const currents = options.currents === undefined ? undefined : await loadCurrents(options.currents)
  const board = boardNamed(options.board ?? 'nano33ble')
  const progress = showProgress('power')
  const results: ScenarioResult[] = []
  try {
    for (const [index, [name, seconds]] of SCENARIOS.entries()) {
      const update = (fraction: number, step = ''): void =>
        progress.update((index + fraction) / SCENARIOS.length, `${name}: ${step}`)
      const built = await buildApp(
        name,
        options.board === undefined ? {} : { board: options.board },
        (_, step) => update(0, step),
      )
      const report = await simulate({
        file: built.elfPath,
        build: factsOf(built),
        board,
        seconds: options.for ?? seconds,
        profile: false,
        cell,
        signal,
        onProgress: update,
        ...(currents && { currents }),
        ...(await inputOf(name, { end: 'loop', board })),
      })
      const exitCode = exitCodeOf(report)
      if (exitCode !== ExitCode.fine) return exitCode
      if (name.startsWith('gesture') && name !== 'gesture-motion' && options.for === undefined)
        checkReachedApp(report)
      results.push({ name, report })
    }
  } finally {
    progress.done()
  }
  // They are made of the Nano.
  const claims = board === NANO_33_BLE_SENSE ? judgeClaims(results) : []
  if (options.json !== undefined) {
    const reports: readonly RunReport[] = results.map(({ report }) => report)
    await writeOutput(
      options.json,
      `${JSON.stringify({ schemaVersion: 1, claims, reports }, undefined, 2)}\n`,
    )
  }
  printReport(renderClaims(results, claims, styleFor(process.stdout)))
  return ExitCode.fine
}
