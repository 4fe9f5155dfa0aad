import type { Drawing } from '../../../../emulator/timeline/drawn/drawn.ts'
import { lastAtOrBefore } from '../model/lookup.ts'
import type { TrackRow } from '../model/rows.ts'
import { currentTick, lasting } from '../model/text.ts'
import { levelTicks, ticksIn, type Tick } from '../model/ticks.ts'
import { RULER, type TimelineState } from '../state/timeline-state.ts'
import type { Colours } from './colours.ts'
import { paintOf } from '../model/lanes.ts'
import { partsOf, type Part } from './scene.ts'
import { fractionOf } from './surface.ts'

const TICK_DISTANCE = 96
const LABEL_LEAST = 26
const SMALL = 11

/** All that is text or lies over the rows: the ruler, names in spans, axes, the selection, markers and the pointer. */
export class Overlay {
  readonly #under: CanvasRenderingContext2D
  readonly #context: CanvasRenderingContext2D
  #ratio = 1
  #colours: Colours | undefined
  readonly #widths = new Map<string, number>()

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly under: HTMLCanvasElement,
    private readonly state: TimelineState,
    private readonly nameOf: (row: TrackRow, name: string) => string,
  ) {
    this.#context = contextOf(canvas)
    this.#under = contextOf(under)
  }

  setColours(colours: Colours): void {
    this.#colours = colours
    this.#widths.clear()
  }

  resize(width: number, height: number, ratio: number): void {
    this.#ratio = ratio
    for (const one of [this.canvas, this.under]) {
      one.width = Math.round(width * ratio)
      one.height = Math.round(height * ratio)
    }
  }

  draw(): void {
    const colours = this.#colours
    if (!colours) return
    const { state } = this
    const context = this.#context
    const [width, height] = [state.width.value, state.height.value]
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    context.font = `500 ${SMALL}px ${colours.sans}`
    context.textBaseline = 'middle'
    const { pinned, pinnedHeight, rows } = state.rows.value
    const { ticks, base } = ticksIn(
      state.view.value.from,
      state.view.value.to,
      state.camera.value.perPixel * TICK_DISTANCE,
    )
    this.#grid(colours, ticks, height)
    this.#stretches(colours, height)
    context.save()
    context.beginPath()
    context.rect(0, RULER + pinnedHeight, width, height)
    context.clip()
    for (const row of rows) if (row.kind === 'track') this.#row(colours, row, height)
    context.restore()
    for (const row of pinned) this.#row(colours, row, height)
    if (pinned.length > 0) this.#line(colours.css.line, RULER + pinnedHeight, width)
    this.#ruler(colours, ticks, base, width)
    this.#markers(colours, height)
    this.#pointer(colours, height)
  }

  #line(colour: string, y: number, width: number): void {
    this.#context.fillStyle = colour
    this.#context.fillRect(0, Math.round(y) - 0.5, width, 1)
  }

  #grid(colours: Colours, ticks: readonly Tick[], height: number): void {
    const context = this.#under
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0)
    context.clearRect(0, 0, this.state.width.value, height)
    context.fillStyle = colours.css.line
    for (const { cycle, isMajor } of ticks) {
      context.globalAlpha = isMajor ? 0.8 : 0.45
      context.fillRect(Math.round(this.state.pixelOf(cycle)), RULER, 1, height - RULER)
    }
    context.globalAlpha = 1
  }

  #ruler(colours: Colours, ticks: readonly Tick[], base: string, width: number): void {
    const context = this.#context
    const { css } = colours
    context.textAlign = 'left'
    context.fillStyle = css['ink-soft']
    let free = base === '' ? 0 : context.measureText(base).width + 20
    for (const { cycle, label, isMajor } of ticks) {
      const x = this.state.pixelOf(cycle)
      context.fillStyle = css['line-strong']
      context.fillRect(Math.round(x), RULER - (isMajor ? 9 : 6), 1, isMajor ? 9 : 6)
      if (x < free - 4) continue
      context.fillStyle = css['ink-soft']
      context.fillText(label, x + 5, RULER / 2)
      free = x + this.#widthOf(label) + 12
    }
    if (base !== '') {
      context.fillStyle = css.ink
      context.font = `600 ${SMALL}px ${colours.sans}`
      context.fillText(base, 6, RULER / 2)
      context.font = `500 ${SMALL}px ${colours.sans}`
    }
    this.#line(css.line, RULER, width)
  }

  #widthOf(text: string): number {
    let width = this.#widths.get(text)
    if (width === undefined) {
      width = this.#context.measureText(text).width
      if (this.#widths.size > 5000) this.#widths.clear()
      this.#widths.set(text, width)
    }
    return width
  }

  /** The selection, and regions that are kept. */
  #stretches(colours: Colours, height: number): void {
    const context = this.#context
    const { state } = this
    const { width } = state
    for (const { fromCycle, toCycle, name } of state.names.all.value) {
      const [x0, x1] = [state.pixelOf(fromCycle), state.pixelOf(toCycle ?? fromCycle)]
      if (x1 < -200 || x0 > width.value) continue
      if (toCycle === null) {
        this.#moment(colours, name, x0, height)
        continue
      }
      context.fillStyle = colours.css.warn
      context.globalAlpha = 0.09
      context.fillRect(x0, RULER, x1 - x0, height - RULER)
      context.globalAlpha = 1
      context.fillRect(x0, RULER, Math.max(x1 - x0, 1), 2)
      const left = Math.max(x0, 0) + 5
      context.textAlign = 'left'
      this.#label(colours, name, left - 5, Math.min(x1, width.value) + 2, RULER + 9, colours.css.warn)
    }
    const selection = state.selection.value
    if (!selection) return
    const [x0, x1] = [state.pixelOf(selection.from), state.pixelOf(selection.to)]
    context.fillStyle = colours.css.accent
    context.globalAlpha = 0.13
    context.fillRect(x0, 0, x1 - x0, height)
    context.globalAlpha = 1
    context.fillRect(Math.round(x0) - 0.5, 0, 1, height)
    context.fillRect(Math.round(x1) - 0.5, 0, 1, height)
  }

  /** A flag with its name. */
  #moment(colours: Colours, name: string, x: number, height: number): void {
    const context = this.#context
    const width = this.#widthOf(name) + 10
    context.fillStyle = colours.css.warn
    context.fillRect(Math.round(x) - 0.5, RULER, 1, height - RULER)
    context.beginPath()
    context.roundRect(x, RULER + 1, width, 15, [0, 4, 4, 0])
    context.fill()
    context.fillStyle = colours.css.surface
    context.textAlign = 'left'
    context.fillText(name, x + 5, RULER + 9)
  }

  /** Between the two markers, how far they are from each other. */
  #gap(colours: Colours): void {
    const [a, b] = this.state.markers.value
    if (a === undefined || b === undefined) return
    const context = this.#context
    const [left, right] = [Math.min(a, b), Math.max(a, b)].map((cycle) => this.state.pixelOf(cycle))
    if (left === undefined || right === undefined || right < 0 || left > this.state.width.value) return
    const [from, to] = [Math.max(left, 0), Math.min(right, this.state.width.value)]
    context.fillStyle = colours.css.bad
    context.fillRect(from, RULER - 4, to - from, 2)
    const text = lasting(Math.abs(b - a))
    const width = this.#widthOf(text) + 10
    if (to - from < width + 24) return
    const middle = (from + to) / 2
    context.fillStyle = colours.css.surface
    context.fillRect(middle - width / 2, 4, width, RULER - 10)
    context.fillStyle = colours.css.bad
    context.textAlign = 'center'
    context.fillText(text, middle, RULER / 2 - 1)
  }

  #markers(colours: Colours, height: number): void {
    const context = this.#context
    this.#gap(colours)
    this.state.markers.value.forEach((cycle, i) => {
      const x = this.state.pixelOf(cycle)
      context.fillStyle = colours.css.bad
      context.fillRect(Math.round(x) - 0.5, 0, 1, height)
      context.beginPath()
      context.roundRect(x - 8, 3, 16, 15, 4)
      context.fill()
      context.fillStyle = colours.css.surface
      context.textAlign = 'center'
      context.fillText(i === 0 ? 'A' : 'B', x, 11)
    })
    context.textAlign = 'left'
  }

  #pointer(colours: Colours, height: number): void {
    const hover = this.state.hover.value
    if (!hover) return
    this.#context.fillStyle = colours.css['ink-soft']
    this.#context.globalAlpha = 0.7
    this.#context.fillRect(Math.round(this.state.pixelOf(hover.cycle)), 0, 1, height)
    this.#context.globalAlpha = 1
  }

  #row(colours: Colours, row: TrackRow, height: number): void {
    const top = this.state.topOf(row)
    if (top > height || top + row.height < RULER) return
    const source = this.state.sourceOf(row.run)
    if (!source) return
    const { near, all } = source.loader
    const view = this.state.view.value
    const isNear =
      near && near.from + source.offset <= view.from + (view.to - view.from) / 2 && near.drawings[row.info.id]
    const drawing = (isNear ? near : all)?.drawings[row.info.id]
    if (!drawing) return
    if (drawing.kind === 'level') this.#axis(colours, row, partsOf(this.state, source, row)[0])
    else if (drawing.kind === 'lines')
      for (const part of partsOf(this.state, source, row)) {
        this.#axis(colours, row, part)
        this.#legend(colours, part)
      }
    else if (drawing.kind === 'state') this.#states(colours, row, drawing, top, source.offset)
    else this.#spans(colours, row, drawing, top, source.offset)
  }

  #axis(colours: Colours, row: TrackRow, part: Part | undefined): void {
    if (!part) return
    const { axis, top, height } = part
    const context = this.#context
    const { low, high, isLogarithmic } = axis
    const isCurrent = row.info.unit === 'pA'
    const values = isLogarithmic
      ? Array.from({ length: Math.floor(high) - low + 1 }, (_, i) => 10 ** (low + i))
      : isCurrent
        ? low < 0
          ? levelTicks(high, 1.6)
              .flatMap((one) => (one === 0 ? [0] : [one, -one]))
              .sort((one, other) => one - other)
          : levelTicks(high, height > 80 ? 4 : 1.6)
        : farthest(low, high)
    const width = this.state.width.value
    let free = Infinity
    for (const value of values) {
      const y = top + (1 - fractionOf(value, axis)) * height
      if (height > 80 || (!isCurrent && value === 0)) {
        if (row.isPinned || y > RULER + this.state.rows.value.pinnedHeight) {
          this.#under.fillStyle = colours.css.line
          this.#under.fillRect(0, Math.round(y), width, 1)
        }
      }
      if ((value === 0 && low >= 0) || y > free - 13 || y < top + 5) continue
      free = y
      const label = isCurrent ? currentTick(value) : value === 0 ? '0' : `${value} ${part.lane?.unit ?? ''}`
      const size = this.#widthOf(label)
      context.fillStyle = colours.css.surface
      context.globalAlpha = 0.78
      context.fillRect(width - size - 10, y - 7, size + 8, 14)
      context.globalAlpha = 1
      context.fillStyle = colours.css['ink-soft']
      context.textAlign = 'right'
      context.fillText(label, width - 6, y)
      context.textAlign = 'left'
    }
  }

  /** What the lines of a lane are called, in their colours. */
  #legend(colours: Colours, { lane, top }: Part): void {
    const context = this.#context
    let x = 6
    lane?.lines.forEach(({ name }, i) => {
      const width = this.#widthOf(name)
      context.fillStyle = colours.css.surface
      context.globalAlpha = 0.78
      context.fillRect(x - 2, top, width + 4, 13)
      context.globalAlpha = 1
      context.fillStyle = colours.kinds[paintOf(i)] ?? colours.css.ink
      context.fillText(name, x, top + 7)
      x += width + 8
    })
  }

  #states(
    colours: Colours,
    row: TrackRow,
    drawing: Extract<Drawing, { kind: 'state' }>,
    top: number,
    offset: number,
  ): void {
    const { begins, ends, states, state, busy, whole } = drawing
    this.#eachWide(begins, ends, offset, (i, x0, x1) => {
      if (whole[i] !== 1 || (busy[i] ?? 0) === 0) return
      this.#label(
        colours,
        states[state[i] ?? 0] ?? '',
        x0,
        x1,
        top + row.height / 2,
        isQuiet(row) ? colours.css.ink : colours.css.surface,
      )
    })
  }

  #spans(
    colours: Colours,
    row: TrackRow,
    drawing: Extract<Drawing, { kind: 'spans' | 'marks' }>,
    top: number,
    offset: number,
  ): void {
    const { kind, begins, ends, name, depth, depths, names, texts } = drawing
    const lane = row.height / depths
    if (kind === 'spans') {
      this.#eachWide(begins, ends, offset, (i, x0, x1) => {
        const shown = this.nameOf(row, names[name[i] ?? 0] ?? '')
        this.#label(colours, shown, x0, x1, top + ((depth[i] ?? 0) + 0.5) * lane, colours.css.surface)
      })
      return
    }
    // Beside a mark stands what it says, where the next leaves room for it.
    const width = this.state.width.value
    const first = Math.max(lastAtOrBefore(begins, this.state.view.value.from - offset), 0)
    for (let i = first; i < begins.length; i++) {
      const x = this.state.pixelOf((begins[i] ?? 0) + offset)
      if (x > width) return
      const end = this.state.pixelOf((ends[i] ?? 0) + offset)
      if (end < -2) continue
      const next = i + 1 < begins.length ? this.state.pixelOf((begins[i + 1] ?? 0) + offset) : width
      const text = texts[i] ?? ''
      const shown = text === '' ? (names[name[i] ?? 0] ?? '') : text
      if (end - x > LABEL_LEAST) {
        const middle = top + row.height / 2
        this.#label(colours, shown, Math.max(x, 0), Math.min(end, width), middle, colours.css.surface)
        continue
      }
      if (next - x > LABEL_LEAST + 14)
        this.#label(colours, shown, x + 2, next - 4, top + row.height / 2, colours.css.ink)
    }
  }

  /** Those in view that have room for a name. */
  #eachWide(
    begins: Float64Array,
    ends: Float64Array,
    offset: number,
    each: (i: number, x0: number, x1: number) => void,
  ): void {
    const { state } = this
    const { from, to } = state.view.value
    const least = state.camera.value.perPixel * LABEL_LEAST
    const width = state.width.value
    for (let i = 0; i < begins.length; i++) {
      const [begin, end] = [(begins[i] ?? 0) + offset, (ends[i] ?? 0) + offset]
      if (begin > to) return
      if (end < from || end - begin < least) continue
      const [x0, x1] = [Math.max(state.pixelOf(begin), 0), Math.min(state.pixelOf(end), width)]
      if (x1 - x0 >= LABEL_LEAST) each(i, x0, x1)
    }
  }

  #label(colours: Colours, text: string, x0: number, x1: number, y: number, colour: string): void {
    const context = this.#context
    const room = x1 - x0 - 9
    let shown = text
    if (this.#widthOf(text) > room) {
      const per = this.#widthOf(text) / text.length
      const letters = Math.floor((room - 8) / per)
      if (letters < 2) return
      shown = `${text.slice(0, letters)}…`
    }
    context.fillStyle = colour
    context.fillText(shown, x0 + 5, y + 0.5)
  }
}

/** Nothing, and a round value above and below, as far as they are on an axis. */
const farthest = (low: number, high: number): readonly number[] => {
  const round = (most: number): number => (most > 0 ? (levelTicks(most, 2)[1] ?? 0) : 0)
  const values = new Set([-round(-low), 0, round(high)])
  return [...values].filter((one) => one >= low && one <= high).sort((one, other) => one - other)
}

const isQuiet = ({ info }: TrackRow): boolean => info.id === 'cache' || info.group === 'pins'

const contextOf = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser draws on no canvas')
  return context
}
