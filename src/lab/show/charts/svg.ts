import type { EChartsOption } from 'echarts'
import { markup } from '../html-text.ts'
import type { Plot } from './bars.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  /** Unique in the page that the picture goes into. */
  readonly id: string
  readonly title: string
  readonly description: string
}

/** Drawn by echarts without a DOM. The same option gives the same bytes, whatever was drawn before. */
export async function drawSvg(option: Plot, picture: Picture): Promise<string> {
  const { init } = await charting()
  const { width, height } = picture
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ ...option, animation: false, silent: true } as EChartsOption)
    return ours(chart.renderToSVGString(), picture)
  } finally {
    chart.dispose()
  }
}

let loaded: Promise<typeof import('echarts/core')> | undefined

/** Loaded when the first plot is drawn: it takes half a second. */
function charting(): Promise<typeof import('echarts/core')> {
  loaded ??= (async () => {
    const [core, charts, components, renderers] = await Promise.all([
      import('echarts/core'),
      import('echarts/charts'),
      import('echarts/components'),
      import('echarts/renderers'),
    ])
    core.use([
      charts.BarChart,
      charts.LineChart,
      charts.ScatterChart,
      components.GraphicComponent,
      components.GridComponent,
      renderers.SVGRenderer,
    ])
    return core
  })()
  return loaded
}

/**
 * echarts numbers its instances, and so the ids of its clip paths, over the life of the process; what it adds for
 * scripts and pointers has no use here.
 */
function ours(drawn: string, { width, height, id, title, description }: Picture): string {
  const content = drawn
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<style\s*><!\[CDATA\[[^]*?\]\]>\s*<\/style>/g, '')
    .replace(/<rect [^>]*fill="(?:none|transparent)"[^>]*><\/rect>\n?/, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+|xml:space)="[^"]*"/g, '')
    .replace(/(url\(#|id=")zr\d+-/g, `$1${id}-`)
    .replace(/<defs\s*>\s*<\/defs>/g, '')
    .trim()
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-labelledby="${id}-title ${id}-description">\n` +
    `<title id="${id}-title">${markup(title)}</title>\n` +
    `<desc id="${id}-description">${markup(description)}</desc>\n${content}\n</svg>`
  )
}
