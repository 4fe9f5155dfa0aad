import { SERIES_COLOURS } from '../../../runs/lab-report/charts/chart-data.ts'

const light = {
  text: '#1c2127',
  muted: '#5b6570',
  faint: '#9aa3ad',
  grid: '#e3e6ea',
  panel: '#ffffff',
  page: '#f6f7f9',
  line: '#d5dae0',
  link: '#1558b0',
  code: '#eef1f4',
  holds: '#136c3a',
  'holds-back': '#e2f3e8',
  depends: '#7a5200',
  'depends-back': '#fbf0d4',
  'does-not-hold': '#a3211b',
  'does-not-hold-back': '#fbe6e4',
}

const dark: typeof light = {
  text: '#e5e9ee',
  muted: '#9aa5b1',
  faint: '#66707b',
  grid: '#2d343c',
  panel: '#191d22',
  page: '#101316',
  line: '#343c45',
  link: '#7fb2f5',
  code: '#22272e',
  holds: '#7fd6a0',
  'holds-back': '#16321f',
  depends: '#eac26b',
  'depends-back': '#37290b',
  'does-not-hold': '#f49a92',
  'does-not-hold-back': '#3f1916',
}

/** Told apart with any colour vision, on either ground; after Okabe and Ito, darkened or lightened for contrast. */
const seriesLight = ['#0067a8', '#c25400', '#00805c', '#a6478a', '#7a6a00', '#55606c']
const seriesDark = ['#5db3ee', '#f0914d', '#3fc49a', '#dc8fc6', '#d9c64a', '#a5afba']

const variables = (colours: Readonly<Record<string, string>>, series: readonly string[]): string =>
  [
    ...Object.entries(colours).map(([name, value]) => `--${name}:${value};`),
    ...series.slice(0, SERIES_COLOURS).map((value, index) => `--series-${index + 1}:${value};`),
  ].join('')

/** Both colour schemes; `of` is what the variables are set on. */
export const colourScheme = (of: string): string =>
  `${of}{color-scheme:light dark;${variables(light, seriesLight)}}\n` +
  `@media (prefers-color-scheme:dark){${of}{${variables(dark, seriesDark)}}}\n`

/** A shade at an edge beyond which a table goes on: covers that move with it hide the shade where it ends. */
const edges = [
  'linear-gradient(to right,var(--panel) 40%,transparent) left/3rem 100% no-repeat',
  'linear-gradient(to left,var(--panel) 40%,transparent) right/3rem 100% no-repeat',
  'linear-gradient(to right,var(--faint),transparent) left/.9rem 100% no-repeat',
  'linear-gradient(to left,var(--faint),transparent) right/.9rem 100% no-repeat',
].join(',')

