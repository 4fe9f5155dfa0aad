import { countCycles } from '../counting.ts'
import type { Address } from '../bus.ts'
import type { HelperFunction } from '../engine/helpers.ts'
import { CODE_RAM_BASE, RAM_BASE, RAM_BYTES, State } from '../layout.ts'

/** AHB slaves 0 to 7 have two sections of 4 kB each, slave 8 six of 32 kB; nRF52840 PS, Memory. */
export const SMALL_SLAVES = 8
export const SMALL_SLAVE_SHIFT = 13

/** The AHB slave that answers at an address of RAM, under either of its names; undefined elsewhere. */
export function ramSlave(address: Address): number | undefined {
  for (const base of [RAM_BASE, CODE_RAM_BASE]) {
    const offset = address - base
    if (offset >= 0 && offset < RAM_BYTES) return Math.min(offset >>> SMALL_SLAVE_SHIFT, SMALL_SLAVES)
  }
  return undefined
}

/** Flash and the rest, which the processor reaches over other buses. */
const ELSEWHERE = SMALL_SLAVES + 1

/** Peripherals and the private peripheral bus: not behind the ports of memories. */
const PERIPHERALS = 0x4000_0000

/**
 * An access to an address: to another memory than the one before it takes `cycles` more. Emitted only where that is so,
 * as every access pays for it. The words that an exception moves are not counted.
 */
export const enterSlave = (cycles = 0): HelperFunction => ({
  name: 'enterSlave',
  params: ['i32'],
  result: undefined,
  body: (ir, address) => {
    const offset = ir.let(ir.sub(address, ir.i32(RAM_BASE)))
    const small = ir.ltU(offset, ir.i32(SMALL_SLAVES << SMALL_SLAVE_SHIFT))
    const ram = ir.select(small, ir.shrU(offset, ir.i32(SMALL_SLAVE_SHIFT)), ir.i32(SMALL_SLAVES))
    const slave = ir.let(ir.select(ir.ltU(offset, ir.i32(RAM_BYTES)), ram, ir.i32(ELSEWHERE)))
    ir.if(ir.and(ir.ne(slave, ir.state(State.slave)), ir.ltU(address, ir.i32(PERIPHERALS))), () => {
      ir.setState(State.budget, ir.sub(ir.state(State.budget), ir.i32(cycles)))
      ir.setState(State.slave, slave)
      countCycles(ir, 'contention', ir.state(State.current), ir.i32(cycles))
    })
  },
})
