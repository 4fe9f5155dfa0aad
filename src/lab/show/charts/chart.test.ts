import { describe, expect, it } from 'vitest'
import type { Axis, Chart } from '../../../../runs/lab-report/lab-report.ts'
import { chartTable, plotted, titleWithin } from '../../../../runs/lab-report/charts/chart-data.ts'
import { drawChart, NARROW, WIDE } from './chart.ts'
import { cut, cutMiddle, inLines, placeLabels, textWidth } from '../../../../runs/lab-report/charts/labels.ts'
import { scaleFor } from '../../../../runs/lab-report/charts/scale.ts'

const axis = (scale: Axis['scale'], unit: Axis['unit'] = ''): Axis => ({ title: 'a', unit, scale })
const options = { zero: false, ticks: 6 }

describe('axes', () => {
  it.each([
    [[88.3, 97.9], axis('linear', '%'), 88, 98, [88, 90, 92, 94, 96, 98]],
    [[79.2, 98.7], axis('linear', '%'), 75, 100, [75, 80, 85, 90, 95, 100]],
    [[0.01, 0.052], axis('linear'), 0.01, 0.06, [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]],
    [[121.7, 3420], axis('log', 'us'), 100, 4000, [100, 200, 500, 1000, 2000]],
    [[1000, 40_000_000], axis('log', 'us'), 1000, 40_000_000, [1e3, 1e4, 1e5, 1e6, 1e7]],
    [[7], axis('log'), 6, 8, [6, 8]],
    [[7], axis('linear'), 6, 8, [6, 8]],
    [[0, 0], axis('linear'), 0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[], axis('linear'), 0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[-3, 0, NaN], axis('log'), 1, 10, [1, 2, 5, 10]],
    [
      [44_700, 144_844],
      axis('log', 'B'),
      40_000,
      150_000,
      [40_000, 50_000, 60_000, 80_000, 100_000, 150_000],
    ],
  ])('%j, %o: from %d to %d', (values, of, min, max, ticks) => {
    const scale = scaleFor(values, of, options)
    expect([scale.min, scale.max]).toEqual([min, max])
    if (values.length !== 1) expect(scale.ticks).toEqual(ticks)
    for (const value of values.filter((one) => Number.isFinite(one) && (!scale.log || one > 0))) {
      expect(scale.share(value)).toBeGreaterThanOrEqual(0)
      expect(scale.share(value)).toBeLessThanOrEqual(1)
      expect(scale.at(scale.share(value)) / (value || 1)).toBeCloseTo(value === 0 ? 0 : 1, 9)
    }
  })

  it('keep their unit where the name is cut', () => {
    const long = { title: 'preprocessing and inference of one window', unit: 'us', scale: 'log' } as const
    expect(titleWithin(long, 400)).toBe('preprocessing and inference of one window, µs')
    const short = titleWithin(long, 150)
    expect(short).toMatch(/^preprocessing.*…, µs$/)
    expect(textWidth(short)).toBeLessThanOrEqual(150)
  })

  it('begin at zero under bars', () => {
    expect(scaleFor([40, 60], axis('linear'), { zero: true, ticks: 6 }).min).toBe(0)
  })
})

describe('labels', () => {
  const plot = { left: 0, top: 0, width: 400, height: 200 }

  it('lie over no other and inside the plot, however close their points', () => {
    const requests = Array.from({ length: 14 }, (_, index) => ({
      text: `point ${index}`,
      x: 200 + index,
      y: 100,
    }))
    const placed = placeLabels(requests, [], plot)
    expect(placed.length).toBeGreaterThanOrEqual(6)
    for (const [index, { box }] of placed.entries()) {
      expect(
        box.left >= 0 && box.top >= 0 && box.left + box.width <= 400 && box.top + box.height <= 200,
      ).toBe(true)
      for (const { box: other } of placed.slice(index + 1)) {
        const apart =
          box.left + box.width <= other.left ||
          other.left + other.width <= box.left ||
          box.top + box.height <= other.top ||
          other.top + other.height <= box.top
        expect(apart).toBe(true)
      }
    }
  })

  it('stay by their point, over bars if need be', () => {
    const bars = Array.from({ length: 40 }, (_, index) => ({
      left: 5 * index,
      top: 0,
      width: 2,
      height: 200,
    }))
    const [placed] = placeLabels([{ text: '7', x: 100, y: 100 }], bars, plot)
    expect(placed?.leader).toBeNull()
    expect(Math.abs((placed?.box.left ?? 0) - 100)).toBeLessThanOrEqual(14)
  })

  it('leave out what has no room rather than cover another', () => {
    expect(placeLabels([{ text: 'wider than all of it', x: 5, y: 5 }], [], { ...plot, width: 40 })).toEqual(
      [],
    )
  })

  it('are cut and broken by their width', () => {
    expect(cut('short', 100)).toBe('short')
    expect(textWidth(cut('W'.repeat(200), 100))).toBeLessThanOrEqual(100)
    expect(inLines('one two three four', textWidth('one two th'), 3)).toEqual(['one two', 'three', 'four'])
    expect(inLines('x'.repeat(100), 50, 2)).toHaveLength(1)
    expect(cutMiddle('tflite::comparisons::NotEqualEval', 120)).toMatch(/^tflite::.*….*Eval$/)
  })
})

