/** Where the driver and the programs have things; the same on both processors. */
export const Place = {
  /** The first program's header. */
  programs: 0x2000,
  flashEnd: 0x8_0000,
  vars: 0x2000_0000,
  window: 0x2000_1000,
  windowWords: 16,
  mainStack: 0x2000_4000,
  processStack: 0x2000_6000,
  log: 0x2000_8000,
  ramCode: 0x2001_0000,
} as const

/** Words of a program's header. */
export const Header = {
  /** Bytes to the next header; 0 ends the list. */
  size: 0,
  codeBytes: 1,
  /** Not 0: copied to RAM and run there. */
  inRam: 2,
  ccr: 3,
  shcsr: 4,
  fpccr: 5,
  shpr1: 6,
  shpr2: 7,
  shpr3: 8,
  ipr0: 9,
  control: 10,
  /** Bytes from the header to the script. */
  script: 11,
  apsr: 12,
  /** R0 to R12. */
  registers: 13,
  words: 26,
} as const

/** Bits of the two words of the script that one run of the handler takes; both 0 end it. */
export const Edit = {
  pc: 1 << 0,
  itState: 1 << 1,
  flags: 1 << 2,
  floats: 1 << 3,
  interrupt: 1 << 4,
  /** 5, 6: which. */
  restart: 1 << 7,
} as const
export const Deed = {
  switchStack: 1 << 0,
  pendSv: 1 << 1,
  udf: 1 << 2,
  svc: 1 << 3,
  clearThumb: 1 << 4,
  register: 1 << 5,
  popPc: 1 << 6,
  always: 1 << 30,
} as const

/** Words that one run of the handler logs, and those of a program's end. */
export const HANDLER_WORDS = 18
export const END_WORDS = 14 + 10 + 32 + Place.windowWords

const hex = (value: number): string => `0x${value.toString(16)}`

/**
 * Runs one program after the other. The one handler of all exceptions logs what it sees, then does to the stacked frame
 * and around it what the program's script says. A fault is stepped over, unless the script says otherwise, so that each
 * program comes to its end, where registers and memory are logged. Logs go to the console by semihosting.
 */
