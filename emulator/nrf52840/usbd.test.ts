import { beforeEach, describe, expect, it } from 'vitest'
import { createTestBench, type TestBench } from './testing.ts'
import type { UsbDevice } from './usb-port.ts'

const USBD = 0x4002_7000
const MILLISECOND = 64_000
const RAM = 0x2000_0000
const IRQ = 39
const CAUSE = { suspend: 1 << 8, resume: 1 << 9, wakeUpAllowed: 1 << 10, ready: 1 << 11 }

let bench: TestBench
let heard: string[]

const write = (offset: number, value: number): void => bench.write(USBD + offset, value)
const read = (offset: number): number => bench.read(USBD + offset)
/** An event that is there, and no longer is. */
const take = (offset: number): number => {
  const value = read(offset)
  write(offset, 0)
  return value
}
const device = (): UsbDevice => bench.chip.usbd
const pass = (cycles: number): void => bench.run(bench.scheduler.now + cycles)
const setup = (...bytes: number[]): 'ack' | undefined =>
  device().setup(bench.read(USBD + 0x470), Uint8Array.from(bytes))
const GET_DESCRIPTOR = [0x80, 6, 0, 1, 0, 0, 0x40, 0]

/** On a host's bus, reset. */
const attached = (vbus = true): void => {
  heard = []
  bench = createTestBench({
    vbus,
    usbHost: {
      connect: () => undefined,
      pullUp: (on) => void heard.push(on ? 'pull-up' : 'no pull-up'),
      ready: () => void heard.push('ready'),
      wakeUp: () => void heard.push('wake up'),
    },
  })
  bench.write(0x4000_0000, 1)
  bench.runUntil(0x4000_0100)
  write(0x500, 1)
  write(0x504, 1)
}

const onBus = (): void => {
  attached()
  bench.runUntil(0x4000_0124)
  device().busReset()
  device().frames({ since: bench.scheduler.now, number: 0x7fe })
  write(0x100, 0)
}

describe('power and the bus', () => {
  it('is ready once it is enabled, with the regulator; only then USBPWRRDY comes', () => {
    bench = createTestBench({ vbus: true })
    bench.run(10)
    expect(bench.read(0x4000_011c)).toBe(1)
    expect(bench.read(0x4000_0124)).toBe(0)
    write(0x530, 0)
    expect(bench.read(0x4000_0438)).toBe(1)
    write(0x500, 1)
    expect(read(0x400)).toBe(CAUSE.ready)
    expect(read(0x158)).toBe(1)
    expect(bench.read(0x4000_0438)).toBe(1)
    bench.runUntil(0x4000_0124)
    expect(bench.read(0x4000_0438)).toBe(3)
    write(0x400, CAUSE.ready)
    expect(read(0x400)).toBe(0)
  })

  it('is ready without power at the connector, and pulls nothing up', () => {
    attached(false)
    expect(read(0x400)).toBe(CAUSE.ready)
    expect(bench.read(0x4000_0438)).toBe(0)
    expect(device().isPulledUp).toBe(false)
    expect(setup(...GET_DESCRIPTOR)).toBeUndefined()
  })

  it('tells the host of its pull-up, and of a reset of the chip', () => {
    attached()
    expect(heard).toEqual(['pull-up'])
    write(0x504, 0)
    write(0x504, 1)
    bench.chip.reset('software')
    expect(heard).toEqual(['pull-up', 'no pull-up', 'pull-up', 'no pull-up'])
  })

  it('its pull-up written again as it is, and ENABLE, is no new attachment, and stays on the bus', () => {
    onBus()
    bench.chip.usbd.setup(0, Uint8Array.from([0, 5, 0x2a, 0, 0, 0, 0, 0]))
    write(0x504, 1)
    write(0x500, 1)
    expect(heard).toEqual(['pull-up'])
    pass(5 * MILLISECOND)
    // No SUSPEND: frames go on.
    expect(read(0x400) & CAUSE.suspend).toBe(0)
    expect(read(0x520)).toBeGreaterThan(0)
  })

  it('works without HFXO, and says that it should not', () => {
    onBus()
    expect(setup(...GET_DESCRIPTOR)).toBe('ack')
    expect([...bench.chip.problems.keys()]).toEqual([])
    bench.write(0x4000_0004, 1)
    expect(setup(...GET_DESCRIPTOR)).toBe('ack')
    expect([...bench.chip.problems.keys()][0]).toMatch(/without HFXO/)
  })

  it('a reset disables endpoints, takes the address back, and gives USBRESET', () => {
    onBus()
    write(0x510, 0x1ff)
    write(0x514, 0x1ff)
    setup(0, 5, 0x2a, 0, 0, 0, 0, 0)
    device().in(0, 0)
    device().acknowledged(0)
    expect(read(0x470)).toBe(0x2a)
    device().busReset()
    expect([read(0x510), read(0x514), read(0x470), read(0x100)]).toEqual([1, 1, 0, 1])
  })

  it('is suspended after 3 ms without frames, and resumes', () => {
    onBus()
    write(0x400, CAUSE.ready)
    write(0x158, 0)
    device().frames(undefined)
    pass(3 * MILLISECOND - 1)
    expect(read(0x158)).toBe(0)
    pass(1)
    expect([take(0x158), read(0x400)]).toEqual([1, CAUSE.suspend])
    write(0x400, CAUSE.suspend)
    write(0x52c, 1)
    device().resume()
    expect([read(0x400), read(0x52c)]).toEqual([CAUSE.resume, 0])
    device().frames({ since: bench.scheduler.now, number: 1 })
    pass(10 * MILLISECOND)
    expect(read(0x400)).toBe(CAUSE.resume)
  })

  it('wakes its host up, out of low power, with DPDMDRIVE', () => {
    onBus()
    device().frames(undefined)
    pass(3 * MILLISECOND)
    write(0x400, 0xfff)
    write(0x52c, 1)
    write(0x508, 1)
    write(0x058, 1)
    expect(heard).not.toContain('wake up')
    write(0x52c, 0)
    expect(read(0x400)).toBe(CAUSE.wakeUpAllowed)
    write(0x058, 1)
    expect(heard).toContain('wake up')
  })
})

