// Draws docs/picture.svg of two RunReports: the same firmware with reference kernels and with CMSIS-NN.
//   npx boardless run gesture --kernels reference --for 60s --json reference.json
//   npx boardless run gesture --kernels cmsis-nn --for 60s --json cmsis-nn.json
//   node docs/picture.mjs reference.json cmsis-nn.json > docs/picture.svg
import { readFileSync } from 'node:fs'

const [reference, cmsisNn] = process.argv.slice(2, 4).map((file) => JSON.parse(readFileSync(file, 'utf8')))

const width = 880
const left = 120
const full = 600
const operatorTones = ['a', 'b', 'c', 'd']
const partTones = ['p', 'q', 'r', 's', 't']
const grouped = (value) =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f')
const escape = (value) => value.replace(/[&<]/g, (one) => (one === '&' ? '&amp;' : '&lt;'))
const text = (x, y, content, style = '', anchor = 'start') =>
  `<text x="${x}" y="${y}" class="${style}" text-anchor="${anchor}">${escape(content)}</text>`
const bar = (x, y, length, height, tone, title) =>
  `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(length, 1).toFixed(1)}" height="${height}" class="${tone}"><title>${escape(title)}</title></rect>`

/** Operators of an inference, dearest kinds first, and what the interpreter costs around them. */
function parts({ interpreters: [one] }) {
  const operators = one.operators.map(({ index, type, medianCycles }) => ({
    name: `${index} ${type}`,
    value: medianCycles,
  }))
  return [...operators, { name: 'interpreter', value: one.own.medianCycles }]
}

/** Parts of the board by their share; the least of them together. */
function consumers({ power }) {
  const all = power.parts
    .map(({ part, name, averageMicroamps }) => ({ name: name ?? part, value: averageMicroamps }))
    .sort((a, b) => b.value - a.value)
  const shown = all.slice(0, 4)
  const rest = all.slice(4).reduce((sum, { value }) => sum + value, 0)
  return [...shown, { name: 'the rest', value: rest }]
}

function stacked(y, height, scale, of, unit, tones) {
  let x = left
  return of
    .map(({ name, value }, index) => {
      const length = value * scale
      const drawn = bar(x, y, length, height, tones[index], `${name}: ${grouped(value)} ${unit}`)
      x += length
      return drawn
    })
    .join('')
}

function legend(y, of, unit, tones) {
  let x = left
  return of
    .map(({ name, value }, index) => {
      const label = `${name} ${grouped(value)}${unit}`
      const drawn = `<rect x="${x}" y="${y - 9}" width="10" height="10" class="${tones[index]}"/>${text(x + 15, y, label, 'small')}`
      x += 34 + 7 * label.length
      return drawn
    })
    .join('')
}

const slow = reference.interpreters[0].medianCycles
const fast = cmsisNn.interpreters[0].medianCycles
const perMicrosecond = reference.board.clockHz / 1e6
const cycles = full / slow
const { averageMicroamps, lowMicroamps, highMicroamps } = cmsisNn.power.board
const microamps = full / highMicroamps
const says = (value) => `${grouped(value)} cycles, ${grouped(value / perMicrosecond)} us`
const milliamps = (value) => (value / 1000).toFixed(1)

process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 400" role="img" aria-label="Cycles of an inference by operator with two kinds of kernels, and the board’s current by part">
<style>
text { font: 14px system-ui, sans-serif; fill: #1c2430 }
.title { font-weight: 600; font-size: 16px } .small { font-size: 12px; fill: #4d5866 } .strong { font-weight: 600 }
.ground { fill: #ffffff; stroke: #d4dae2 } .line { stroke: #1c2430; stroke-width: 1.5; fill: none }
.a { fill: #2563a8 } .b { fill: #63a4dd } .c { fill: #e39a2d } .d { fill: #9aa5b1 }
.p { fill: #1f7a63 } .q { fill: #55b394 } .r { fill: #a5d6c3 } .s { fill: #b7a1d6 } .t { fill: #cfd6de }
@media (prefers-color-scheme: dark) {
  text { fill: #e6ebf1 } .small { fill: #a7b2bf } .ground { fill: #12171e; stroke: #2c3643 } .line { stroke: #e6ebf1 }
  .a { fill: #4c94e0 } .b { fill: #8fc4f2 } .c { fill: #f0b04c } .d { fill: #77828f }
  .p { fill: #2fa384 } .q { fill: #71c9ad } .r { fill: #b5e0d1 } .s { fill: #a98fd0 } .t { fill: #5a6572 }
}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="399" rx="8" class="ground"/>
${text(24, 36, 'One inference, by operator', 'title')}
${text(left - 12, 74, 'reference', '', 'end')}${stacked(56, 28, cycles, parts(reference), 'cycles', operatorTones)}
${text(left, 102, says(slow), 'small')}
${text(left - 12, 136, 'CMSIS-NN', '', 'end')}${stacked(118, 28, cycles, parts(cmsisNn), 'cycles', operatorTones)}
${text(left + fast * cycles + 12, 137, `${says(fast)}: ${(slow / fast).toFixed(2)} times as fast`, 'strong')}
${legend(170, parts(cmsisNn), '', operatorTones)}
${text(24, 222, 'Where the board’s current goes', 'title')}
${text(left - 12, 260, 'CMSIS-NN', '', 'end')}${stacked(242, 28, microamps, consumers(cmsisNn), 'uA', partTones)}
<path class="line" d="M${left + lowMicroamps * microamps} 276v10M${left + highMicroamps * microamps} 276v10M${left + lowMicroamps * microamps} 281H${left + highMicroamps * microamps}"/>
${text(left + highMicroamps * microamps + 10, 261, `${milliamps(averageMicroamps)} mA`, 'strong')}
${text(left + highMicroamps * microamps + 10, 286, `${milliamps(lowMicroamps)} to ${milliamps(highMicroamps)} mA`, 'small')}
${legend(310, consumers(cmsisNn), ' uA', partTones)}
${text(24, 352, `Predicted, not measured on a board: firmware ${cmsisNn.firmware.app} on ${cmsisNn.board.name}, ${reference.board.clockHz / 1e6} MHz,`, 'small')}
${text(24, 372, `over ${grouped(cmsisNn.run.seconds)} s of recorded wrist movement. Made by docs/picture.mjs of two reports of boardless ${cmsisNn.tool.version}.`, 'small')}
</svg>
`)
