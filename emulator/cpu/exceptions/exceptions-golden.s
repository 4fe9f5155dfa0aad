@ Exceptions of a Cortex-M4F, one after another; each handler run writes what it sees to RAM:
@ IPSR, EXC_RETURN, frame, stacked R0, PC and xPSR, CFSR, HFSR, FPCCR, FPCAR, SHCSR, CONTROL.
@ arm-none-eabi-gcc -nostdlib -mcpu=cortex-m4 -mthumb -Wl,-Ttext=0 exceptions-golden.s
@ qemu-system-arm 7.2.22 -M mps2-an386 -nographic -semihosting-config enable=on,target=native -kernel a.out
 .syntax unified
 .cpu cortex-m4
 .fpu fpv4-sp-d16
 .thumb
 .section .text
 .word 0x20002000
 .word start+1
 .rept 62
 .word handler+1
 .endr
 .equ OUT, 0x20004000
@ r11: output pointer. emit r0
.macro emit
 str r0,[r11],#4
.endm
.macro emitw addr
 ldr r0,=\addr
 ldr r0,[r0]
 str r0,[r11],#4
.endm
 .thumb_func
start:
 movs r4,#0
 movs r5,#0
 ldr r11,=OUT
 ldr r0,=0xe000ed88
 ldr r1,=0x00f00000
 str r1,[r0]
 dsb
 isb
 ldr r0,=0xe000ed24
 ldr r1,=0x00070000
 str r1,[r0]
 ldr r9,=skip0
@ 1 svc plain
 movs r0,#1
 movs r1,#2
 movs r10,#0
 cmp r1,#2
 svc 0
@ 2 svc with FP active
 vmov.f32 s0,#1.0
 vmov.f32 s15,#2.0
 svc 1
 mrs r0,CONTROL
 emit
@ 3 misaligned stack
 sub sp,#4
 svc 2
 add sp,#4
@ 4 PSP thread
 ldr r0,=0x20003000
 msr PSP,r0
 movs r0,#2
 msr CONTROL,r0
 isb
 svc 3
 vadd.f32 s0,s0,s0
 svc 4
 mrs r0,CONTROL
 emit
 movs r0,#0
 msr CONTROL,r0
 isb
@ 5 undefined instr -> UsageFault; handler skips 2
 movs r10,#2
 udf #0
@ 6 div by zero trap
 ldr r0,=0xe000ed14
 ldr r1,=0x218
 str r1,[r0]
 movs r10,#4
 movs r1,#0
 udiv r0,r0,r1
@ 7 unaligned trap
 ldr r1,=0x20000001
 movs r10,#2
 ldr r0,[r1]
@ 8 bus fault
 ldr r1,=0x70000000
 movs r10,#2
 ldr r0,[r1]
@ 9 branch to even address: PC fixed by LR
 movs r10,#0
 adr r8,back
 ldr r0,=0x20000100
 movs r10,#100
 adr r1,back
 bx r1
 .align 2
back:
 nop
@ 10 disabled usagefault -> HardFault
 ldr r0,=0xe000ed24
 movs r1,#0
 str r1,[r0]
 movs r10,#2
 udf #0
@ 11 PRIMASK'd SVC -> HardFault
 cpsid i
 movs r10,#0
 svc 5
 cpsie i
@ 12 PendSV + NMI + irq 3 nesting order
 ldr r0,=0xe000ed20
 ldr r1,=0x00e00000
 str r1,[r0]
 ldr r0,=0xe000e100
 movs r1,#8
 str r1,[r0]
 cpsid i
 ldr r0,=0xe000ed04
 ldr r1,=0x10000000
 str r1,[r0]
 ldr r0,=0xe000e200
 movs r1,#8
 str r1,[r0]
 dsb
 emitw 0xe000ed04
 cpsie i
 isb
 emitw 0xe000ed04
@ 13 IT block svc
 cmp r11,r11
 ittt eq
 svceq 6
 moveq r0,#55
 svceq 7
 emit
@ 14 unprivileged
 movs r0,#1
 msr CONTROL,r0
 isb
 msr PRIMASK,r0
 mrs r0,PRIMASK
 emit
 mrs r0,MSP
 emit
 mrs r0,CONTROL
 emit
 ldr r1,=0xe000ed00
 movs r10,#2
 ldr r0,[r1]
 svc 8
 ldr r0,=0x99999999
 emit
 movs r4,#0x5e
 svc 9
1: b 1b
 .align 2
tt: .asciz ":tt"
 .align 2
openb: .word tt, 4, 3
 .thumb_func
skip0:
handler:
 cmp r4,#0x5e
 bne 5f
 movs r0,#1
 adr r1,openb
 bkpt 0xab
 ldr r1,=0x20006000
 str r0,[r1]
 ldr r0,=OUT
 str r0,[r1,#4]
 sub r2,r11,r0
 str r2,[r1,#8]
 movs r0,#5
 bkpt 0xab
 movs r0,#0x18
 ldr r1,=0x20026
 bkpt 0xab
 b .
5:
 mov r7,lr
 tst lr,#4
 ite eq
 mrseq r6,MSP
 mrsne r6,PSP
 mrs r0,IPSR
 emit
 mov r0,lr
 emit
 mov r0,r6
 emit
 ldr r0,[r6,#0]
 emit
 ldr r0,[r6,#24]
 emit
 ldr r0,[r6,#28]
 emit
 emitw 0xe000ed28
 emitw 0xe000ed2c
 emitw 0xe000ef34
 emitw 0xe000ef38
 emitw 0xe000ed24
 mrs r0,CONTROL
 emit
 mrs r0,IPSR
 cmp r0,#3
 beq 2f
 cmp r0,#15
 bhi 3f
2:
 ldr r0,=0xe000ed28
 ldr r1,[r0]
 tst r1,#0x8000
 itt ne
 ldrne r2,[r0,#16]
 strne r2,[r11],#4
 str r1,[r0]
 ldr r1,[r0,#4]
 str r1,[r0,#4]
 cmp r10,#100
 beq 4f
 ldr r1,[r6,#24]
 add r1,r1,r10
 str r1,[r6,#24]
 b 3f
4: ldr r1,[r6,#28]
 orr r1,r1,#0x1000000
 str r1,[r6,#28]
3:
 movs r10,#0
 bx r7