describe('frames', () => {
  beforeEach(onBus)

  it('has SOF each millisecond and eleven bits of number, and no event of time where nobody hears', () => {
    write(0x154, 0)
    expect(bench.scheduler.nextDue).toBe(Infinity)
    pass(MILLISECOND - 10)
    expect([read(0x154), read(0x520)]).toEqual([0, 0x7fe])
    pass(20)
    expect([take(0x154), read(0x154), read(0x520)]).toEqual([1, 0, 0x7ff])
    pass(MILLISECOND)
    expect([read(0x154), read(0x520)]).toEqual([1, 0])
  })

  it('interrupts each millisecond when that is enabled', () => {
    let count = 0
    write(0x154, 0)
    write(0x304, 1 << 21)
    for (let i = 0; i < 5; i++) {
      pass(MILLISECOND)
      if (bench.lines.has(IRQ)) count += 1
      write(0x154, 0)
    }
    expect(count).toBe(5)
    write(0x308, 1 << 21)
    expect(bench.scheduler.nextDue).toBe(Infinity)
  })

  it('reaches PPI, whenever that begins to listen', () => {
    bench.write(0x4001_f510, USBD + 0x154)
    bench.write(0x4001_f514, 0x4000_800c) // TIMER0 CLEAR
    bench.write(0x4001_f504, 1)
    expect(bench.scheduler.nextDue).toBeLessThan(Infinity)
    pass(MILLISECOND)
    bench.write(0x4001_f508, 1)
    pass(MILLISECOND)
    expect(bench.scheduler.nextDue).toBe(Infinity)
  })
})

