// Special registers, barriers, exceptions.
kernel nop, "nop"
kernel nop_wide, "nop.w"
kernel mrs_apsr, "mrs r0, apsr"
kernel mrs_primask, "mrs r0, primask"
kernel msr_apsr, "msr apsr_nzcvq, r0"
kernel msr_primask, "msr primask, r0", setup="movs r0, #0"
kernel cps, "cpsid i; cpsie i", gap=2
kernel dmb, "dmb", gap=4
kernel dsb, "dsb", gap=4
kernel isb, "isb", gap=6
kernel dmb_after_str, "str r1, [r4]; dmb", gap=5
kernel dsb_after_str, "str r1, [r4]; dsb", gap=5
kernel sev_wfe, "sev; wfe", gap=4

.macro without_float_context
  mrs r3, control
  bic r3, r3, #4
  msr control, r3
  isb
.endm
.macro with_float_context
  vmov.f32 s0, #1.0
.endm
// FPCCR: ASPEN (bit 31) without LSPEN. main.cc puts it back before each run.
.macro eager_stacking
  movw r9, #:lower16:0xE000EF34
  movt r9, #:upper16:0xE000EF34
  mov r2, #0x80000000
  str r2, [r9]
  isb
.endm
// ACTLR: DISFOLD bit 2, DISDEFWBUF bit 1, DISOOFP bit 9. main.cc clears it before each run.
.macro actlr bits
  movw r9, #:lower16:0xE000E008
  movt r9, #:upper16:0xE000E008
  mov r2, \bits
  str r2, [r9]
  dsb
  isb
  movs r2, #2
.endm
// R9: a word of flash that was not written yet; NVMC CONFIG.WEN on.
.macro fresh_flash_word
  address r9, microbench_cursor
  ldr r2, [r9]
  adds r2, r2, #4
  str r2, [r9]
  address r3, microbench_erased
  address r9, 0x4001E504
  movs r0, #1
  str r0, [r9]
  add r9, r3, r2
.endm
.macro pend_registers mask
  movw r9, #:lower16:0xE000E200
  movt r9, #:upper16:0xE000E200
  mov r1, \mask
.endm

// SVC_Handler and the first three software interrupts do nothing but return; SWI3 uses a float before it does.
// What is interrupted keeps to the first 896 of every 1024 bytes and the handlers to the rest: see arrivals.asm.
.macro interrupted name, body, setup, gap
  .section .text.microbench_\name, "ax", %progbits
  .balign 1024
  kernel \name, "\body", setup="\setup", gap=\gap
.endm
interrupted svc, "svc 0", setup="without_float_context", gap=7
interrupted svc_with_lazy_frame, "svc 0", setup="with_float_context", gap=7
interrupted svc_with_eager_frame, "svc 0", setup="eager_stacking; with_float_context", gap=7
interrupted pend_swi, "str.w r1, [r9]; dsb", setup="pend_registers #0x00100000; without_float_context", gap=6
interrupted pend_swi_lazy, "str.w r1, [r9]; dsb", setup="pend_registers #0x00100000; with_float_context", gap=6
interrupted pend_two_tail_chained, "str.w r1, [r9]; dsb", setup="pend_registers #0x00300000; without_float_context", gap=6
interrupted pend_three_tail_chained, "str.w r1, [r9]; dsb", setup="pend_registers #0x00700000; without_float_context", gap=6
interrupted pend_swi_float_handler, "str.w r1, [r9]; dsb", setup="pend_registers #0x00800000; with_float_context", gap=6
interrupted pend_swi_float_handler_no_frame, "str.w r1, [r9]; dsb", setup="pend_registers #0x00800000; without_float_context", gap=6

interrupted pend_swi_then_udiv, "str.w r1, [r9]; udiv r0, r2, r3; dsb", setup="pend_registers #0x00100000; without_float_context; mov r2, #-1; mov r3, #1", gap=6
interrupted pend_swi_then_ldm, "str.w r1, [r9]; ldm r4, {r0, r2, r3, r14}; dsb", setup="pend_registers #0x00100000; without_float_context", gap=6

kernel it_not_folded, "adds r3, r3, r2; it ne; movne r1, r2", setup="actlr #4; cmp r1, r2", gap=1
kernel str_unbuffered, "str r1, [r4]", setup="actlr #2", gap=3
kernel str_unbuffered_ldr, "str r1, [r4]; ldr r0, [r5]", setup="actlr #2", gap=2
kernel vdiv_in_order, "vdiv.f32 s0, s1, s2; adds r1, r1, r2; adds r1, r1, r2; adds r1, r1, r2; adds r1, r1, r2; adds r1, r1, r2; adds r1, r1, r2; vadd.f32 s3, s0, s1", setup="actlr #0x200", repeat=8, gap=2
kernel flash_write, "str.w r1, [r9]; dsb", setup="fresh_flash_word", repeat=1, gap=6

  .section .rodata.microbench_erased, "a", %progbits
  .balign 4096
microbench_erased:
  .fill 4096, 1, 0xFF
  .section .bss.microbench_memory, "aw", %nobits
  .balign 4
microbench_cursor:
  .space 4
  .section .text.microbench_handlers, "ax", %progbits
  .balign 1024
  .space 896
.irp handler, SVC_Handler, SWI0_EGU0_IRQHandler, SWI1_EGU1_IRQHandler, SWI2_EGU2_IRQHandler
  .balign 16
  .global \handler
  .type \handler, %function
  .thumb_func
\handler:
  bx lr
.endr
  .balign 16
  .global SWI3_EGU3_IRQHandler
  .type SWI3_EGU3_IRQHandler, %function
  .thumb_func
SWI3_EGU3_IRQHandler:
  vmov.f32 s1, s2
  bx lr
