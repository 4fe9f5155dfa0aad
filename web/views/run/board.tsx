import type { LedState, PinStates } from '../../../runs/session/protocol.ts'
import { percent } from '../../../runs/report/show/format.ts'
import { Panel } from '../../design/surfaces.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import { pictures, pinLabel, type BoardPicture, type Light, type Pad } from './boards.ts'
import type { Desk } from './desk.ts'
import styles from './board.module.css'

/** The board: its lights glow as they are lit, its pins are as they are, its buttons can be pressed. */
export function BoardPanel({ run, desk }: { readonly run: OpenRun; readonly desk: Desk }) {
  const name = run.facts.value?.board ?? ''
  const picture = pictures[name]
  const past = run.live.value?.cursor !== undefined ? desk.view.value : undefined
  const leds = past?.leds ?? run.live.value?.leds ?? []
  const pins = past?.pins ?? run.live.value?.pins
  return (
    <Panel title={name}>
      {picture && <Picture picture={picture} leds={leds} pins={pins} desk={desk} name={name} />}
      <ul class={styles['lights']}>
        {leds.map(({ name: led, brightness, lit }) => (
          <li key={led}>
            <span
              class={styles['dot']}
              style={{ background: colourOf(picture, led), opacity: glow(brightness, lit) }}
            />
            {led.replace('LED ', '')}
            <span class="soft number">
              {percent(brightness > 0 || lit > 0 ? lit * (brightness || 1) : 0)}
            </span>
          </li>
        ))}
        {leds.length === 0 && <li class="soft">no lights</li>}
      </ul>
    </Panel>
  )
}

const colourOf = (picture: BoardPicture | undefined, led: string): string =>
  picture?.leds.find(({ name }) => name === led)?.colour ?? 'var(--accent)'

/** The eye sees little light as more than it is. */
const glow = (brightness: number, lit: number): number =>
  lit > 0 ? Math.max(0.15, Math.sqrt(lit * (brightness || 1))) : 0.08

function Picture({
  picture,
  leds,
  pins,
  desk,
  name,
}: {
  readonly picture: BoardPicture
  readonly leds: readonly LedState[]
  readonly pins: PinStates | undefined
  readonly desk: Desk
  readonly name: string
}) {
  const { width, height, parts, pads, buttons } = picture
  return (
    <svg
      class={styles['board']}
      viewBox={`-30 -8 ${width + 46} ${height + 16}`}
      role="group"
      aria-label={`${name}, drawn`}
    >
      <rect class={styles['pcb']} x="0" y="0" width={width} height={height} rx="12" />
      {parts.map(({ kind, label, x, y, width: w, height: h }) => (
        <g key={`${x},${y}`} class={styles[kind]}>
          <rect x={x} y={y} width={w} height={h} rx={kind === 'usb' ? 8 : 4} />
          <text x={x + w / 2} y={y + h / 2}>
            {label}
          </text>
        </g>
      ))}
      {pads.map((pad) => (
        <PadOf key={`${pad.x},${pad.y}`} pad={pad} pins={pins} height={height} />
      ))}
      {picture.leds.map((light) => (
        <LightOf key={light.name} light={light} state={leds.find((one) => one.name === light.name)} />
      ))}
      {buttons.map(({ name: button, x, y }) => (
        <ButtonOf key={button} name={button} x={x} y={y} desk={desk} />
      ))}
    </svg>
  )
}

function PadOf({
  pad: { name, pin, x, y },
  pins,
  height,
}: {
  readonly pad: Pad
  readonly pins: PinStates | undefined
  readonly height: number
}) {
  const level = pin === undefined ? undefined : pins?.levels[pin]
  const driven = pin !== undefined && pins?.driven[pin] === 1
  const said =
    pin === undefined
      ? name
      : `${name}, ${pinLabel(pin)}: ${level === 1 ? 'high' : 'low'}, ${driven ? 'driven by the chip' : 'an input'}`
  const below = y > height / 2
  return (
    <g class={styles['pad']} data-level={level} data-driven={driven ? '' : undefined}>
      <title>{said}</title>
      <circle cx={x} cy={y} r="9" />
      <circle cx={x} cy={y} r="4.5" class={styles['hole']} />
      <text x={x} y={below ? y - 15 : y + 20}>
        {name}
      </text>
    </g>
  )
}

const LightOf = ({
  light: { name, label, colour, x, y },
  state,
}: {
  readonly light: Light
  readonly state: LedState | undefined
}) => {
  const strength = state ? glow(state.brightness, state.lit) : 0.08
  return (
    <g class={styles['light']}>
      <title>{`${name}: ${percent(state && state.lit > 0 ? state.lit * (state.brightness || 1) : 0)} lit`}</title>
      <circle cx={x} cy={y} r="20" fill={colour} opacity={strength * 0.35} class={styles['halo']} />
      <rect
        x={x - 7}
        y={y - 5}
        width="14"
        height="10"
        rx="2"
        fill={colour}
        opacity={Math.max(0.25, strength)}
      />
      <text x={x} y={y + 21}>
        {label}
      </text>
    </g>
  )
}

function ButtonOf({
  name,
  x,
  y,
  desk,
}: {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly desk: Desk
}) {
  const press = (isPressed: boolean): void => {
    desk.press(name, isPressed)
  }
  const isPressed = desk.pressed.value.has(name)
  return (
    <g
      class={styles['button']}
      role="button"
      tabIndex={0}
      aria-pressed={isPressed}
      aria-label={name}
      onPointerDown={({ currentTarget, pointerId }) => {
        currentTarget.setPointerCapture(pointerId)
        press(true)
      }}
      onPointerUp={() => {
        press(false)
      }}
      onPointerCancel={() => {
        press(false)
      }}
      onKeyDown={(event) => {
        if ((event.key !== ' ' && event.key !== 'Enter') || event.repeat) return
        event.preventDefault()
        press(true)
      }}
      onKeyUp={() => {
        if (isPressed) press(false)
      }}
    >
      <title>{`${name}: hold to press`}</title>
      <rect x={x - 20} y={y - 20} width="40" height="40" rx="4" />
      <circle cx={x} cy={y} r="12" />
      <text x={x} y={y + 4}>
        {name.replace('Button ', '')}
      </text>
    </g>
  )
}
