import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { unsavedFieldsIn, unsavedState } from './unsaved-state.ts'

const root = resolve(import.meta.dirname, '../..')
/** Whose state a snapshot holds; a folder with all that is in it, or a file. */
const FOLDERS = [
  'emulator/nrf52840',
  'emulator/parts',
  'emulator/boards',
  'emulator/trace',
  'emulator/memory',
  'emulator/time',
  'emulator/cpu/core-clock.ts',
  'emulator/cpu/exceptions/exception-sequences.ts',
  'emulator/cpu/exceptions/exceptions.ts',
  'emulator/cpu/exceptions/fault-escalation.ts',
  'emulator/cpu/exceptions/faults.ts',
  'emulator/cpu/exceptions/floating-point-context.ts',
  'emulator/cpu/exceptions/lazy-stacking.ts',
  'emulator/cpu/exceptions/nvic.ts',
  'emulator/cpu/system/memory-permissions.ts',
  'emulator/cpu/system/mpu.ts',
  'emulator/cpu/system/special-registers.ts',
  'emulator/cpu/system/systick.ts',
  'emulator/cpu/debug/itm.ts',
  'emulator/cpu/timing/bus-contention.ts',
  'emulator/cpu/timing/fetch-counter.ts',
  'emulator/power/cpu-power.ts',
  'emulator/power/level-distribution.ts',
  'emulator/power/level-track.ts',
  'emulator/power/phase-account.ts',
  'emulator/probes/since-main.ts',
  'emulator/fault-watch.ts',
  'emulator/resets.ts',
  'emulator/snapshot/log.ts',
  'emulator/snapshot/paged-floats.ts',
  'emulator/snapshot/tally.ts',
]

/** The same, of which fields only are looked at. */
const FIELDS_OF = [
  'emulator/cpu/cpu.ts',
  'emulator/cpu/state.ts',
  'emulator/cpu/debug/cycle-counters.ts',
  'emulator/cpu/debug/semihosting.ts',
  'emulator/cpu/engine/core.ts',
  'emulator/cpu/engine/decode.ts',
  'emulator/cpu/engine/memory-pages.ts',
  'emulator/cpu/engine/paged-memory.ts',
  'emulator/cpu/engine/polling.ts',
  'emulator/cpu/exceptions/unfinished-instruction.ts',
  'emulator/cpu/system/private-peripheral-bus.ts',
  'emulator/cpu/timing/entry-columns.ts',
  'emulator/cpu/timing/cost-classes.ts',
  'emulator/cpu/timing/cycle-reasons.ts',
  'emulator/cpu/timing/pipeline/code-map.ts',
  'emulator/cpu/timing/pipeline/straight-line.ts',
  'emulator/cpu/timing/uncached-lines.ts',
  'emulator/power',
  'emulator/probes',
  'emulator/timeline/folded-spans.ts',
  'emulator/timeline/span-store.ts',
  'emulator/timeline/spans.ts',
  'emulator/timeline/timeline.ts',
  'emulator/timeline/tracks.ts',
  'emulator/timeline/record',
  'emulator/machine.ts',
  'runs/simulation',
]

const sourcesIn = (place: string): readonly string[] => {
  if (place.endsWith('.ts')) return [join(root, place)]
  return readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/(\.test|testing)\.ts$/.test(name))
    .map((name) => join(root, place, name))
    .sort()
}

it('every field that can change is saved and restored', () => {
  const findings = unsavedState(FOLDERS.flatMap(sourcesIn))
  expect(findings.map((line) => relative(root, line))).toEqual([])
})

it('no field of the processor, the machine and those who watch it is forgotten', () => {
  const findings = unsavedFieldsIn(FIELDS_OF.flatMap(sourcesIn))
  expect(findings.map((line) => relative(root, line))).toEqual([])
})

