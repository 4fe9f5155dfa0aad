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
// FPCCR: ASPEN bit 31, LSPEN bit 30. Put back by whoever changes them.
.macro lazy_stacking bits
  movw r9, #:lower16:0xE000EF34
  movt r9, #:upper16:0xE000EF34
  mov r2, \bits
  str r2, [r9]
  isb
.endm
.macro pend_registers mask
  movw r9, #:lower16:0xE000E200
  movt r9, #:upper16:0xE000E200
  mov r1, \mask
.endm

// SVC_Handler and the first three software interrupts do nothing but return; SWI3 uses a float before it does.
kernel svc, "svc 0", setup="without_float_context", gap=7
kernel svc_with_lazy_frame, "svc 0", setup="with_float_context", gap=7
kernel svc_with_eager_frame, "svc 0", setup="lazy_stacking #0x80000000; with_float_context", gap=7
kernel pend_swi, "str.w r1, [r9]; dsb", setup="lazy_stacking #0xC0000000; pend_registers #0x00100000; without_float_context", gap=6
kernel pend_swi_lazy, "str.w r1, [r9]; dsb", setup="pend_registers #0x00100000; with_float_context", gap=6
kernel pend_two_tail_chained, "str.w r1, [r9]; dsb", setup="pend_registers #0x00300000; without_float_context", gap=6
kernel pend_three_tail_chained, "str.w r1, [r9]; dsb", setup="pend_registers #0x00700000; without_float_context", gap=6
kernel pend_swi_float_handler, "str.w r1, [r9]; dsb", setup="pend_registers #0x00800000; with_float_context", gap=6
kernel pend_swi_float_handler_no_frame, "str.w r1, [r9]; dsb", setup="pend_registers #0x00800000; without_float_context", gap=6

  .section .text.microbench_handlers, "ax", %progbits
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
