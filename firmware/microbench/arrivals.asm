// An interrupt that arrives while another of lower priority is on its way in, runs, or is on its way out.
//
// SysTick, of the highest priority, comes so many cycles after the store that pends a software interrupt of lower
// priority, whose handler takes nine cycles. SysTick begins to count two gaps and two stores earlier, and once only: its
// reload value is set far away as soon as it counts. How long a store takes to pend an interrupt is not published, so a
// board may show the same steps a cycle or two to one side.
.macro systick_comes cycles
  without_float_context
  address r9, 0xE000E000
  mov r2, #(\cycles + 3)
  str.w r2, [r9, #0x14]
  str.w r2, [r9, #0x18]
  mov r1, #0x01000000
  movs r2, #7
  mvn r3, #0xFF000000
.endm
.macro systick_stops
  movs r2, #0
  str.w r2, [r9, #0x10]
  mov r2, #0x02000000
  str.w r2, [r9, #0xD04]
.endm
// What runs between the readings keeps to the first 448 of every 512 bytes, its handlers to the rest, so that they do
// not share a line of the instruction cache (2 kB), however it is organised and wherever the linker puts them.
.macro arrival name, cycles
  .section .text.microbench_\name, "ax", %progbits
  .balign 512
  kernel \name, "str.w r2, [r9, #0x10]; gaps 2; str.w r3, [r9, #0x14]; str.w r1, [r9, #0x200]; dsb", setup="systick_comes \cycles", after="systick_stops", repeat=1, gap=60
.endm

arrival systick_long_after, 4000
.irp cycles, 0, 4, 8, 12, 16, 20, 24, 26, 28, 30, 32, 34, 50
  arrival systick_after_\cycles, \cycles
.endr

  .section .text.microbench_arrival_handlers, "ax", %progbits
  .balign 512
  .space 448
  .global SysTick_Handler
  .type SysTick_Handler, %function
  .thumb_func
SysTick_Handler:
  bx lr
  .balign 16
  .global SWI4_EGU4_IRQHandler
  .type SWI4_EGU4_IRQHandler, %function
  .thumb_func
SWI4_EGU4_IRQHandler:
  gaps 8
  bx lr
