// The three-word prefetch buffer, code in RAM, flash without the cache and after it was invalidated.
.macro wides count
.rept \count
  add.w r1, r1, #1
.endr
.endm
.macro narrows count
.rept \count
  adds r1, r1, r2
.endr
.endm

// A 16-bit instruction at 0 (or 2) mod 4 puts the run of 32-bit ones at 2 (or 0) mod 4.
.irp count, 1, 2, 3, 4, 5, 6
kernel wide_\count\()_at_2_after_add, "adds r2, r2, r1; wides \count", gap=5
kernel wide_\count\()_at_2_after_ldr, "ldr r0, [r4]; wides \count", gap=5
kernel wide_\count\()_at_0_after_ldr, "ldr r0, [r4]; wides \count", gap=5, align=2
kernel wide_\count\()_at_2_after_ldm, "mov r8, r8; ldm.w r4, {r0, r3}; wides \count", gap=5
.endr
kernel wide_4_at_2_after_ldm_6, "mov r8, r8; ldm.w r4, {r0, r1, r2, r3, r9, r14}; wides 4", gap=5
kernel wide_3_at_2_after_udiv, "mov r8, r8; udiv r3, r0, r2; wides 3", gap=5
kernel wide_loads_at_2, "mov r8, r8; ldr.w r0, [r4]; ldr.w r1, [r4, #4]; ldr.w r2, [r4, #8]; ldr.w r3, [r4, #12]", gap=5
kernel wide_12_at_2, "mov r8, r8; wides 12", gap=5

kernel ram_narrow_8, "narrows 8", in=ram
kernel ram_wide_8, "wides 8", in=ram
kernel ram_ldr, "ldr r0, [r4]", in=ram, gap=3
kernel ram_ldr_other_block, "ldr.w r0, [r10]", in=ram, gap=4
kernel ram_ldr_flash, "ldr r0, [r6]", in=ram, gap=3
kernel ram_str, "str r0, [r4]", in=ram, gap=3
loop ram_subs_bne_0, "1: subs r0, #1; bne 1b", in=ram
loop ram_subs_bne_2, "1: subs r0, #1; bne 1b", in=ram, align=2
kernel coderam_narrow_8, "narrows 8", in=coderam
kernel coderam_wide_8, "wides 8", in=coderam
kernel coderam_ldr, "ldr r0, [r4]", in=coderam, gap=3
loop coderam_subs_bne_0, "1: subs r0, #1; bne 1b", in=coderam
loop coderam_subs_bne_2, "1: subs r0, #1; bne 1b", in=coderam, align=2

.irp align, 0, 2, 4, 6, 8, 10, 12, 14
loop uncached_subs_bne_\align, "1: subs r0, #1; bne 1b", cache=off, align=\align
.endr
loop uncached_narrow_32, "1: narrows 32; subs r0, #1; bne 1b", cache=off
loop uncached_wide_16, "1: wides 16; subs r0, #1; bne 1b", cache=off
loop uncached_ldr_8, "1: ldr r1, [r4]; ldr r2, [r5]; ldr r1, [r4]; ldr r2, [r5]; ldr r1, [r4]; ldr r2, [r5]; ldr r1, [r4]; ldr r2, [r5]; subs r0, #1; bne 1b", cache=off
loop uncached_udiv, "1: udiv r1, r2, r3; subs r0, #1; bne 1b", cache=off, setup="mov r2, #-1; mov r3, #1"
loop uncached_literal, "1: ldr r1, 7f; subs r0, #1; bne 1b", cache=off
loop uncached_ldr_flash, "1: ldr r1, [r6]; subs r0, #1; bne 1b", cache=off
loop uncached_call, "1: bl 8f; subs r0, #1; bne 1b", cache=off, tail="8: bx lr"

kernel cold_narrow_64, "narrows 64", repeat=1, cache=cold
kernel cold_wide_64, "wides 64", repeat=1, cache=cold
kernel cold_wide_512, "wides 512", repeat=1, cache=cold
loop footprint_1k, "1: wides 254; subs r0, #1; bne.w 1b"
loop footprint_2k, "1: wides 510; subs r0, #1; bne.w 1b"
loop footprint_4k, "1: wides 1022; subs r0, #1; bne.w 1b"
loop footprint_8k, "1: wides 2046; subs r0, #1; bne.w 1b"
