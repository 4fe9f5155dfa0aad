import type { ComponentChildren } from 'preact'
import { resolve } from '../../../runs/pricing/evaluate.ts'
import type { DutyModel } from '../../../runs/pricing/duty-model.ts'
import { ratesOf, stateOf } from '../../../runs/pricing/sensors.ts'
import { lowClocks, magnetometers, shortLight, type DutySettings } from '../../../runs/pricing/settings.ts'
import { whyNot } from '../../../runs/pricing/why-not.ts'
import { rateWords } from '../../../runs/pricing/words.ts'
import { duration } from '../../../runs/report/show/format.ts'
import { Field, inputClass, Segments } from '../../design/controls.tsx'
import { ladder, Slider } from '../../design/slider.tsx'
import { ask, askTyped, type Change } from './asked.ts'
import { CellControl } from './cell.tsx'
import styles from './duty.module.css'

interface Props {
  readonly model: DutyModel
  readonly settings: DutySettings
}

/** Everything that a price can be asked for. */
export function Controls({ model, settings }: Props) {
  return (
    <div class={styles['controls']}>
      <Group title="How often">
        <Pace model={model} settings={settings} />
      </Group>
      <Group title="The chip">
        <Chip model={model} settings={settings} />
      </Group>
      <Group title="Around it">
        <Sensor model={model} settings={settings} />
        <Lights model={model} settings={settings} />
      </Group>
      <Group title="Fed by">
        <CellControl model={model} settings={settings} />
      </Group>
    </div>
  )
}

const Group = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <fieldset class={styles['group']}>
    <legend>{title}</legend>
    {children}
  </fieldset>
)

const RATES = ladder(1 / 3600, 500)

/** With the run’s own among them. */
const withOwn = (values: readonly number[], own: number | undefined): readonly number[] =>
  own === undefined || values.includes(own) ? values : [...values, own].sort((a, b) => a - b)

/** The run’s own value is no change. */
const changed = (name: 'rate' | 'samples', value: number, own: number | undefined): Change => ({
  [name]: value === own ? undefined : value,
})

function Pace({ model, settings }: Props) {
  const { own, whyNoRate } = model
  const now = resolve(model, settings)
  return (
    <>
      <Slider
        label="Windows"
        unit="per s"
        values={withOwn(RATES, own.rate)}
        value={now.rate}
        text={rateWords}
        isDisabled={whyNoRate !== null}
        onChange={(value) => {
          ask(changed('rate', value, own.rate))
        }}
        onType={(text) => askTyped('rate', text)}
      >
        {whyNoRate ?? `${now.rate === undefined ? '' : everyWords(now.rate)}${inRun(own.rate)}`}
      </Slider>
      {own.samples !== undefined && (
        <Slider
          label="Readings of the sensor"
          unit="per s"
          values={withOwn(RATES, own.samples)}
          value={now.samples}
          text={rateWords}
          onChange={(value) => {
            ask(changed('samples', value, own.samples))
          }}
          onType={(text) => askTyped('samples', text)}
        >
          {`${((now.samples ?? 0) / (now.rate ?? 1)).toFixed(1)} a window${inRun(own.samples)}`}
        </Slider>
      )}
    </>
  )
}

const everyWords = (rate: number): string => `one in ${duration(1 / rate)}`
const inRun = (own: number | undefined): string =>
  own === undefined ? '' : ` · in the run ${rateWords(own)}`

function Chip({ model, settings }: Props) {
  const { own } = model
  const now = resolve(model, settings)
  const reasons = whyNot(model, only(settings, ['sleep', 'start']))
  return (
    <>
      <Choice
        label="Regulator"
        own={own.regulator}
        value={now.regulator}
        options={[
          ['dcdc', 'DC/DC'],
          ['ldo', 'LDO'],
        ]}
        onChange={(regulator) => {
          ask({ regulator })
        }}
      />
      <Field label={`Sleep · in the run ${sleepNames[own.sleep]}`}>
        <select
          class={inputClass}
          value={now.sleep}
          onChange={({ currentTarget: { value } }) => {
            ask({ sleep: value === own.sleep ? undefined : (value as typeof now.sleep) })
          }}
        >
          {Object.entries(sleepNames).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </Field>
      {now.sleep === 'off' && own.sleep !== 'off' && (
        <Slider
          label="Awake from reset to a window’s work"
          unit="s"
          values={ladder(1e-3, 10)}
          value={settings.start}
          text={duration}
          onChange={(start) => {
            ask({ start })
          }}
          onType={(text) => askTyped('start', text)}
        />
      )}
      <Reasons reasons={reasons} />
      <div class={styles['pair']}>
        <Choice
          label="Cache asleep"
          own={own.cache}
          value={now.cache}
          options={onOff}
          onChange={(cache) => {
            ask({ cache })
          }}
        />
        <Choice
          label="HFXO"
          own={own.hfxo}
          value={now.hfxo}
          options={onOff}
          onChange={(hfxo) => {
            ask({ hfxo })
          }}
        />
      </div>
      <Choice
        label="Low-frequency clock"
        own={own.lfclk}
        value={now.lfclk}
        options={lowClocks.map((one) => [one, one] as const)}
        onChange={(lfclk) => {
          ask({ lfclk })
        }}
      />
      {own.peripherals === 'kept' && (
        <Choice
          label="Timers and receivers that keep the clock on"
          own={own.peripherals}
          value={now.peripherals}
          options={[
            ['kept', 'kept'],
            ['stopped', 'stopped'],
          ]}
          onChange={(peripherals) => {
            ask({ peripherals })
          }}
        />
      )}
    </>
  )
}

const sleepNames = {
  busy: 'never, waits in a loop',
  on: 'System ON, low power',
  'constant-latency': 'System ON, constant latency',
  off: 'System OFF, woken from outside',
} as const

const onOff = [
  ['on', 'on'],
  ['off', 'off'],
] as const

/** One of a few, with a dot at what the run had. */
function Choice<Value extends string>({
  label,
  own,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly own: Value | undefined
  readonly value: Value | undefined
  readonly options: readonly (readonly [Value, string])[]
  readonly onChange: (value: Value | undefined) => void
}) {
  return (
    <div class={styles['choice']}>
      <span>
        {label}
        {own !== value &&
          own !== undefined &&
          ` · in the run ${options.find(([one]) => one === own)?.[1] ?? own}`}
      </span>
      <Segments<Value | ''>
        label={label}
        options={options}
        value={value ?? ''}
        onChange={(chosen) => {
          onChange(chosen === '' || chosen === own ? undefined : chosen)
        }}
      />
    </div>
  )
}

const only = (settings: DutySettings, names: readonly (keyof DutySettings)[]): DutySettings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => names.some((one) => one === name)))

