import { cellCalled, type Cell } from '../../emulator/power/battery.ts'
import { cellNamed } from '../power-choices.ts'
import { describeBattery, describeFeed } from '../report/parts/power.ts'
import type { BatteryReport, FeedReport } from '../report/power-report.ts'
import { assumptionsOf } from './assumptions.ts'
import { boardOf, NOTHING, type Level } from './coefficients.ts'
import type { DutyModel } from './duty-model.ts'
import { evaluate, SCENARIOS, TYPICAL, type Evaluated } from './evaluate.ts'
import type { DutySettings } from './settings.ts'
import { whyNot } from './why-not.ts'

/** Average microamps with both ends of the interval, and charge over a run as long as the recorded one. */
export interface Priced {
  readonly averageMicroamps: number
  readonly lowMicroamps: number
  readonly highMicroamps: number
  readonly chargeMicrocoulombs: number
}

export interface PartPrice extends Priced {
  readonly part: string
  readonly group: 'chip' | 'board'
  /** As the run was; null for a part that it did not use. */
  readonly runMicroamps: number | null
}

export interface DutyPrice {
  readonly board: Priced
  readonly chip: Priced
  /** Largest first. */
  readonly parts: readonly PartPrice[]
  readonly feeds: readonly FeedReport[]
  /** null when no cell was named. */
  readonly battery: BatteryReport | null
  readonly peakMicroamps: number
  /** Windows a second; null where the run does not say. */
  readonly rate: number | null
  /** By the board; null without a rate. */
  readonly microcoulombsPerWindow: number | null
  /** Share of the time that the processor is at work. */
  readonly busyShare: number
  readonly assumptions: readonly string[]
}

export type Outcome =
  | { readonly kind: 'priced'; readonly price: DutyPrice }
  /** Why there is no figure, a sentence each. */
  | { readonly kind: 'unknown'; readonly why: readonly string[] }

/**
 * A run priced with other settings: what the run had, and what the model says that changes. With none changed it is the
 * run's own, to the digit.
 */
export function price(model: DutyModel, settings: DutySettings): Outcome {
  const why = whyNot(model, settings)
  if (why.length > 0) return { kind: 'unknown', why }
  const changes = changesOf(model, settings)
  const { report, own } = model
  const { power } = report
  const parts = partPrices(model, changes)
  const sum = (group?: 'chip'): Level =>
    parts
      .filter((part) => group === undefined || part.group === group)
      .reduce<Level>((total, { part }) => plus(total, changes.byPart.get(part) ?? NOTHING), NOTHING)
  const board = moved(power.board, sum(), model.seconds)
  const peakMicroamps = Math.max(board.averageMicroamps, power.board.peakMicroamps + changes.peak)
  const rate = settings.rate ?? own.rate ?? null
  const feeds = feedsOf(model, board, parts)
  const cell = cellOf(model, settings)
  return {
    kind: 'priced',
    price: {
      board,
      chip: moved(power.chip, sum('chip'), model.seconds),
      parts,
      feeds,
      battery: cell ? describeBattery(cell, { ...board, peakMicroamps }, feeds[0]) : null,
      peakMicroamps,
      rate,
      microcoulombsPerWindow: rate === null ? null : board.averageMicroamps / rate,
      busyShare: changes.busyShare,
      assumptions: assumptionsOf(model, settings),
    },
  }
}

/** By how much a part’s average changes, at each end. */
export interface Changes {
  readonly byPart: ReadonlyMap<string, Level>
  readonly peak: number
  readonly busyShare: number
}

const plus = (a: Level, b: Level): Level => ({
  typical: a.typical + b.typical,
  low: a.low + b.low,
  high: a.high + b.high,
})

/** The run as it was. */
const AS_THE_RUN: DutySettings = {}

/** In the typical way that what is open can be, and in each way. */
interface AllWays {
  readonly typical: Evaluated
  readonly each: readonly Evaluated[]
}

