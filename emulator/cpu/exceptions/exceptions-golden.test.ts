import { expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { BusError } from '../bus.ts'
import { CortexM4 } from '../cpu.ts'
import golden from './exceptions-golden.json' with { type: 'json' }
import { Semihosting } from '../debug/semihosting.ts'

const nowhere = (address: number): never => {
  throw new BusError(address)
}

/** What exceptions-golden.s writes to its console on this processor. */
function run(): { words: number[]; reason: string } {
  const scheduler = new Scheduler()
  const cpu = new CortexM4({ bus: { read: nowhere, write: nowhere }, scheduler })
  cpu.flash.set(Buffer.from(golden.code, 'base64'))
  const output: number[] = []
  const semihosting = new Semihosting({
    readMemory: (address, size) => cpu.readMemory(address, size),
    writeMemory: (address, size, value) => cpu.writeMemory(address, size, value),
    onOutput: (_, bytes) => output.push(...bytes),
    readInput: () => new Uint8Array(),
    now: () => scheduler.now,
  })
  cpu.onSemihosting = () => {
    const { exit } = semihosting.call(cpu.state)
    if (exit !== undefined) cpu.requestStop(`exit ${exit}`)
  }
  cpu.reset(0)
  const stop = cpu.execute(1_000_000)
  const words = new Uint32Array(Uint8Array.from(output).buffer)
  return { words: [...words], reason: stop.kind === 'requested' ? stop.reason : stop.kind }
}

/**
 * Where QEMU is not an ARMv7-M: it sets FPCCR.UFRDY, which ARMv8-M added, and ICSR.RETTOBASE in Thread mode, where it
 * is UNKNOWN. The ICSR words come back once more each as stacked R0.
 */
const UFRDY = 0x400
const RETTOBASE = 0x800
const icsrWords = [147, 151, 163, 172, 176]

it('agrees with QEMU on every frame and status register of svc, faults, floating point, PSP, nesting and privilege', () => {
  const { words, reason } = run()
  expect(reason).toBe('exit 0')
  const differences = golden.words.flatMap((hex, n) => {
    const theirs = Number.parseInt(hex, 16)
    const ours = words[n] ?? -1
    const fpccr = theirs >>> 12 === 0xc_0000 ? UFRDY : 0
    const known = icsrWords.includes(n) ? RETTOBASE : fpccr
    return (theirs & ~known) >>> 0 === (ours & ~known) >>> 0
      ? []
      : [{ n, theirs: hex, ours: ours.toString(16) }]
  })
  expect(differences).toEqual([])
  expect(words).toHaveLength(227)
})
