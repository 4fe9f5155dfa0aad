/** What of time is in view: cycles, at any precision that a double has. */
export interface Camera {
  /** At the left edge. */
  readonly from: number
  readonly perPixel: number
}

export interface Extent {
  readonly from: number
  readonly to: number
}

/** At the closest a cycle is so many pixels wide. */
const PIXELS_PER_CYCLE = 64
/** Of the width, left empty beside the run where all of it is in view. */
const MARGIN = 0.015

export const cycleAt = ({ from, perPixel }: Camera, x: number): number => from + x * perPixel

export const pixelAt = ({ from, perPixel }: Camera, cycle: number): number => (cycle - from) / perPixel

export const visible = (camera: Camera, width: number): Extent => ({
  from: camera.from,
  to: cycleAt(camera, width),
})

/** All of a stretch, with a margin. */
export function fitted({ from, to }: Extent, width: number, margin = MARGIN): Camera {
  const cycles = Math.max(to - from, 1)
  const perPixel = Math.max(cycles / (width * (1 - 2 * margin)), 1 / PIXELS_PER_CYCLE)
  return { from: from + cycles / 2 - (perPixel * width) / 2, perPixel }
}

/** Never further out than all of the run, never closer than a cycle can be seen, and always some of the run in view. */
export function clamped({ from, perPixel }: Camera, run: Extent, width: number): Camera {
  const whole = fitted(run, width)
  const scale = Math.min(Math.max(perPixel, 1 / PIXELS_PER_CYCLE), whole.perPixel)
  if (scale === whole.perPixel) return whole
  const margin = MARGIN * width * scale
  const last = Math.max(run.to + margin - width * scale, run.from - margin)
  return { from: Math.min(Math.max(from, run.from - margin), last), perPixel: scale }
}

/** The cycle at `x` stays where it is. @param factor below 1 goes closer */
export function zoomed(camera: Camera, x: number, factor: number, run: Extent, width: number): Camera {
  const fixed = cycleAt(camera, x)
  const perPixel = clamped({ ...camera, perPixel: camera.perPixel * factor }, run, width).perPixel
  return clamped({ from: fixed - x * perPixel, perPixel }, run, width)
}

export const panned = (camera: Camera, pixels: number, run: Extent, width: number): Camera =>
  clamped({ ...camera, from: camera.from + pixels * camera.perPixel }, run, width)

/** The power of two of cycles that a column has: at most a pixel. */
export const columnOf = (perPixel: number): number => Math.max(2 ** Math.floor(Math.log2(perPixel)), 1)

/** What is loaded for what is in view: three times of it, at multiples of half of that. */
export function windowAround({ from, to }: Extent, run: Extent): Extent {
  const step = Math.max(2 ** Math.ceil(Math.log2(to - from)) / 2, 1)
  return {
    from: Math.max(Math.floor((from - (to - from)) / step) * step, run.from),
    to: Math.min(Math.ceil((to + (to - from)) / step) * step, run.to),
  }
}

/** Whether what is in view is in what is loaded, as finely as it can be seen. */
export const holds = (
  loaded: Extent & { readonly column: number },
  view: Extent,
  run: Extent,
  column: number,
): boolean => {
  const reach = (view.to - view.from) / 4
  return (
    loaded.column <= column &&
    loaded.column * 4 > column &&
    (loaded.from <= view.from - reach || loaded.from <= run.from) &&
    (loaded.to >= view.to + reach || loaded.to >= run.to)
  )
}