describe('plots', () => {
  const chart: Chart = {
    title: 'a plot',
    kind: 'bars',
    x: { title: '', unit: '', scale: 'category' },
    y: { title: 'time', unit: 'us', scale: 'log' },
    series: [
      {
        name: 'one',
        points: [
          { x: 'a', y: 3, interval: [2, 5] },
          { x: 'b', y: 0 },
        ],
      },
    ],
  }

  it('draw error bars from end to end', async () => {
    const drawn = await drawChart({ ...chart, y: { ...chart.y, scale: 'linear' } }, WIDE, 'p')
    // From 2 to 5 on an axis from 0 to 5: three fifths of its width, up to its end.
    const [, axisFrom = '', axisTo = ''] =
      /d="M([\d.]+) [\d.]+L([\d.]+) /.exec(drawn.replace(/d="M([\d.]+) [\d.]+L\1 /g, '')) ?? []
    const bars = [...drawn.matchAll(/d="M([\d.]+) ([\d.]+)L([\d.]+) \2"/g)].map(
      ([, a, , b]) => Number(b) - Number(a),
    )
    const ticks = [...drawn.matchAll(/transform="translate\(([\d.]+) [\d.]+\)"[^>]*>(\d+)</g)]
    const at = (tick: string): number => Number(ticks.find(([, , text]) => text === tick)?.[1])
    expect(
      bars.some((length) => Math.abs(length - (at('5') - at('2'))) < 1),
      `${axisFrom} ${axisTo}`,
    ).toBe(true)
    // Drawn after the bar: the lower half lies in its fill.
    expect(drawn.lastIndexOf('stroke="var(--text)"')).toBeGreaterThan(
      drawn.lastIndexOf('fill="var(--series-1)"'),
    )
    expect(drawn).toContain('fill="var(--series-1)"')
  })

  it('say in figures what a logarithmic axis cannot show', async () => {
    const drawn = await drawChart(chart, WIDE, 'p')
    expect(drawn).toMatch(/>0</)
    expect(drawn).not.toContain('NaN')
    expect(drawn).not.toContain('Infinity')
  })

  it.each(['bars', 'points', 'stacked-bars'] as const)(
    '%s: none of the kinds needs a series or a point',
    async (kind) => {
      for (const series of [[], [{ name: 'one', points: [] }]])
        for (const scale of ['linear', 'log', 'category'] as const)
          for (const size of [WIDE, NARROW]) {
            const drawn = await drawChart({ ...chart, kind, series, x: { ...chart.x, scale } }, size, 'p')
            expect(drawn).not.toMatch(/NaN|Infinity/)
          }
    },
  )

  it('put the small parts of a stack together, in the order of what they are', () => {
    const series = Array.from({ length: 9 }, (_, index) => ({
      name: `part ${index}`,
      points: [
        { x: 'a', y: index },
        { x: 'b', y: index === 0 ? 100 : 1 },
      ],
    }))
    const shown = plotted({ ...chart, kind: 'stacked-bars', series })
    expect(shown.series.map(({ name }) => name)).toEqual([
      'part 0',
      'part 8',
      'part 7',
      'part 6',
      'part 5',
      '4 others',
    ])
    expect(shown.series.at(-1)?.points).toEqual([
      { x: 'a', y: 1 + 2 + 3 + 4 },
      { x: 'b', y: 4 },
    ])
    expect(plotted(chart)).toBe(chart)
    expect(chartTable({ ...chart, kind: 'stacked-bars', series }).rows).toHaveLength(18)
  })

  it('leave room for the first and the last figure of an axis', async () => {
    const wide: Chart = {
      ...chart,
      y: { title: 'time', unit: 'us', scale: 'linear' },
      series: [
        {
          name: 'one',
          points: [
            { x: 'a', y: 1_200_000 },
            { x: 'b', y: 1_300_000 },
          ],
        },
      ],
    }
    for (const size of [WIDE, NARROW]) {
      const drawn = await drawChart(wide, size, 'p')
      const ticks = [...drawn.matchAll(/text-anchor="middle"[^>]*translate\(([\d.]+) [^>]*>([\d\u202f]+)</g)]
      expect(ticks.length).toBeGreaterThan(1)
      for (const [, middle, text = ''] of ticks) {
        expect(Number(middle)).toBeGreaterThanOrEqual(textWidth(text) / 2)
        expect(Number(middle)).toBeLessThanOrEqual(size.width - textWidth(text) / 2)
      }
    }
  })

  it('have ids of their own', async () => {
    const lines: Chart = {
      ...chart,
      kind: 'points',
      x: { title: 'x', unit: '', scale: 'linear' },
      series: [
        {
          name: 'one',
          line: true,
          points: [
            { x: 1, y: 2 },
            { x: 2, y: 3 },
          ],
        },
      ],
    }
    const drawn = await drawChart(lines, WIDE, 'here')
    for (const [, id = ''] of drawn.matchAll(/ id="([^"]*)"/g)) expect(id).toMatch(/^here-/)
    for (const [, id = ''] of drawn.matchAll(/url\(#([^)]*)\)/g)) expect(drawn).toContain(`id="${id}"`)
    expect(drawn).not.toMatch(/zr\d|ecmeta|class=/)
  })

  it('have their figures as a table', () => {
    expect(chartTable(chart)).toEqual({
      title: 'a plot',
      columns: [
        { title: 'what', number: false },
        { title: 'time', number: true },
      ],
      rows: [
        ['a', { value: 3, unit: 'us', interval: [2, 5] }],
        ['b', { value: 0, unit: 'us', interval: null }],
      ],
    })
  })
})
