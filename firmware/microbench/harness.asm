// One line of a table is one kernel; the harness around it reads CYCCNT before and after.
//
//   kernel name, "body", repeat=16, gap=0, align=0, in=flash, cache=on, setup="", after="", tail=""
//   loop   name, "body",            align=0, in=flash, cache=on, setup="", tail=""
//
// body   instructions separated by ";". They may use R0 to R6, R9, R10, R14 and S0 to S15.
// repeat how often the body stands one after the other.
// gap    one-cycle 16-bit instructions after each body, taken off the result again: they part it from the next.
// align  bytes from a 16-byte boundary to the first body.
// in     flash, or ram (through the system bus at 0x20000000), or coderam (the same bytes at 0x00800000).
// cache  on, off, or cold: invalidated just before.
// after  code after the clock has stopped; it leaves R0 and R4 to R14 but R9 as they are.
// tail   code after the end, for what the body calls; literals are at label 7.
//
// A kernel's result is its cycles less those of the same harness with no body. A loop has its count in R0 and runs
// for 100 and for 200 iterations: the difference is its result.
//
// Registers at the body: R0 8 (loops: count), R1 1, R2 2, R3 3, R4 RAM, R5 RAM in the same block, R6 flash,
// R7 0x50000500 (GPIO P0: OUTSET at 8, OUTCLR at 12), R10 RAM in another block, S0 to S15 1.0. R8 is for gaps.
.syntax unified
.cpu cortex-m4
.fpu fpv4-sp-d16
.thumb

.equ FLAG_LOOP, 1
.equ FLAG_CODE_RAM, 2
.equ CACHE_ON, 0
.equ CACHE_OFF, 1
.equ CACHE_COLD, 2

.macro gaps count
.rept \count
  mov r8, r8
.endr
.endm

.macro address register, symbol
  movw \register, #:lower16:\symbol
  movt \register, #:upper16:\symbol
.endm

.macro begin_function name, in
.ifc \in,flash
  .section .text.microbench_\name, "ax", %progbits
.else
  .section .data.microbench_\name, "aw", %progbits
.endif
  .balign 32
  .global microbench_\name
  .type microbench_\name, %function
  .thumb_func
microbench_\name:
  push {r4-r11, lr}
  mov r8, r0
  movs r0, #8
  movs r1, #1
  movs r2, #2
  movs r3, #3
  address r4, microbench_near
  add r5, r4, #256
  address r6, microbench_constants
  address r7, 0x50000500
  address r10, microbench_far
  address r12, 0xE0001004
.irp single, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vmov.f32 s\single, #1.0
.endr
.endm

.macro start_clock align
  dsb
  isb
  .balign 16
  gaps (\align / 2)
  ldr r11, [r12]
  gaps 6
.endm

.macro stop_clock name, tail, after=""
  gaps 6
  ldr r0, [r12]
  sub r0, r0, r11
  \after
  pop {r4-r11, pc}
  .balign 16
7:
  .word 1, 2, 3, 4, 5, 6, 7, 8
  .balign 16
  \tail
  .size microbench_\name, . - microbench_\name
.endm

// Name, function, harness without a body, bodies, gaps, flags, cache.
.macro table_entry name, function, empty, repeat, gap, flags, cache
  .pushsection .rodata.microbench_names, "a", %progbits
9: .asciz "\name"
  .popsection
  .pushsection .rodata.microbench_table, "a", %progbits
  .word 9b, \function, \empty, \repeat, \gap
  .byte \flags, \cache, 0, 0
  .popsection
.endm

.macro with_place name, empty, repeat, gap, flags, in, cache
.ifc \in,coderam
  table_entry \name, microbench_\name, \empty\()_ram, \repeat, \gap, (\flags + FLAG_CODE_RAM), \cache
.else
  table_entry \name, microbench_\name, \empty\()_\in, \repeat, \gap, \flags, \cache
.endif
.endm

.macro with_cache name, empty, repeat, gap, flags, in, cache
.ifc \cache,on
  with_place \name, \empty, \repeat, \gap, \flags, \in, CACHE_ON
.else
.ifc \cache,off
  with_place \name, \empty, \repeat, \gap, \flags, \in, CACHE_OFF
.else
  with_place \name, \empty, \repeat, \gap, \flags, \in, CACHE_COLD
.endif
.endif
.endm

.macro empty align, in
  begin_function empty_\align\()_\in, \in
  start_clock \align
  stop_clock empty_\align\()_\in, ""
.endm

.macro kernel name, body, repeat=16, gap=0, align=0, in=flash, cache=on, setup="", after="", tail=""
  begin_function \name, \in
  \setup
  start_clock \align
.rept \repeat
  \body
  gaps \gap
.endr
  stop_clock \name, "\tail", "\after"
  with_cache \name, microbench_empty_\align, \repeat, \gap, 0, \in, \cache
.endm

.macro loop name, body, align=0, in=flash, cache=on, setup="", tail=""
  begin_function \name, \in
  mov r0, r8
  \setup
  start_clock \align
  \body
  stop_clock \name, "\tail"
  with_cache \name, microbench_empty_0, 100, 0, FLAG_LOOP, \in, \cache
.endm

  .section .rodata.microbench_table, "a", %progbits
  .balign 4
  .global microbench_table
microbench_table:

  .section .rodata.microbench_constants, "a", %progbits
  .balign 32
microbench_constants:
  .rept 64
  .word 0x01020304
  .endr

// Two blocks of RAM: AHB slaves 0 to 7 have 8 kB each (nRF52840 PS 4.2.1), so 16 kB apart is another slave.
  .section .bss.microbench_memory, "aw", %nobits
  .balign 32
microbench_near:
  .space 16384
microbench_far:
  .space 512

  .section .data.microbench_run_twice, "aw", %progbits
  .balign 16
  .global microbench_run_twice
  .type microbench_run_twice, %function
  .thumb_func
microbench_run_twice:
  push {r4-r6, lr}
  mov r4, r0
  mov r5, r1
  mov r0, r5
  blx r4
  mov r0, r5
  blx r4
  pop {r4-r6, pc}

empty 0, flash
empty 2, flash
empty 0, ram
empty 2, ram
