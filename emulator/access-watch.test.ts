import { describe, expect, it } from 'vitest'
import { AccessWatch, type MemoryAccess } from './access-watch.ts'
import { BusError } from './cpu/bus.ts'
import { CortexM4 } from './cpu/cpu.ts'
import { RAM_BASE } from './cpu/layout.ts'
import { pipelineTiming } from './cpu/timing/timing.ts'
import { Scheduler } from './time/scheduler.ts'

const CPACR = 0xe000_ed88
const SYST_CSR = 0xe000_e010
const SYST_RVR = 0xe000_e014
const UART = 0x4000_2000
const DATA = RAM_BASE + 0x100
const TOP = RAM_BASE + 0x1000
const CODE = 0x200
const HANDLER = 0x400

function processor(code: readonly number[], at = CODE) {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({
    bus: {
      read: (address) => {
        if (address >>> 12 === UART >>> 12) return 0x55
        throw new BusError(address)
      },
      write: () => undefined,
    },
    scheduler,
    timing: pipelineTiming,
    profile: true,
  })
  const flash = new DataView(cpu.flash.buffer, cpu.flash.byteOffset)
  const ram = new DataView(cpu.ram.buffer, cpu.ram.byteOffset)
  flash.setUint32(0, TOP, true)
  flash.setUint32(4, CODE | 1, true)
  for (let n = 2; n < 64; n++) flash.setUint32(4 * n, HANDLER | 1, true)
  const [memory, offset] = at >= RAM_BASE ? [ram, at - RAM_BASE] : [flash, at]
  code.forEach((half, n) => memory.setUint16(offset + 2 * n, half, true))
  // VADD.F32 s1, s0, s1; BX LR
  ;[0xee70, 0x0a20, 0x4770].forEach((half, n) => flash.setUint16(HANDLER + 2 * n, half, true))
  for (let i = 0; i < 64; i++) ram.setUint32(0x100 + 4 * i, 0x1111_0000 + i, true)
  cpu.reset(0)
  cpu.setInstructionCache(true)
  cpu.privateBus.write(CPACR, 4, 0x00f0_0000)
  cpu.state.pc = at
  cpu.state.setRegister(1, DATA)
  cpu.state.setRegister(13, TOP - 64)
  for (const n of [2, 3, 4, 5]) cpu.state.setRegister(n, 0xaaaa_0000 + n)
  cpu.state.setRegister(14, 0x201)
  const watch = new AccessWatch(cpu)
  /** An instruction; a multiple goes on a word at a time. */
  const go = (): number => {
    const executed = cpu.core.instructions
    const { pc } = cpu.state
    do cpu.execute(scheduler.now + 1)
    while (cpu.core.instructions === executed && cpu.state.pc === pc)
    return cpu.core.instructions - executed
  }
  const step = (): readonly MemoryAccess[] => {
    watch.begin()
    return watch.end(go())
  }
  return { cpu, scheduler, watch, go, step }
}

const text = ({ kind, address, size, value }: MemoryAccess): string =>
  `${kind} ${address.toString(16)} ${size} ${value.toString(16)}`