const Reasons = ({ reasons }: { readonly reasons: readonly string[] }) =>
  reasons.length === 0 ? null : (
    <p class={styles['reasons']} role="status">
      {reasons.join(' ')}
    </p>
  )

function Sensor({ model, settings }: Props) {
  const { sensor, own } = model
  if (!sensor) return <p class="soft">The run has no motion sensor whose currents are known.</p>
  const now = resolve(model, settings)
  const mode = sensor.modes.modes.find((one) => one.mode === now.sensor)
  const rates = mode ? ratesOf(mode) : []
  const reasons = whyNot(model, only(settings, ['sensor', 'odr', 'between', 'window', 'rate']))
  return (
    <>
      <Field
        label={`${sensor.modes.part}${own.sensor === undefined ? '' : ` · in the run ${titleOf(model, own.sensor)}`}`}
      >
        <select
          class={inputClass}
          value={now.sensor ?? ''}
          onChange={({ currentTarget: { value } }) => {
            const chosen = sensor.modes.modes.find((one) => one.mode === value)
            const first = chosen && ratesOf(chosen).find((hertz) => stateOf(chosen, hertz) !== undefined)
            ask(value === own.sensor ? { sensor: undefined, odr: undefined } : { sensor: value, odr: first })
          }}
        >
          {own.sensor === undefined && <option value="">not known</option>}
          {sensor.modes.modes.map((one) => (
            <option key={one.mode} value={one.mode}>
              {one.title}
            </option>
          ))}
        </select>
      </Field>
      {mode && rates.length > 0 && (
        <Slider
          label="Output data rate"
          unit="Hz"
          values={rates}
          value={now.odr}
          text={(hertz) =>
            `${hertz} Hz${stateOf(mode, hertz) === undefined ? ': its current is unknown' : ''}`
          }
          onChange={(odr) => {
            ask({ odr: odr === own.odr && now.sensor === own.sensor ? undefined : odr })
          }}
          onType={(text) => askTyped('odr', text)}
        >
          {rates
            .map((hertz) => `${hertz}${stateOf(mode, hertz) === undefined ? ' unknown' : ''}`)
            .join(' · ')}
        </Slider>
      )}
      <div class={styles['pair']}>
        <Choice
          label="Between windows"
          own="on"
          value={now.between ?? 'on'}
          options={onOff}
          onChange={(between) => {
            ask({ between })
          }}
        />
        {own.magnetometer !== undefined && (
          <Field label="Magnetometer">
            <select
              class={inputClass}
              value={now.magnetometer ?? ''}
              onChange={({ currentTarget: { value } }) => {
                const chosen = magnetometers.find((one) => one === value)
                ask({ magnetometer: chosen === own.magnetometer ? undefined : chosen })
              }}
            >
              {magnetometers.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </Field>
        )}
      </div>
      {now.between === 'off' && (
        <Slider
          label="A window needs the sensor for"
          unit="s"
          values={ladder(1e-2, 100)}
          value={settings.window}
          text={duration}
          onChange={(window) => {
            ask({ window })
          }}
          onType={(text) => askTyped('window', text)}
        />
      )}
      <Reasons reasons={reasons} />
    </>
  )
}

const titleOf = ({ sensor, own }: DutyModel, mode: string): string =>
  `${sensor?.modes.modes.find((one) => one.mode === mode)?.title ?? mode}${own.odr === undefined ? '' : ` at ${own.odr} Hz`}`

function Lights({ model, settings }: Props) {
  const now = resolve(model, settings)
  if (model.lights.length === 0) return null
  return (
    <div class={styles['choice']}>
      <span>Lights</span>
      <div class={styles['lights']} role="group" aria-label="Lights">
        {model.lights.map((light) => {
          const lit = now.leds[light] ?? 0
          return (
            <label key={light} class={styles['light']}>
              <input
                type="checkbox"
                checked={lit > 0}
                onChange={({ currentTarget: { checked } }) => {
                  ask({ leds: withLight(model, settings, light, checked ? 1 : 0) })
                }}
              />
              {shortLight(light)}
              {lit > 0 && lit < 0.995 ? ` ${Math.round(100 * lit)} %` : ''}
            </label>
          )
        })}
      </div>
    </div>
  )
}

/** Those that are as in the run are not asked for. */
function withLight(
  model: DutyModel,
  { leds }: DutySettings,
  light: string,
  lit: number,
): DutySettings['leds'] {
  const own = model.own.leds[light] ?? 0
  const back = lit > 0 && own > 0 ? own : lit
  const next = Object.entries({ ...leds, [light]: back }).filter(
    ([one, share]) => share !== model.own.leds[one],
  )
  return next.length === 0 ? undefined : Object.fromEntries(next)
}
