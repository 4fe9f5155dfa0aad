import { describe, expect, it } from 'vitest'
import { findEntry, isWide } from '../engine/decode.ts'
import { disassemble } from './disassemble.ts'
import { operandsOf } from '../engine/handlers.ts'

function text(address: number, itState: number, first: number, second = 0): string {
  const width = isWide(first) ? 32 : 16
  const opcode = width === 32 ? ((first << 16) | second) >>> 0 : first
  const entry = findEntry(opcode, width)!
  const decoded = operandsOf(entry, opcode, { address, itState })
  return disassemble({ address, entry, decoded, width, opcode, itState }, itState)
}

/** Expected: objdump 2.40 of the same words, with literal addresses instead of offsets. */
describe('the disassembler', () => {
  it.each([
    ['subs r0, #1', 0x3801],
    ['lsls r1, r2, #2', 0x0091],
    ['movs r3, #255', 0x23ff],
    ['push {r4, lr}', 0xb510],
    ['pop {r4, pc}', 0xbd10],
    ['bne 0x14', 0xd1fe, 0, 0x14],
    ['cbnz r2, 0x1e', 0xb92a, 0, 0x10],
    ['ldr r0, [0x18]', 0x4801, 0, 0x10],
    ['ldmia r1!, {r2, r3}'.replace('ia', ''), 0xc90c],
    ['bx lr', 0x4770],
    ['ite eq', 0xbf0c],
    ['add r8, r3', 0x4498],
  ])('%s', (expected, opcode, second = 0, address = 0) => {
    expect(text(address, 0, opcode, second)).toBe(expected)
  })

  it.each([
    ['stmdb sp!, {r4, r5, r6, r7, r8, lr}', 0xe92d, 0x41f0],
    ['ldm sp!, {r4, pc}', 0xe8bd, 0x8010],
    ['smlad r0, r1, r2, r3', 0xfb21, 0x3002],
    ['vfma.f32 s0, s14, s15', 0xeea7, 0x0a27],
    ['vldmia r0!, {s14}', 0xecb0, 0x7a01],
    ['vldmia r0!, {s0-s3}', 0xecb0, 0x0a04],
    ['umull r0, r1, r2, r3', 0xfba2, 0x0103],
    ['ldrd r0, r1, [r2, #8]', 0xe9d2, 0x0102],
    ['ldr.w r2, [r1], #4', 0xf851, 0x2b04],
  ])('%s', (expected, first, second) => {
    expect(text(0, 0, first, second)).toBe(expected)
  })

  it('names the condition of an instruction in an IT block', () => {
    expect(text(0, 0x08, 0x2101)).toBe('moveq r1, #1')
  })
})