export const driver = `
 .syntax unified
 .cpu cortex-m4
 .fpu fpv4-sp-d16
 .thumb
 .section .text
 .word ${hex(Place.mainStack)}
 .word start+1
 .rept 62
 .word handler+1
 .endr
 .word program_end+1
 .equ VARS, ${hex(Place.vars)}

 .thumb_func
handler:
 tst lr,#4
 ite eq
 mrseq r0,msp
 mrsne r0,psp
 push {r4-r11,lr}
 ldr r10,=VARS
 ldr r11,[r10]
 mrs r1,ipsr
 mrs r2,control
 mov r3,lr
 stmia r11!,{r0-r3}
 ldmia r0,{r1-r8}
 stmia r11!,{r1-r8}
 ldr r12,=0xe000ed00
 ldr r1,[r12,#0x28]
 ldr r2,[r12,#0x2c]
 ldr r3,[r12,#0x24]
 ldr r4,[r12,#4]
 ldr r5,=0xe000ef34
 ldr r6,[r5,#4]
 ldr r5,[r5]
 stmia r11!,{r1-r6}
 str r1,[r12,#0x28]
 str r2,[r12,#0x2c]
 str r11,[r10]
 mov r9,r8
 mov r8,r7
 ldr r5,[r10,#4]
 ldrd r4,r6,[r5]
 orrs r1,r4,r6
 it ne
 addne r5,#8
 str r5,[r10,#4]
 lsls r7,r9,#23
 mrs r1,ipsr
 subs r1,#3
 cmp r1,#3
 bhi 2f
 cmp r7,#0
 bne 1f
 tst r4,#${Edit.restart}
 bne 2f
1:
 ldrh r2,[r8]
 lsrs r2,#11
 cmp r2,#0x1d
 ite hs
 addhs r8,#4
 addlo r8,#2
2:
 orr r9,#0x1000000
 cmp r7,#0
 bne 4f
 tst r4,#${Edit.pc}
 beq 3f
 ubfx r1,r4,#16,#12
 ldr r2,[r10,#8]
 add r8,r2,r1,lsl #1
3:
 tst r6,#${Deed.clearThumb}
 it ne
 bicne r9,#0x1000000
 tst r6,#${Deed.register}
 ittt ne
 ldrne r1,[r0]
 eorne r1,r1,r6
 strne r1,[r0]
 tst r4,#${Edit.itState}
 beq 4f
 ldr r2,=0x0600fc00
 bic r9,r2
 ubfx r1,r4,#10,#6
 orr r9,r9,r1,lsl #10
 ubfx r1,r4,#8,#2
 orr r9,r9,r1,lsl #25
4:
 tst r4,#${Edit.flags}
 beq 5f
 lsr r1,r4,#28
 eor r9,r9,r1,lsl #28
5:
 str r8,[r0,#24]
 str r9,[r0,#28]
 tst r4,#${Edit.floats}
 beq 6f
 vmov.f32 s0,#1.0
 vadd.f32 s16,s16,s0
6:
 tst r4,#${Edit.interrupt}
 beq 7f
 ubfx r1,r4,#5,#2
 movs r2,#1
 lsls r2,r1
 ldr r3,=0xe000e200
 cpsid i
 str r2,[r3]
 dsb
 isb
 cpsie i
 isb
7:
 tst r6,#${Deed.pendSv}
 beq 8f
 mov r2,#0x10000000
 ldr r3,=0xe000ed04
 cpsid i
 str r2,[r3]
 dsb
 isb
 cpsie i
 isb
8:
 mrs r1,ipsr
 cmp r1,#3
 beq 9f
 tst r6,#${Deed.udf}
 beq 8f
 udf #7
 nop
 nop
8:
 tst r6,#${Deed.svc}
 beq 9f
 svc #9
 nop
 nop
9:
 tst r6,#${Deed.switchStack}
 beq 3f
 pop {r4-r11,lr}
 tst lr,#8
 beq 2f
 movs r2,#0x20
 tst lr,#0x10
 bne 1f
 vmov r1,s0
 movs r2,#0x68
1:
 tst lr,#4
 bne to_main
 mrs r1,psp
 subs r1,r1,r2
 bic r1,#7
 msr psp,r1
 add r12,sp,r2
 mov r3,lr
 bl copy_frame
 mov sp,r12
 eor lr,r3,#4
 bx lr
to_main:
 mrs r1,msp
 subs r1,r1,r2
 bic r1,#7
 mov sp,r1
 add r12,r0,r2
 mov r3,lr
 bl copy_frame
 msr psp,r12
 eor lr,r3,#4
2:
 bx lr
3:
 tst r6,#${Deed.popPc}
 beq 4f
 pop {r4-r11,pc}
4:
 pop {r4-r11,lr}
 bx lr

@ r2 bytes from r0 to r1.
 .thumb_func
copy_frame:
 push {r4}
1:
 subs r2,#4
 ldr r4,[r0,r2]
 str r4,[r1,r2]
 bne 1b
 pop {r4}
 bx lr

 .thumb_func
program_end:
 cpsid i
 push {r0-r12,lr}
 mrs r4,apsr
 mrs r9,control
 ldr r10,=VARS
 ldr r11,[r10]
 mov r0,sp
 mov r12,#14
1:
 ldr r1,[r0],#4
 str r1,[r11],#4
 subs r12,#1
 bne 1b
 mov r5,sp
 mrs r6,msp
 mrs r7,psp
 mrs r8,basepri
 stmia r11!,{r4-r9}
 ldr r12,=0xe000ed00
 ldr r1,[r12,#0x28]
 ldr r2,[r12,#0x2c]
 ldr r3,[r12,#0x24]
 vmrs r4,fpscr
 stmia r11!,{r1-r4}
 vstmia r11!,{s0-s31}
 ldr r0,=${hex(Place.window)}
 mov r12,#${Place.windowWords}
1:
 ldr r1,[r0],#4
 str r1,[r11],#4
 subs r12,#1
 bne 1b
 movs r0,#0
 msr control,r0
 isb
 ldr r1,=${hex(Place.mainStack)}
 mov sp,r1
 msr basepri,r0
 ldr r12,=0xe000ed00
 mov r1,#0x0a000000
 str r1,[r12,#4]
 mvn r1,#0
 str r1,[r12,#0x28]
 str r1,[r12,#0x2c]
 ldr r2,=0xe000e280
 str r1,[r2]
 ldr r0,=${hex(Place.log)}
 sub r1,r11,r0
 str r1,[r0,#4]
 ldr r2,[r10,#16]
 str r2,[r10,#20]
 str r0,[r10,#24]
 str r1,[r10,#28]
 add r1,r10,#20
 movs r0,#5
 bkpt #0xab
 ldr r9,[r10,#12]
 ldr r0,[r9]
 add r9,r0
 b next

 .thumb_func
start:
 ldr r0,=0xe000ed88
 ldr r1,=0x00f00000
 str r1,[r0]
 dsb
 isb
 adr.w r1,open
 movs r0,#1
 bkpt #0xab
 ldr r10,=VARS
 str r0,[r10,#16]
 ldr r9,=${hex(Place.programs)}
next:
 cpsid i
 ldr r10,=VARS
 str r9,[r10,#12]
 ldr r0,[r9]
 cmp r0,#0
 beq finish
 ldr r11,=${hex(Place.log)}
 str r9,[r11]
 add r1,r11,#8
 str r1,[r10]
 ldr r1,[r9,#${4 * Header.script}]
 add r1,r9
 str r1,[r10,#4]
 add r0,r9,#${4 * Header.words}
 ldr r2,[r9,#${4 * Header.inRam}]
 cbz r2,2f
 ldr r1,=${hex(Place.ramCode)}
 ldr r2,[r9,#${4 * Header.codeBytes}]
1:
 subs r2,#4
 ldr r3,[r0,r2]
 str r3,[r1,r2]
 bne 1b
 mov r0,r1
 dsb
 isb
2:
 str r0,[r10,#8]
 orr lr,r0,#1
 ldr r12,=0xe000ed00
 ldr r1,[r9,#${4 * Header.ccr}]
 str r1,[r12,#0x14]
 ldr r1,[r9,#${4 * Header.shcsr}]
 str r1,[r12,#0x24]
 ldr r1,[r9,#${4 * Header.shpr1}]
 str r1,[r12,#0x18]
 ldr r1,[r9,#${4 * Header.shpr2}]
 str r1,[r12,#0x1c]
 ldr r1,[r9,#${4 * Header.shpr3}]
 str r1,[r12,#0x20]
 ldr r2,=0xe000e400
 ldr r1,[r9,#${4 * Header.ipr0}]
 str r1,[r2]
 ldr r2,=0xe000e100
 movs r1,#15
 str r1,[r2]
 ldr r2,=0xe000ef34
 ldr r1,[r9,#${4 * Header.fpccr}]
 str r1,[r2]
 movs r1,#0
 str r1,[r2,#4]
 ldr r0,=${hex(Place.window)}
 mov r2,#${Place.windowWords}
 ldr r1,=0x3f801234
1:
 str r1,[r0],#4
 add r1,r1,#0x10000
 subs r2,#1
 bne 1b
 ldr r0,=${hex(Place.window)}
 vldmia r0,{s0-s15}
 vldmia r0,{s16-s31}
 movs r1,#0
 vmsr fpscr,r1
 ldr r1,=${hex(Place.processStack)}
 msr psp,r1
 ldr r1,[r9,#${4 * Header.control}]
 msr control,r1
 isb
 ldr r1,[r9,#${4 * Header.apsr}]
 msr apsr_nzcvq,r1
 add r12,r9,#${4 * Header.registers}
 cpsie i
 ldmia r12,{r0-r12}
 bx lr

finish:
 ldr r1,=0x20026
 movs r0,#0x18
 bkpt #0xab
 b .
 .align 2
open:
 .word tt
 .word 4
 .word 3
tt:
 .asciz ":tt"
 .align 2
 .ltorg
`