describe('the accesses of', () => {
  it.each<[string, readonly number[], readonly string[]]>([
    ['LDR r0, [r1]', [0x6808], ['read 20000100 4 11110000']],
    ['LDRB r0, [r1, #4]', [0x7908], ['read 20000104 1 1']],
    ['LDRSH r0, [r1, r7]', [0x5fc8], ['read 20000100 2 0']],
    ['LDR r0, [r1, #4]!', [0xf851, 0x0f04], ['read 20000104 4 11110001']],
    ['STR r2, [r1], #4', [0xf841, 0x2b04], ['write 20000100 4 aaaa0002']],
    ['STRH r2, [r1, #2]', [0x804a], ['write 20000102 2 2']],
    ['STRB r3, [r1, #1]', [0x704b], ['write 20000101 1 3']],
    ['LDRD r2, r3, [r1, #8]', [0xe9d1, 0x2302], ['read 20000108 4 11110002', 'read 2000010c 4 11110003']],
    ['STM r1!, {r2, r3}', [0xc10c], ['write 20000100 4 aaaa0002', 'write 20000104 4 aaaa0003']],
    ['PUSH {r4, lr}', [0xb510], ['write 20000fb8 4 aaaa0004', 'write 20000fbc 4 201']],
    [
      'LDM r1, {r2, r4, r5}',
      [0xe891, 0x0034],
      [0, 1, 2].map((n) => `read ${(DATA + 4 * n).toString(16)} 4 1111000${n}`),
    ],
    ['LDR r0, [PC, #0]', [0x4800, 0xbf00, 0x5678, 0x1234], ['read 204 4 12345678']],
    ['LDR r0, [r1, #1], unaligned', [0xf8d1, 0x0001], ['read 20000101 4 1111100']],
    ['TBB [PC, r7]', [0xe8df, 0xf007, 0x0002], ['read 204 1 2']],
    ['VLDR s2, [r1, #4]', [0xed91, 0x1a01], ['read 20000104 4 11110001']],
    ['VPUSH {s0, s1}', [0xed2d, 0x0a02], ['write 20000fb8 4 0', 'write 20000fbc 4 0']],
    ['CMP r1, #0; LDREQ r0, [r1]', [0x2900, 0xbf08, 0x6808], []],
    ['ADDS r0, #1', [0x3001], []],
  ])('%s are those of the manual', (name, code, expected) => {
    const { cpu, step } = processor([...code, 0xbf00, 0xbf00])
    const end = CODE + 2 * code.length
    const found: MemoryAccess[] = []
    const instructions = name.startsWith('CMP') ? 3 : 1
    for (let i = 0; i < instructions && cpu.state.pc < end; i++) found.push(...step())
    expect(found.map(text)).toEqual(expected)
  })

  it('peripherals and of the private bus are told with what was read', () => {
    const { cpu, step } = processor([0x6808, 0x680a]) // LDR r0, [r1]; LDR r2, [r1]
    cpu.state.setRegister(1, UART)
    expect(step().map(text)).toEqual(['read 40002000 4 55'])
    cpu.state.setRegister(1, CPACR)
    expect(step().map(text)).toEqual(['read e000ed88 4 f00000'])
  })

  it('code in RAM, also when it was written over', () => {
    const { cpu, step } = processor([0x6808, 0xe7fd], RAM_BASE + 0x800) // LDR r0, [r1]; B back
    expect(step().map(text)).toEqual(['read 20000100 4 11110000'])
    step()
    cpu.writeMemory(RAM_BASE + 0x800, 2, 0x7908)
    expect(step().map(text)).toEqual(['read 20000104 1 1'])
  })

  it('an exception are its frame and vector; what is put off comes with the instruction that wants it', () => {
    const { cpu, scheduler, step } = processor([0xee30, 0x0a20, 0x3001, 0xe7fd]) // VADD s0, s0, s1; ADDS r0, #1; B
    cpu.privateBus.write(SYST_RVR, 4, 30)
    cpu.privateBus.write(SYST_CSR, 4, 7)
    const frames: string[][] = []
    let handler: string[] | undefined
    const before = new Map<number, number>()
    while (scheduler.now < 300 && !handler) {
      for (let n = 0; n < 4; n++) before.set(n, cpu.state.register(n))
      const isInHandler = cpu.state.pc === HANDLER
      const found = step().map(text)
      if (isInHandler) handler = found
      else if (found.length > 0) frames.push(found)
    }
    // B1.5.6: r0 to r3, r12, LR, return address, xPSR from the new SP on, 26 words with the floating-point context.
    const base = TOP - 64 - 104
    const [frame = []] = frames
    const words = frame.filter((one) => one.startsWith('write'))
    expect(words).toHaveLength(8)
    for (let n = 0; n < 4; n++)
      expect(words).toContain(`write ${(base + 4 * n).toString(16)} 4 ${before.get(n)!.toString(16)}`)
    expect(words).toContain(`write ${(base + 20).toString(16)} 4 201`)
    expect(frame).toContain('read 3c 4 401')
    // Lazily: S0 to S15 and FPSCR, by the first floating-point instruction of the handler; B1.5.7.
    expect(handler).toHaveLength(17)
    expect(handler![0]).toMatch(`write ${(base + 32).toString(16)} 4 `)
  })

  it('any code are seen without an effect on it', () => {
    const code = [0xc90c, 0xb510, 0xbd10] // LDM r1!, {r2, r3}; PUSH {r4, lr}; POP {r4, pc}
    const [watched, plain] = [processor(code), processor(code)]
    plain.watch.detach()
    for (let i = 0; i < 300; i++) {
      watched.step()
      plain.go()
      expect(watched.scheduler.now).toBe(plain.scheduler.now)
      expect(watched.cpu.state.save()).toEqual(plain.cpu.state.save())
    }
    expect(watched.cpu.ram).toEqual(plain.cpu.ram)
    expect(watched.cpu.counters()).toEqual(plain.cpu.counters())
  })
})