export const styleSheet = `${colourScheme(':root')}
@media print{:root{${variables(light, seriesLight)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--link)}
.layout{display:grid;grid-template-columns:minmax(0,1fr);max-width:76rem;margin:0 auto;padding:0 1rem 4rem}
header,main,nav,footer{min-width:0}
h1{font-size:1.9rem;line-height:1.2;margin:2rem 0 .25rem;letter-spacing:-.01em}
h2{font-size:1.35rem;line-height:1.3;margin:0 0 .5rem;letter-spacing:-.005em}
h3{font-size:1rem;margin:1.75rem 0 .5rem}
p{margin:.5rem 0}
.lead{color:var(--muted);margin:0 0 1.5rem}
main>section{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:1.25rem 1.25rem 1.5rem;margin:0 0 1.25rem}
.number{color:var(--muted);font-weight:400;margin-right:.6rem}
.scroll{overflow-x:auto;margin:.75rem -1.25rem;padding:0 1.25rem;background:${edges};background-attachment:local,local,scroll,scroll}
.scroll:focus-visible{outline:2px solid var(--link);outline-offset:-2px}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4}
caption{text-align:left;font-weight:600;padding:0 0 .35rem}
th,td{text-align:left;padding:.4rem 1rem .4rem 0;vertical-align:top;border-bottom:1px solid var(--grid)}
th:last-child,td:last-child{padding-right:0}
thead th.right,thead th{color:var(--muted);font-weight:500;font-size:.8rem;border-bottom-color:var(--line);vertical-align:bottom;white-space:normal}
tbody th{font-weight:500}
tr.case th{padding-top:1rem;font-weight:600;border-bottom-color:var(--line)}
.right{text-align:right;white-space:nowrap}
.short{white-space:nowrap}
.interval{display:block;color:var(--muted);font-size:.8rem;white-space:nowrap}
.words{min-width:10rem}
tr.chosen>*{background:var(--holds-back)}
tr.chosen th::after{content:" recommended";color:var(--holds);font-weight:600;font-size:.8rem}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.86em}
pre{background:var(--code);border-radius:6px;padding:.55rem .8rem;overflow-x:auto;margin:.5rem 0}
code{overflow-wrap:anywhere}
pre code{white-space:pre-wrap}
dl{display:grid;grid-template-columns:minmax(6.5rem,max-content) minmax(0,1fr);gap:.35rem 1.25rem;margin:.75rem 0}
dt{color:var(--muted);font-size:.9rem}
dd{margin:0;font-size:.9rem;overflow-wrap:anywhere}
dd span{display:block}
.claim{border-left:4px solid var(--line);padding:.15rem 0 .15rem 1rem;margin:1rem 0}
.claim.holds{border-color:var(--holds)}
.claim.depends,.claim.within-our-interval-only{border-color:var(--depends)}
.claim.does-not-hold{border-color:var(--does-not-hold)}
.claim dl{margin:.25rem 0 0}
.verdict{display:inline-block;border-radius:4px;padding:.05rem .5rem;font-size:.82rem;font-weight:600;white-space:nowrap}
.verdict.holds{color:var(--holds);background:var(--holds-back)}
.verdict.depends,.verdict.within-our-interval-only{color:var(--depends);background:var(--depends-back)}
.verdict.does-not-hold{color:var(--does-not-hold);background:var(--does-not-hold-back)}
figure{margin:1.75rem 0 0}
figcaption{font-weight:600;margin:0 0 .4rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:0 0 .5rem;padding:0;font-size:.85rem}
.legend svg{width:.8rem;height:.8rem;margin-right:.4rem;vertical-align:-.08rem}
.plot{display:block;max-width:900px}
.plot svg{display:block;width:100%;height:auto}
.plot.small{display:none;max-width:420px}
details{margin:.5rem 0;font-size:.9rem}
summary{cursor:pointer;color:var(--link)}
.notes{padding-left:1.1rem;font-size:.9rem;color:var(--muted)}
.notes li{margin:.25rem 0}
nav ol{list-style:none;margin:0;padding:0;font-size:.9rem;line-height:1.3}
nav li{margin:.45rem 0;padding-left:1.7rem;text-indent:-1.7rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
nav .row{display:inline-block;width:1.3rem;margin-right:.4rem;text-align:right;text-indent:0;color:var(--muted)}
nav h2{font-size:.85rem;color:var(--muted);font-weight:500;margin:0 0 .5rem}
footer{color:var(--muted);font-size:.85rem}
.recommended{font-size:1.15rem;font-weight:600;overflow-wrap:anywhere;margin:.25rem 0}
ul.reasons{padding-left:1.1rem;margin:.5rem 0}
@media (min-width:68rem){
.layout{grid-template-columns:14rem minmax(0,1fr);column-gap:2.5rem}
header,footer{grid-column:2}
nav{grid-column:1;grid-row:1/span 3}
nav .inside{position:sticky;top:0;max-height:100vh;overflow-y:auto;padding:2.2rem 0 2rem}
}
@media (max-width:67.99rem){nav{margin:0 0 1.25rem}nav ol{columns:2 13rem;column-gap:2rem}}
@media (max-width:36rem){
h1{font-size:1.5rem}
main>section{padding:1rem .9rem 1.1rem;border-radius:8px}
.scroll{margin:.75rem -.9rem;padding:0 .9rem}
.plot.large{display:none}
.plot.small{display:block}
table{font-size:.85rem}
th,td{padding-right:.6rem}
.interval{white-space:normal}
.words{min-width:4rem;overflow-wrap:anywhere}
.verdict{white-space:normal}
dl{grid-template-columns:minmax(0,1fr);gap:0}
dd{margin:0 0 .5rem}
}
@media print{body{background:none}main>section{border:0;padding:0;break-inside:avoid-page}nav{display:none}}
`
