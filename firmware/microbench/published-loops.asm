// Loops that others have measured on silicon, as they describe them; sources in src/fidelity/.
.macro wide_nops count
.rept \count
  nop.w
.endr
.endm

loop riot_17980_empty, "1: subs r0, #1; bne 1b"
loop riot_17980_gpio, "1: str r1, [r7, #8]; str r1, [r7, #12]; subs r0, #1; bne 1b", setup="movs r1, #0"
loop riot_9400_nop_up, "movs r1, #0; .balign 16; 1: nop; adds r1, #1; cmp r1, r0; bne 1b", cache=off
loop riot_9400_nop_top_tested, "movs r1, #0; .balign 16; 1: cmp r1, r0; beq 2f; nop; adds r1, #1; b 1b; 2:", cache=off
loop nrfx_delay_cached, "1: subs r0, #3; bhi 1b", setup="add.w r0, r0, r0, lsl #1"
loop nrfx_delay_uncached, "1: subs r0, #7; bhi 1b", setup="rsb r0, r0, r0, lsl #3", cache=off
.irp align, 0, 2
loop devzone_115859_udiv_at_\align, "1: udiv r1, r2, r3; udiv r1, r2, r3; udiv r1, r2, r3; udiv r1, r2, r3; udiv r1, r2, r3; subs r0, #1; bne 1b", setup="mov r2, #-1; mov r3, #1", align=\align
.endr
loop jnk_wide_loop, "1: wide_nops 17; subs.w r0, r0, #1; bne.w 1b"
loop jnk_wide_not_taken, "1: cmp.w r0, #0; beq.w 2f; add.w r1, r1, #1; beq.w 2f; add.w r1, r1, #1; beq.w 2f; add.w r1, r1, #1; subs.w r0, r0, #1; bne.w 1b; 2:"
.irp align, 0, 8, 2
loop rust_151_delay_at_\align, "1: nop; subs r0, #1; bne 1b", align=\align
.endr
loop mbed_10849_wait, "1: subs r0, r0, #1; nop; nop; bcs 1b", cache=off, align=8
loop modm_642_sram, "1: subs r0, #1; bne 1b", in=ram
loop modm_642_instruction_bus, "1: subs r0, #1; bne 1b", in=coderam
