// Branches. At align=0 the landing place is at 0 mod 4, at align=2 at 2 mod 4.
kernel branch_to_narrow_0, "b 1f; mov r8, r8; 1: mov r8, r8", gap=5
kernel branch_to_narrow_2, "b 1f; mov r8, r8; 1: mov r8, r8", gap=5, align=2
kernel branch_to_wide_0, "b 1f; mov r8, r8; 1: add.w r1, r1, #1", gap=6
kernel branch_to_wide_2, "b 1f; mov r8, r8; 1: add.w r1, r1, #1", gap=6, align=2
kernel branch_to_two_wide_0, "b 1f; mov r8, r8; 1: add.w r1, r1, #1; add.w r1, r1, #1", gap=6
kernel branch_to_two_wide_2, "b 1f; mov r8, r8; 1: add.w r1, r1, #1; add.w r1, r1, #1", gap=6, align=2
kernel branch_to_four_wide_2, "b 1f; mov r8, r8; 1: add.w r1, r1, #1; add.w r1, r1, #1; add.w r1, r1, #1; add.w r1, r1, #1", gap=6, align=2
kernel branch_wide, "b.w 1f; mov r8, r8; mov r8, r8; 1: mov r8, r8", gap=5
kernel branch_far, "b.w 8f; 1: mov r8, r8", repeat=1, gap=5, tail="8: b.w 1b"
kernel branch_after_add, "adds r3, r3, r2; b 1f; 1: mov r8, r8", gap=5
kernel branch_to_ldr, "b 1f; mov r8, r8; 1: ldr r0, [r4]", gap=5
kernel conditional_taken_0, "beq 1f; mov r8, r8; 1: mov r8, r8", setup="cmp r1, r1", gap=5
kernel conditional_taken_2, "beq 1f; mov r8, r8; 1: mov r8, r8", setup="cmp r1, r1", gap=5, align=2
kernel conditional_taken_wide_2, "beq 1f; mov r8, r8; 1: add.w r1, r1, #1", setup="cmp r1, r1", gap=6, align=2
kernel conditional_not_taken, "bne 1f; 1: mov r8, r8", setup="cmp r1, r1", gap=5
kernel conditional_not_taken_4, "bne 1f; bne 1f; bne 1f; bne 1f; 1:", setup="cmp r1, r1", gap=4
kernel conditional_wide_taken, "beq.w 1f; mov r8, r8; mov r8, r8; 1: mov r8, r8", setup="cmp r1, r1", gap=5
kernel conditional_after_compare, "cmp r1, r1; beq 1f; 1: mov r8, r8", gap=5
kernel conditional_after_compare_not_taken, "cmp r1, r1; bne 1f; 1: mov r8, r8", gap=5
kernel cbz_taken, "cbz r2, 1f; mov r8, r8; 1: mov r8, r8", setup="movs r2, #0", gap=5
kernel cbz_not_taken, "cbz r2, 1f; mov r8, r8; 1: mov r8, r8", gap=5
kernel cbz_after_add, "adds r3, r3, #0; cbz r3, 1f; 1: mov r8, r8", gap=5
kernel call_return, "bl 8f", gap=6, tail="8: bx lr"
kernel call_return_to_wide_2, "bl 8f; add.w r1, r1, #1", gap=6, align=2, tail="8: bx lr"
kernel call_to_2_mod_4, "bl 8f", gap=6, tail="mov r8, r8; 8: bx lr"
kernel call_add_return, "bl 8f", gap=6, tail="8: adds r1, r1, r2; bx lr"
kernel call_add_4_return, "bl 8f", gap=6, tail="8: adds r1, r1, r2; adds r1, r1, r2; adds r1, r1, r2; adds r1, r1, r2; bx lr"
kernel call_register, "blx r9", setup="adr.w r9, 8f; orr r9, r9, #1", gap=5, tail="8: bx lr"
kernel call_register_fresh, "add r9, r2, r3; blx r9", setup="adr.w r2, 8f; movs r3, #1", gap=6, tail="8: bx lr"
kernel jump_register, "bx r9; mov r8, r8; 1:", repeat=1, gap=6, setup="adr.w r9, 1f; orr r9, r9, #1"
kernel return_by_mov, "bl 8f", gap=6, tail="8: mov pc, lr"
kernel return_by_pop, "bl 8f", gap=6, tail="8: push {lr}; pop {pc}"
kernel return_by_pop_4, "bl 8f", gap=6, tail="8: push {r0-r2, lr}; pop {r0-r2, pc}"
kernel return_by_ldr, "bl 8f", gap=6, tail="8: str lr, [r4]; ldr.w pc, [r4]"
kernel table_branch_byte, "tbb [pc, r9]; .byte 1, 1; 1: mov r8, r8", setup="mov r9, #0", gap=6
kernel table_branch_halfword, "tbh [pc, r9, lsl #1]; .hword 2, 2; 1: mov r8, r8", setup="mov r9, #0", gap=5

.irp align, 0, 2, 4, 6, 8, 10, 12, 14
loop subs_bne_\align, "1: subs r0, #1; bne 1b", align=\align
.endr
.irp align, 0, 2
loop subs_wide_bne_\align, "1: subs.w r0, r0, #1; bne 1b", align=\align
loop subs_bne_wide_\align, "1: subs r0, #1; bne.w 1b", align=\align
loop subs_nop_bne_\align, "1: nop; subs r0, #1; bne 1b", align=\align
loop add_4_subs_bne_\align, "1: adds r1, r1, r2; adds r3, r3, r2; adds r1, r1, r2; adds r3, r3, r2; subs r0, #1; bne 1b", align=\align
loop add_wide_4_subs_bne_\align, "1: add.w r1, r1, #1; add.w r2, r2, #1; add.w r3, r3, #1; add.w r1, r1, #1; subs r0, #1; bne 1b", align=\align
loop ldr_subs_bne_\align, "1: ldr r1, [r4]; subs r0, #1; bne 1b", align=\align
loop multiply_accumulate_loop_\align, "1: ldr r1, [r4]; ldr r2, [r5]; mla r3, r1, r2, r3; subs r0, #1; bne 1b", align=\align
loop simd_loop_\align, "1: ldr r1, [r4]; ldr r2, [r5]; smlad r3, r1, r2, r3; ldr r1, [r4, #4]; ldr r2, [r5, #4]; smlad r3, r1, r2, r3; subs r0, #1; bne 1b", align=\align
.endr
loop copy_words, "1: ldr r1, [r4]; str r1, [r5]; subs r0, #1; bne 1b"
loop copy_words_post, "1: ldr r1, [r4], #4; str r1, [r5], #4; subs r0, #1; bne 1b"
loop copy_ldm_stm, "1: ldm r4, {r1, r2, r3, r9}; stm.w r5, {r1, r2, r3, r9}; subs r0, #1; bne 1b"