describe('what is found', () => {
  const findings = (text: string): readonly string[] =>
    unsavedState([], new Map([['/made-up.ts', text]])).map((line) => line.replace('/made-up.ts: ', ''))
  const counter = `
    class Counter {
      #count = 0
      next(): number { return this.#count++ }
      save(): number { return this.#count }
      restore(count: number): void { this.#count = count }
    }`
  /** A class with one field and what it saves of it. */
  const withField = (field: string, save = 'return 0', restore = ''): readonly string[] =>
    findings(`${counter}
      class Module {
        ${field}
        save(): unknown { ${save} }
        restore(state: any): void { ${restore} }
      }`)
  const forgotten = (name: string): readonly string[] => [
    `Module.save forgets ${name}`,
    `Module.restore forgets ${name}`,
  ]

  it.each([
    ['level = 0', 'level'],
    ['#level: number | undefined', '#level'],
    ['readonly #seen = new Map<string, number>()', '#seen'],
    ['readonly #levels: number[] = []', '#levels'],
    ['readonly #words = new Uint32Array(4)', '#words'],
    ['readonly #counter = new Counter()', '#counter'],
    ['readonly #counters: readonly Counter[] = [new Counter()]', '#counters'],
    ['readonly #byName: ReadonlyMap<string, Counter> = new Map([["a", new Counter()]])', '#byName'],
    ['readonly #state = { isOff: false }', '#state'],
    ['readonly #anything: unknown = 0', '#anything'],
    ['constructor(private readonly levels: number[]) {}', 'levels'],
    ['constructor(public level: number) {}', 'level'],
    ['readonly #made: Counter; constructor() { this.#made = new Counter() }', '#made'],
  ])('a field that nobody mentions: %s', (field, name) => {
    expect(withField(field)).toEqual(forgotten(name))
  })

  it.each([
    'readonly #limit = 5',
    'readonly #names: readonly string[] = ["a"]',
    'readonly #table = { a: 1 } as const',
    'readonly #callback: (level: number) => void = () => undefined',
    'constructor(private readonly counter: Counter) {}',
    'readonly #given: Counter; constructor({ counter }: { counter: Counter }) { this.#given = counter }',
    '/** Wires. Not saved: soldered. */ readonly #wires: number[] = []',
    '/** Not saved: a cache,\n * no more. */\n #last = 0',
    'constructor(/** Not saved: flash. */ private readonly flash: Uint8Array) {}',
    'get level(): number { return 1 }',
  ])('nothing, where nothing can change, or it is another one’s, or excused: %s', (field) => {
    expect(withField(field)).toEqual([])
  })

  it('an excuse without a reason', () => {
    expect(withField('/** Not saved: */ #level = 0')).toEqual(forgotten('#level'))
    expect(withField('// Not saved: no doc comment\n #level = 0')).toEqual(forgotten('#level'))
  })

  it('what only one of the two mentions', () => {
    expect(withField('#level = 0', 'return this.#level')).toEqual(['Module.restore forgets #level'])
    expect(withField('#level = 0', 'return 0', 'this.#level = state')).toEqual(['Module.save forgets #level'])
    expect(withField('#level = 0', 'return this.#level', 'this.#level = state')).toEqual([])
  })

  it('mentions by name, and through methods that are called', () => {
    expect(withField('level = 0', 'const { level } = this; return level', 'this.level = state')).toEqual([])
    const through = '#level = 0; #set(level: number): void { this.#level = level }'
    expect(withField(through, 'return this.#level', 'this.#set(state)')).toEqual([])
  })

  it('mentions by a list of who saves what, each way by itself', () => {
    const listed = (restore: string): readonly string[] =>
      withField(
        `#level = 0
        readonly #all: readonly { readonly save: () => number; readonly restore: (level: number) => void }[]
        constructor() { this.#all = this.#made() }
        #made() { return [{ save: () => this.#level, restore: (level: number) => { ${restore} } }] as const }`,
        'return this.#all.map((one) => one.save())',
        'for (const one of this.#all) one.restore(state)',
      )
    expect(listed('this.#level = level')).toEqual([])
    expect(listed('')).toEqual(['Module.restore forgets #level'])
  })

  it('nothing in a class that is excused as a whole', () => {
    expect(findings('/** Not saved: seen again. */ class Module { level = 0 }')).toEqual([])
  })

  it('state without save and restore at all', () => {
    expect(findings('class Module { level = 0; readonly name = "a" }')).toEqual([
      'Module has no save, and state: level',
      'Module has no restore, and state: level',
    ])
    expect(findings('class Module { static made = 0 }')).toEqual([
      "Module.made is static, and no machine's own",
    ])
  })

  it('what a class inherits is not asked for again, but called', () => {
    const base = `class Base {
      pending = 0
      save(): object { return { pending: this.pending } }
      restore(state: any): void { this.pending = state.pending }
    }`
    expect(findings(`${base} class Page extends Base { readonly name = 'a' }`)).toEqual([])
    expect(
      findings(`${base} class Page extends Base {
        #count = 0
        override save(): object { return { count: this.#count } }
        override restore(state: any): void { super.restore(state); this.#count = state.count }
      }`),
    ).toEqual(['Page.save does not call super.save'])
    expect(findings(`${base} class Page extends Base { #count = 0 }`)).toEqual([
      'Page has no save, and state: #count',
      'Page has no restore, and state: #count',
    ])
  })

  it('objects whose parts can be written are copied whole, so that none can be forgotten', () => {
    const field = `readonly #parts = new Map<string, { samples: number; worst: number }>()`
    const one = `return [...this.#parts.values()].map((part) => ({ samples: part.samples }))`
    const whole = `return [...this.#parts.values()].map((part) => ({ ...part }))`
    const restore = `for (const part of state as { samples: number; worst: number }[]) this.#parts.set('a', { ...part })`
    const complaint =
      'Module.save does not copy the { samples: number; worst: number; } of #parts whole ({ ...it })'
    expect(withField(field, one, 'this.#parts.clear()')).toContain(complaint)
    expect(withField(field, whole, restore)).not.toContain(complaint)
  })

  it('a class whose objects another one saves', () => {
    const register = `/** Saved by its page. */
      class Register {
        value = 0
        save(): number { return this.value }
        restore(value: number): void { this.value = value }
      }
      class Special extends Register {}`
    const page = `class Page { readonly a = new Register(); readonly b: readonly Special[] = [new Special()] }`
    expect(findings(`${register} ${page}`)).toEqual([])
    expect(findings(`${register.replace('return this.value', 'return 0')} ${page}`)).toEqual([
      'Register.save forgets value',
    ])
  })

  it('variables in closures and modules', () => {
    const changes = (name: string): string => `${name} changes in a closure or module that nobody saves`
    expect(
      findings(
        `const create = () => { const state = { isOff: false }; return { off: () => { state.isOff = true } } }`,
      ),
    ).toEqual([changes('state')])
    expect(findings(`const create = () => { let n = 0; return () => n++ }`)).toEqual([changes('n')])
    expect(findings(`const seen: string[] = []; const see = (one: string) => { seen.push(one) }`)).toEqual([
      changes('seen'),
    ])
    expect(
      findings(
        `class Module { constructor() { let n = 0; this.onLevel = () => { n += 1 } } readonly onLevel: () => void }`,
      ),
    ).toEqual([changes('n')])
    expect(
      findings(`/** Not saved: counts for a message. */ let n = 0; const count = () => { n += 1 }`),
    ).toEqual([])
    expect(
      findings(`const sum = (all: number[]) => { let n = 0; all.forEach((one) => { n += one }); return n }`),
    ).toEqual([])
    expect(findings(`const table = (() => { const t: number[] = []; t.push(1); return t })()`)).toEqual([])
  })

  it('objects with state that no field keeps', () => {
    const unkept = ['a new Counter has state and is kept in no field']
    const create = (body: string): readonly string[] =>
      findings(`${counter} const create = () => { ${body} }`)
    expect(create('const counter = new Counter(); return () => counter.next()')).toEqual(unkept)
    expect(create('const counter = new Counter(); return counter')).toEqual([])
    expect(create('return new Counter()')).toEqual([])
    expect(create('/** Not saved: used up here. */ const counter = new Counter(); counter.next()')).toEqual(
      [],
    )
    const inClass = (constructor: string): readonly string[] =>
      findings(`${counter} class Module {
        readonly #counter: Counter | undefined
        readonly #next: () => number
        constructor() { ${constructor} }
        save(): unknown { return this.#counter?.save() }
        restore(state: any): void { this.#counter?.restore(state) }
      }`)
    expect(inClass('const c = new Counter(); this.#next = () => c.next()')).toEqual(unkept)
    expect(inClass('const c = new Counter(); this.#counter = c; this.#next = () => c.next()')).toEqual([])
  })
})
