/** Functions in plain assembly: global symbols without a type, which a linker's symbols resemble. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { simulate } from '../../src/files/simulate.ts'

const source = `
  .syntax unified
  .cpu cortex-m4
  .thumb
  .section .vectors, "a"
  .word 0x20040000, reset + 1
  .word reset + 1, reset + 1, reset + 1, reset + 1, reset + 1
  .space 228
  .text
  .global reset
reset:
  movs r4, #0
  bl ten_cycles
  bl with_type
  ldr r0, =0x20026
  movs r1, r0
  movs r0, #0x18
  bkpt 0xab
  b reset
  .ltorg
  .global ten_cycles
ten_cycles:
  nop
  nop
  nop
  nop
  nop
local_label:
  nop
  nop
  nop
  nop
  bx lr
  .global table
table:
  .word 1, 2
  .global with_type
  .type with_type, %function
with_type:
  nop
  .global inside
inside:
  bx lr
  .size with_type, . - with_type
`
const script = `SECTIONS { . = 0; .vectors : { *(.vectors) } .text : { __text_start = .; *(.text) __text_end = .; }
  __after = .; .data 0x20000000 : { *(.data) } }`

it('have their names and cycles; what is no function has none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-assembly-'))
  writeFileSync(join(folder, 'a.s'), source)
  writeFileSync(join(folder, 'a.ld'), script)
  execFileSync(
    'arm-none-eabi-gcc',
    '-mcpu=cortex-m4 -mthumb -nostdlib -T a.ld -e reset a.s -o a.elf'.split(' '),
    {
      cwd: folder,
      stdio: 'pipe',
    },
  )
  const { functions } = await simulate({ file: join(folder, 'a.elf') })
  // BKPT ends the run and is not counted.
  const rows = functions.map(({ name, instructions, entries }) => ({ name, instructions, entries }))
  expect(rows).toContainEqual({ name: 'reset', instructions: 6, entries: 1 })
  expect(rows).toContainEqual({ name: 'ten_cycles', instructions: 10, entries: 1 })
  expect(rows).toContainEqual({ name: 'with_type', instructions: 2, entries: 1 })
  expect(rows).toHaveLength(3)
})