describe('control transfers', () => {
  beforeEach(onBus)

  it('SETUP is always taken, and is in its registers', () => {
    expect(setup(0x21, 0x20, 1, 2, 3, 4, 7, 0)).toBe('ack')
    expect(take(0x15c)).toBe(1)
    expect(Array.from({ length: 8 }, (_, i) => read(0x480 + 4 * i))).toEqual([0x21, 0x20, 1, 2, 3, 4, 7, 0])
  })

  it('SET_ADDRESS needs no task; other addresses are not heard', () => {
    setup(0, 5, 7, 0, 0, 0, 0, 0)
    expect(device().isReady(0, 'in')).toBe(true)
    expect(device().in(0, 0)).toEqual({ toggle: 1, bytes: new Uint8Array() })
    device().acknowledged(0)
    expect(read(0x470)).toBe(7)
    expect(device().setup(0, new Uint8Array(8))).toBeUndefined()
  })

  it('reads: STARTEPIN, data, EP0DATADONE, EP0STATUS', () => {
    setup(...GET_DESCRIPTOR)
    expect(device().in(0, 0)).toBe('nak')
    bench.ram.set([18, 1, 0, 2], 0x100)
    write(0x600, RAM + 0x100)
    write(0x604, 4)
    write(0x004, 1)
    expect([read(0x104), read(0x468), read(0x108)]).toEqual([1, 1, 0])
    pass(100)
    expect([read(0x108), read(0x608)]).toEqual([1, 4])
    expect(device().in(0, 0)).toEqual({ toggle: 1, bytes: Uint8Array.of(18, 1, 0, 2) })
    device().acknowledged(0)
    expect(read(0x128)).toBe(1)
    expect(device().in(0, 0)).toBe('nak')
    const status = { toggle: 1 as const, bytes: new Uint8Array() }
    expect(device().out(0, 0, status)).toBe('nak')
    write(0x050, 1)
    expect(device().out(0, 0, status)).toBe('ack')
  })

  it('alternates toggles, and begins anew with DATA1', () => {
    write(0x600, RAM)
    write(0x604, 64)
    for (const toggle of [1, 0, 1]) {
      if (toggle === 1 && read(0x128) === 0) setup(...GET_DESCRIPTOR)
      write(0x004, 1)
      pass(200)
      expect(device().in(0, 0)).toMatchObject({ toggle })
      device().acknowledged(0)
    }
    setup(...GET_DESCRIPTOR)
    write(0x004, 1)
    pass(200)
    expect(device().in(0, 0)).toMatchObject({ toggle: 1 })
  })

  it('writes: EP0RCVOUT, EP0DATADONE, STARTEPOUT, and by its shortcut EP0STATUS', () => {
    setup(0x21, 0x20, 0, 0, 0, 0, 7, 0)
    const data = { toggle: 1 as const, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7) }
    expect(device().out(0, 0, data)).toBe('nak')
    write(0x04c, 1)
    expect(device().out(0, 0, data)).toBe('ack')
    expect([read(0x128), read(0x4a0)]).toEqual([1, 7])
    write(0x200, 1 << 3)
    write(0x700, RAM + 0x200)
    write(0x704, 7)
    write(0x028, 1)
    pass(100)
    expect([read(0x130), read(0x708)]).toEqual([1, 7])
    expect([...bench.ram.subarray(0x200, 0x208)]).toEqual([1, 2, 3, 4, 5, 6, 7, 0])
    expect(device().in(0, 0)).toEqual({ toggle: 1, bytes: new Uint8Array() })
  })

  it('EP0STALL stalls until the next SETUP', () => {
    setup(...GET_DESCRIPTOR)
    write(0x054, 1)
    expect(device().isReady(0, 'in')).toBe(true)
    expect(device().in(0, 0)).toBe('stall')
    setup(...GET_DESCRIPTOR)
    expect(device().in(0, 0)).toBe('nak')
  })
})

