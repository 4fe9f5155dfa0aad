import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { Machine, runFirmware, UserError } from '../../src/library/index.ts'
import { toDrawLessThan, toPrint, toReach, toStayWithin, type Budgets } from '../../src/library/matchers.ts'
import { compile } from './firmware.ts'

const echo = compile(
  'echo',
  `volatile int count;
  __attribute__((noinline)) void heard(void) { count++; }
  void never(void) { count = 99; }
  int main(void) {
    print("ready\\n");
    for (;;) {
      char text[2] = {(char)semihosting(7, 0), 0};
      if (text[0] == 'q') { print("bye\\n"); leave(7); }
      heard();
      print(text);
    }
    never();
  }`,
)

it('runs to an end, and reports as the command does', async () => {
  const report = await runFirmware(echo, { stdin: 'aq', until: /^ready$/ })
  expect([report.run.stop, report.console.text]).toEqual(['until', 'ready\n'])
  const whole = await runFirmware(echo, { stdin: 'ab\nq', for: '1s' })
  expect([whole.run.stop, whole.run.exitCode, whole.console.text]).toEqual(['exit', 7, 'ready\nab\nbye\n'])
})

it('goes on when it is told to, and is reached in between', async () => {
  const machine = await Machine.load(echo, { stdin: 'x' })
  expect(machine.run({ until: 'ready', for: '1s' })).toBe('until')
  machine.type('ab\nq')
  expect(machine.run({ for: '10ms' })).toBe('ended')
  expect([machine.ended, machine.readWord('count'), machine.console]).toEqual([
    'exit',
    4,
    'ready\nxab\nbye\n',
  ])
  expect(machine.run({ for: '10ms' })).toBe('ended')
  const report = await machine.report()
  expect(machine.microcoulombs).toBeCloseTo(report.power.board.chargeMicrocoulombs, 3)
  expect(report.run.cycles).toBe(machine.cycles)
})

it('does the same when it is told the same, in however many steps', async () => {
  const play = async (steps: number): Promise<string> => {
    const machine = await Machine.load(compile('counts', 'volatile int n; int main(void) { for (;;) n++; }'))
    for (let i = 0; i < steps; i++) machine.run({ for: 0.012 / steps })
    return JSON.stringify([machine.cycles, machine.instructions, machine.readWord('n')])
  }
  expect(await play(3)).toBe(await play(1))
})

it.each([
  ['no file', () => runFirmware('nowhere.elf'), /^nowhere\.elf: no such file\. Give /],
  ['no firmware', () => runFirmware(text()), /no firmware|is no|Give/],
  ['no board', () => runFirmware(echo, { board: 'uno' }), /uno: unknown board/],
  ['no time', () => runFirmware(echo, { for: '10' }), /10/],
  ['no length of time', () => runFirmware(echo, { for: -1 }), /^-1 is no time: /],
  ['no such columns', () => runFirmware(echo, { columns: 'x' }), /^columns: x: /],
  ['no phase', () => runFirmware(echo, { phases: ['='] }), /NAME=/],
])('says in one line: %s', async (_, run, message) => {
  const error = await run().then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  )
  expect(error).toBeInstanceOf(UserError)
  expect(error?.message).toMatch(message)
  expect(error?.message).not.toContain('\n')
})

const text = (): string => {
  const file = join(dirname(echo), 'no-firmware.elf')
  writeFileSync(file, 'hello')
  return file
}

it('says of a machine what it has not', async () => {
  const machine = await Machine.load(echo, { stdin: 'q' })
  expect(() => machine.run({})).toThrow('run: give { for: "10ms" } or { until: /ready/ }.')
  expect(() => machine.press('Button 1')).toThrow('Button 1: the board has no such button; it has none.')
  expect(() => machine.drive('A7', true)).toThrow('A7 is not a pin: ')
  expect(() => machine.read('cuont')).toThrow('cuont: the firmware has no such symbol. Did you mean count?')
  expect(() => machine.readWord(0x7000_0000)).toThrow('there is no memory')
})

it('has matchers that say what was there instead', async () => {
  const report = await runFirmware(echo, { stdin: 'aq' })
  const of = ({ pass, message }: ReturnType<typeof toPrint>) => [pass, message()]
  expect(of(toPrint(report, /^abye$/g))).toEqual([true, expect.stringContaining('"abye"')])
  expect(of(toPrint(report, 'hello'))).toEqual([
    false,
    expect.stringMatching(/^no line matches "hello": its last line is "abye"; the firmware exited/),
  ])
  expect(of(toReach(report, 'heard'))[0]).toBe(true)
  expect(of(toReach(report, 'never'))).toEqual([false, expect.stringMatching(/^it never reached never\./)])
  expect(of(toDrawLessThan(report, '1 A'))[0]).toBe(true)
  expect(of(toDrawLessThan(report, 10))).toEqual([
    false,
    expect.stringMatching(/not less than 10 uA; most of it CPU$/),
  ])
  const calm = { ...report, run: { ...report.run, exitCode: 0 } }
  expect(of(toStayWithin(calm, { flash: '1 kB', 'function heard': 1000 }))[0]).toBe(true)
  expect(of(toStayWithin(calm, { flash: 100 }))).toEqual([
    false,
    expect.stringMatching(/^flash: \S+ B, .* over its limit of 100 B$/),
  ])
  expect(of(toStayWithin(report, { flash: '1 kB' }))).toEqual([false, 'the firmware itself exited with 7'])
  expect(of(toStayWithin(calm, { inference: 1 }))[1]).toBe(
    'inference: nothing was measured: no interpreter ran',
  )
  expect(() => toStayWithin(calm, { flsh: 1 } as unknown as Budgets)).toThrow(
    'there is no figure flsh. Did you mean flash?',
  )
  expect(() => toDrawLessThan(report, 'much')).toThrow('"much" is no current: ')
  expect(() => toReach({ ...report, functions: [] }, 'heard')).toThrow('needs the profile')
})