/** By model and settings: many changes begin with the same ones. */
const known = new WeakMap<DutyModel, WeakMap<DutySettings, AllWays>>()

function allWays(model: DutyModel, settings: DutySettings): AllWays {
  const ofModel = known.get(model) ?? new WeakMap<DutySettings, AllWays>()
  known.set(model, ofModel)
  const found = ofModel.get(settings) ?? {
    typical: evaluate(model, settings, TYPICAL),
    each: SCENARIOS.map((scenario) => evaluate(model, settings, scenario)),
  }
  ofModel.set(settings, found)
  return found
}

export function changesOf(model: DutyModel, settings: DutySettings, from = AS_THE_RUN): Changes {
  const [before, after] = [allWays(model, from), allWays(model, settings)]
  const typical = { before: before.typical, after: after.typical }
  const all = after.each.map((one, i) => ({ before: before.each[i] ?? before.typical, after: one }))
  const names = new Set([...typical.before.parts.keys(), ...typical.after.parts.keys()])
  const by = (
    part: string,
    end: keyof Level,
    { before, after }: { before: Evaluated; after: Evaluated },
  ): number => (after.parts.get(part)?.[end] ?? 0) - (before.parts.get(part)?.[end] ?? 0)
  const byPart = new Map(
    [...names].map((part) => [
      part,
      {
        typical: by(part, 'typical', typical),
        low: Math.min(...all.map((one) => by(part, 'low', one))),
        high: Math.max(...all.map((one) => by(part, 'high', one))),
      },
    ]),
  )
  const most = ({ most: levels }: Evaluated): number =>
    [...levels.values()].reduce((sum, one) => sum + one, 0)
  return { byPart, peak: most(typical.after) - most(typical.before), busyShare: typical.after.busyShare }
}

/** Figures of the run and what changes; nothing is below nothing. */
function moved(figures: Priced, by: Level, seconds: number): Priced {
  const shift = (value: number, change: number): number =>
    change === 0 ? value : Math.max(0, value + change)
  const averageMicroamps = shift(figures.averageMicroamps, by.typical)
  return {
    averageMicroamps,
    lowMicroamps: Math.min(averageMicroamps, shift(figures.lowMicroamps, by.low)),
    highMicroamps: Math.max(averageMicroamps, shift(figures.highMicroamps, by.high)),
    chargeMicrocoulombs: shift(figures.chargeMicrocoulombs, by.typical * seconds),
  }
}

const NONE: Priced = { averageMicroamps: 0, lowMicroamps: 0, highMicroamps: 0, chargeMicrocoulombs: 0 }

function partPrices({ report, seconds }: DutyModel, { byPart }: Changes): readonly PartPrice[] {
  const known = new Map(report.power.parts.map((part) => [part.part, part]))
  return [...new Set([...known.keys(), ...byPart.keys()])]
    .map((part) => {
      const run = known.get(part)
      return {
        part,
        group: run?.group ?? (part.startsWith('LED') ? ('board' as const) : ('chip' as const)),
        runMicroamps: run?.averageMicroamps ?? null,
        ...moved(run ?? NONE, byPart.get(part) ?? NOTHING, seconds),
      }
    })
    .sort((a, b) => b.averageMicroamps - a.averageMicroamps || (a.part < b.part ? -1 : 1))
}

function feedsOf({ report }: DutyModel, board: Priced, parts: readonly PartPrice[]): readonly FeedReport[] {
  const { feeds, supplyVolts } = report.power
  const known = boardOf(report)?.feeds ?? []
  return feeds.flatMap(({ feed }) => {
    const found = known.find(({ name }) => name === feed)
    return found ? [describeFeed(found, supplyVolts, board, parts)] : []
  })
}

export const cellOf = ({ report }: DutyModel, { cell }: DutySettings): Cell | undefined =>
  cell === undefined ? cellCalled(report.power.battery?.cell) : cellNamed(cell)
