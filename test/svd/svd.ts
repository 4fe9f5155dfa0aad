/** One register of a CMSIS-SVD file, arrays and clusters unrolled. */
export interface SvdRegister {
  readonly peripheral: string
  readonly name: string
  readonly address: number
  readonly resetValue: number
  readonly access: string
}

interface Element {
  readonly tag: string
  readonly attributes: string
  readonly children: Element[]
  text: string
}

const TOKEN = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([\w:]+)\s*>|<([\w:]+)([^>]*?)(\/?)>|([^<]+)/g

/** Enough of XML for an SVD file: elements, attributes, text, comments. */
const parse = (xml: string): Element => {
  const root: Element = { tag: '', attributes: '', children: [], text: '' }
  const stack = [root]
  for (const [, closing, opening, attributes = '', selfClosing, text] of xml.matchAll(TOKEN)) {
    const top = stack.at(-1) ?? root
    if (text !== undefined) top.text += text
    else if (closing !== undefined) stack.pop()
    else if (opening !== undefined) {
      const element: Element = { tag: opening, attributes, children: [], text: '' }
      top.children.push(element)
      if (selfClosing === '') stack.push(element)
    }
  }
  return root
}

const child = (element: Element, tag: string): Element | undefined =>
  element.children.find((one) => one.tag === tag)
const textOf = (element: Element, tag: string): string | undefined => child(element, tag)?.text.trim()
const numberOf = (element: Element, tag: string, otherwise = 0): number => {
  const text = textOf(element, tag)
  return text === undefined ? otherwise : Number(text)
}

interface Inherited {
  readonly peripheral: string
  readonly prefix: string
  readonly base: number
  readonly access: string
  readonly resetValue: number
}

function* registersOf(element: Element, inherited: Inherited): Generator<SvdRegister> {
  for (const item of element.children) {
    if (item.tag !== 'register' && item.tag !== 'cluster') continue
    const count = numberOf(item, 'dim', 1)
    const isArray = textOf(item, 'dim') !== undefined
    for (let i = 0; i < count; i++) {
      const index = isArray ? `[${i}]` : ''
      const name = `${inherited.prefix}${(textOf(item, 'name') ?? '').replace(/\[%s\]|%s/, index)}`
      const address = inherited.base + numberOf(item, 'addressOffset') + i * numberOf(item, 'dimIncrement')
      const access = textOf(item, 'access') ?? inherited.access
      const resetValue = numberOf(item, 'resetValue', inherited.resetValue)
      if (item.tag === 'cluster') {
        yield* registersOf(item, { ...inherited, prefix: `${name}.`, base: address, access, resetValue })
      } else {
        yield { peripheral: inherited.peripheral, name, address, resetValue, access }
      }
    }
  }
}

/** Every register of a device, `derivedFrom` peripherals included. */
export const readSvd = (xml: string): SvdRegister[] => {
  const device = child(parse(xml), 'device')
  const peripherals = device && child(device, 'peripherals')?.children
  if (!device || !peripherals) throw new Error('not an SVD file')
  const access = textOf(device, 'access') ?? 'read-write'
  const resetValue = numberOf(device, 'resetValue')
  return peripherals.flatMap((element) => {
    const original = /derivedFrom="(\w+)"/.exec(element.attributes)?.[1]
    const source = peripherals.find((other) => textOf(other, 'name') === original) ?? element
    const registers = child(element, 'registers') ?? child(source, 'registers')
    const peripheral = textOf(element, 'name') ?? ''
    const base = numberOf(element, 'baseAddress')
    return registers ? [...registersOf(registers, { peripheral, prefix: '', base, access, resetValue })] : []
  })
}