describe('endpoints 1 to 7', () => {
  const bytes = Uint8Array.of(9, 8, 7)
  beforeEach(() => {
    onBus()
    write(0x510, 0b1001)
    write(0x514, 0b101)
  })

  it('answers not at all where it is not enabled', () => {
    expect(device().in(0, 2)).toBeUndefined()
    expect(device().out(0, 1, { toggle: 0, bytes })).toBeUndefined()
  })

  it('IN: what EasyDMA has fetched is sent, acknowledged, and told in EPDATASTATUS', () => {
    bench.ram.set(bytes, 0x300)
    write(0x600 + 3 * 0x14, RAM + 0x300)
    write(0x604 + 3 * 0x14, 3)
    expect(device().in(0, 3)).toBe('nak')
    write(0x004 + 4 * 3, 1)
    // Captured: the registers are free for the next transfer.
    write(0x600 + 3 * 0x14, RAM)
    pass(100)
    expect(heard.at(-1)).toBe('ready')
    expect(device().in(0, 3)).toEqual({ toggle: 0, bytes })
    device().acknowledged(3)
    expect([take(0x160), read(0x46c)]).toEqual([1, 1 << 3])
    write(0x46c, 1 << 3)
    expect([read(0x46c), device().in(0, 3)]).toEqual([0, 'nak'])
    write(0x004 + 4 * 3, 1)
    pass(100)
    expect(device().in(0, 3)).toMatchObject({ toggle: 1 })
  })

  it('OUT: taken once SIZE.EPOUT was written, then as soon as EasyDMA has emptied the buffer', () => {
    const send = (toggle: 0 | 1): unknown => device().out(0, 2, { toggle, bytes })
    expect(send(0)).toBe('nak')
    write(0x4a8, 0)
    expect(send(0)).toBe('ack')
    expect([read(0x4a8), read(0x46c), take(0x160)]).toEqual([3, 1 << 18, 1])
    expect(send(1)).toBe('nak')
    write(0x700 + 2 * 0x14, RAM + 0x400)
    write(0x704 + 2 * 0x14, 3)
    write(0x028 + 8, 1)
    pass(100)
    expect([...bench.ram.subarray(0x400, 0x404)]).toEqual([9, 8, 7, 0])
    expect(send(1)).toBe('ack')
  })

  it('OUT again with the same toggle is acknowledged and thrown away', () => {
    write(0x4a8, 0)
    device().out(0, 2, { toggle: 0, bytes })
    write(0x4a8, 0)
    write(0x160, 0)
    expect(device().out(0, 2, { toggle: 0, bytes })).toBe('ack')
    expect(read(0x160)).toBe(0)
  })

  it('EPSTALL halts, and lets go; DTOGGLE shows and sets', () => {
    write(0x518, 0x183)
    expect([read(0x42c), device().in(0, 3)]).toEqual([1, 'stall'])
    write(0x518, 0x083)
    expect([read(0x42c), device().in(0, 3)]).toEqual([0, 'nak'])
    write(0x518, 0x102)
    expect([read(0x44c), device().out(0, 2, { toggle: 0, bytes })]).toEqual([1, 'stall'])
    write(0x50c, 0x283)
    write(0x50c, 0x083)
    expect(read(0x50c)).toBe(0x283)
    write(0x50c, 0x183)
    expect(read(0x50c)).toBe(0x183)
  })

  it('one transfer of EasyDMA at a time: another waits, and that is told', () => {
    write(0x004 + 12, 1)
    write(0x028 + 8, 1)
    expect(read(0x468)).toBe(1 << 3)
    pass(200)
    expect(read(0x468)).toBe((1 << 3) | (1 << 18))
    expect([...bench.chip.problems.keys()]).toEqual([
      'USBD: a STARTEP task while EasyDMA is at work; it waits, on silicon it is lost',
    ])
  })

  it('memory that EasyDMA does not reach', () => {
    write(0x600 + 3 * 0x14, 0x1000)
    write(0x604 + 3 * 0x14, 3)
    write(0x004 + 12, 1)
    pass(100)
    expect(read(0x108 + 12)).toBe(0)
    expect([...bench.chip.problems.keys()]).toEqual(['USBD: EasyDMA outside data RAM: 3 bytes at 0x00001000'])
  })

  it('an IN buffer is disarmed as nrfx does it', () => {
    write(0x604 + 3 * 0x14, 3)
    write(0x600 + 3 * 0x14, RAM)
    write(0x004 + 12, 1)
    pass(100)
    write(0x800, 0x7b6 + 4)
    write(0x804, 2)
    expect(device().in(0, 3)).toBe('nak')
  })
})

describe('the isochronous endpoint', () => {
  beforeEach(() => {
    onBus()
    write(0x510, 0x101)
    write(0x514, 0x101)
  })

  it('IN: a frame has what is there, or nothing, or no data', () => {
    expect(device().in(0, 8)).toBeUndefined()
    write(0x530, 1)
    expect(device().in(0, 8)).toMatchObject({ bytes: new Uint8Array() })
    bench.ram.fill(5, 0, 200)
    write(0x6a0, RAM)
    write(0x6a4, 200)
    write(0x024, 1)
    pass(1000)
    expect([read(0x12c), read(0x6a8)]).toEqual([1, 200])
    expect(device().in(0, 8)).toMatchObject({ bytes: new Uint8Array(200).fill(5) })
    expect(device().in(0, 8)).toMatchObject({ bytes: new Uint8Array() })
  })

  it('OUT: SIZE.ISOOUT until it is fetched, of at most half the buffer where that is divided', () => {
    expect(read(0x4c0)).toBe(0x1_0000)
    device().out(0, 8, { toggle: 0, bytes: new Uint8Array(100).fill(6) })
    expect(read(0x4c0)).toBe(100)
    write(0x7a0, RAM + 0x1000)
    write(0x7a4, 100)
    write(0x048, 1)
    pass(1000)
    expect([read(0x150), read(0x4c0), bench.ram[0x1063]]).toEqual([1, 0x1_0000, 6])
    write(0x51c, 0x80)
    device().out(0, 8, { toggle: 0, bytes: new Uint8Array(1000) })
    expect(read(0x4c0)).toBe(511)
  })
})
