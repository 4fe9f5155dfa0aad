import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadDemangler } from '../../src/files/demangler.ts'
import { serialise } from '../report/serialise.ts'
import { readRun } from '../recording/run-file.ts'
import { Replay } from '../recording/replay.ts'
import { Session } from './session.ts'

const SECOND = 64_000_000
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Echoes what UARTE0 receives, and prints b and B when button 1 goes down and up; asleep between. */
const ECHO = `
#define R(a) (*(volatile unsigned *)(a))
extern unsigned stack_top;
static unsigned char in[1], out[1];
static void print(unsigned char c) {
  out[0] = c;
  R(0x40002120) = 0;
  R(0x40002544) = (unsigned)out; R(0x40002548) = 1; R(0x40002008) = 1;
  while (!R(0x40002120)) {}
}
static void listen(void) { R(0x40002534) = (unsigned)in; R(0x40002538) = 1; R(0x40002000) = 1; }
void uart(void) { if (R(0x40002110)) { R(0x40002110) = 0; unsigned char c = in[0]; listen(); print(c); } (void)R(0x40002110); }
void gpiote(void) { R(0x40006100) = 0; print(R(0x50000510) & (1 << 11) ? 'B' : 'b'); }
int main(void) {
  R(0x50000508) = 1 << 6; R(0x50000518) = 1 << 6;
  R(0x4000250c) = 6; R(0x40002514) = 8; R(0x40002524) = 0x01d60000; R(0x40002500) = 8;
  R(0x5000072c) = 3 << 2;
  R(0x40006510) = 1 | (11 << 8) | (3 << 16); R(0x40006304) = 1;
  R(0x40002304) = 1 << 4; R(0xe000e100) = (1 << 2) | (1 << 6);
  listen(); print('>');
  for (;;) __asm volatile("wfi");
}
void *vectors[64] __attribute__((section(".vectors"), used)) = { &stack_top, main, 0, 0,
  [16 + 2] = uart, [16 + 6] = gpiote };
`
const LINKER = `
SECTIONS { . = 0; .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } . = 0x20000000; .bss : { *(.data*) *(.bss*) } stack_top = 0x20004000; }
`

let elf: Uint8Array
beforeAll(async () => {
  await loadDemangler()
  const folder = await mkdtemp(join(tmpdir(), 'boardless-echo-'))
  await writeFile(join(folder, 'echo.c'), ECHO)
  await writeFile(join(folder, 'echo.ld'), LINKER)
  execFileSync(
    'arm-none-eabi-gcc',
    [...'-mcpu=cortex-m4 -mthumb -O1 -g -ffreestanding -nostdlib -T echo.ld echo.c -o echo.elf'.split(' ')],
    { cwd: folder },
  )
  elf = await readFile(join(folder, 'echo.elf'))
})

const opened = async (): Promise<{ session: Session; text: () => string }> => {
  const printed: number[] = []
  const session = new Session({
    breathe,
    tell: (event) => event.event === 'console' && printed.push(...event.bytes),
  })
  await session.openFirmware({ bytes: elf, name: 'echo.elf' }, { board: 'nrf52840dk' })
  return { session, text: () => String.fromCharCode(...printed) }
}

const type = (session: Session, text: string): void => {
  session.give({ kind: 'console', bytes: new TextEncoder().encode(text) })
}

/** Typed and pressed at moments that nothing chose. */
async function played(): Promise<{ session: Session; text: () => string }> {
  const one = await opened()
  const { session } = one
  await session.go('fast', 0.3 * SECOND)
  type(session, 'hi')
  await session.go('fast', 0.7 * SECOND + 12_345)
  session.give({ kind: 'button', button: 'Button 1', isPressed: true })
  await session.go('fast', 0.8 * SECOND)
  session.give({ kind: 'button', button: 'Button 1', isPressed: false })
  type(session, '!')
  await session.go('fast', 2 * SECOND)
  return one
}

describe('what comes from outside', () => {
  it('reaches the firmware when it comes, also where nothing else would wake it', async () => {
    const { session, text } = await played()
    expect(text()).toBe('>hibB!')
    expect(session.state()).toMatchObject({ cycle: 2 * SECOND, inputs: 4 })
  })

  it('is there again at the same cycle when any stretch is run again', async () => {
    const { session } = await played()
    for (const cycle of [0.3, 0.30001, 0.5, 0.75, 1.5].map((seconds) => seconds * SECOND)) {
      await session.look(cycle)
      const seen = session.inspect()
      const other = await opened()
      // Another session that is given the same, and stops there.
      for (const [at, give] of [
        [0.3 * SECOND, () => type(other.session, 'hi')],
        [
          0.7 * SECOND + 12_345,
          () => other.session.give({ kind: 'button', button: 'Button 1', isPressed: true }),
        ],
        [0.8 * SECOND, () => other.session.give({ kind: 'button', button: 'Button 1', isPressed: false })],
        [0.8 * SECOND, () => type(other.session, '!')],
      ] as const) {
        if (at > cycle) break
        await other.session.go('fast', at)
        give()
      }
      await other.session.go('fast', cycle)
      expect({ ...other.session.inspect(), isPast: true }).toEqual(seen)
    }
  })

  it('is in the file that is saved, which gives the same report when all of it is run again', async () => {
    const { session } = await played()
    const saved = await session.save()
    const run = readRun(saved, 'echo.boardless')
    const replay = new Replay(run, 'echo.boardless')
    replay.goTo(2 * SECOND)
    const again = replay.run.interrupted()
    expect(again.console).toEqual(run.report.console)
    expect(again.run.instructions).toBe(run.report.run.instructions)
    expect(serialise(run.report)).toBe(serialise(await session.report()))
    expect(Buffer.from(saved).equals(Buffer.from(await (await played()).session.save()))).toBe(true)
  })

  it('drives a pin of a connector', async () => {
    const { session, text } = await opened()
    await session.go('fast', 0.1 * SECOND)
    session.give({ kind: 'pin', pin: 'P0.11', level: false })
    await session.go('fast', 0.2 * SECOND)
    expect(text()).toBe('>b')
    expect(session.inspect().pins.levels[11]).toBe(0)
  })
})
