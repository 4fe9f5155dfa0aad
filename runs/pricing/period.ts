import type { DutyModel } from './duty-model.ts'
import { evaluate, resolve, TYPICAL, type Resolved } from './evaluate.ts'
import type { DutySettings } from './settings.ts'

/** Something that is on, as shares of a period. */
export interface PeriodSpan {
  readonly from: number
  readonly to: number
  readonly what: string
  readonly paced: 'samples' | 'windows' | 'unmarked' | 'always'
}

export interface PeriodLane {
  readonly name: string
  readonly spans: readonly PeriodSpan[]
  /** Of the period. */
  readonly share: number
}

/** From one window to the next: what is on when. Readings come evenly; where the rest stands is drawn, not known. */
export interface Period {
  readonly seconds: number
  readonly lanes: readonly PeriodLane[]
}

/** More readings than this are drawn as one stretch. */
const MOST_READINGS = 40

/** undefined where the run does not say how often windows come. */
export function periodOf(model: DutyModel, settings: DutySettings): Period | undefined {
  const asked = resolve(model, settings)
  const { rate } = asked
  if (rate === undefined) return undefined
  const seconds = 1 / rate
  const processor = processorSpans(model, asked, seconds)
  const always = (what: string): PeriodSpan => ({ from: 0, to: 1, what, paced: 'always' })
  const sensorShare = asked.between === 'off' ? Math.min(1, (asked.window ?? 0) * rate) : 1
  const isOn = asked.sensor !== undefined && asked.sensor !== 'off' && sensorShare > 0
  const lit = model.lights.filter((light) => (asked.leds[light] ?? 0) > 0)
  const { busyShare } = evaluate(model, settings, TYPICAL)
  return {
    seconds,
    lanes: [
      {
        name: 'processor',
        share: asked.sleep === 'busy' ? 1 : Math.min(1, busyShare),
        spans: asked.sleep === 'busy' ? [always('awake in a loop'), ...processor] : processor,
      },
      ...(isOn
        ? [
            {
              name: 'motion sensor',
              share: sensorShare,
              spans: [{ ...always(asked.sensor ?? ''), from: 1 - sensorShare }],
            },
          ]
        : []),
      ...(asked.hfxo === 'on' && asked.sleep !== 'off'
        ? [{ name: 'crystal oscillator', share: 1, spans: [always('HFXO')] }]
        : []),
      ...lit.map((light) => ({
        name: light,
        share: asked.leds[light] ?? 0,
        spans: [{ ...always('lit'), to: asked.leds[light] ?? 0 }],
      })),
    ],
  }
}

function processorSpans(model: DutyModel, asked: Resolved, seconds: number): readonly PeriodSpan[] {
  const { clockHz } = model.report.board
  const readings = model.activities
    .filter(({ paced }) => paced === 'samples')
    .flatMap(({ name, passes, cycles }) => {
      const each = cycles / passes / clockHz / seconds
      const count = ((asked.samples ?? 0) * seconds * passes) / ((model.own.samples ?? 1) * model.seconds)
      if (count > MOST_READINGS)
        return [{ from: 0, to: 1, what: `${name}, ${Math.round(count)} times`, paced: 'samples' as const }]
      return Array.from({ length: Math.ceil(count - 1e-9) }, (_, i) => ({
        from: i / count,
        to: Math.min(1, i / count + each),
        what: name,
        paced: 'samples' as const,
      }))
    })
  const windows = (model.own.rate ?? 1) * model.seconds
  const work = [
    ...model.activities
      .filter(({ paced }) => paced === 'windows')
      .map(({ name, cycles }) => ({ what: name, long: cycles / windows, paced: 'windows' as const })),
    {
      what: 'outside of phases',
      long: model.cpu ? (model.cpu.unmarkedAwake + model.cpu.unmarkedNap) / windows : 0,
      paced: 'unmarked' as const,
    },
  ].filter(({ long }) => long > 0)
  let at = Math.max(0, 1 - work.reduce((sum, { long }) => sum + long / clockHz / seconds, 0))
  return [
    ...readings,
    ...work.map(({ what, long, paced }) => {
      const from = at
      at = Math.min(1, at + long / clockHz / seconds)
      return { from, to: at, what, paced }
    }),
  ]
}
