// Loads and stores.
kernel ldr, "ldr r0, [r4]", gap=3
kernel ldr_ldr, "ldr r0, [r4]; ldr r1, [r5]", gap=2
kernel ldr_ldr_ldr, "ldr r0, [r4]; ldr r1, [r5]; ldr r2, [r4, #8]", gap=3
kernel ldr_8, "ldr r0, [r4]; ldr r1, [r5]; ldr r2, [r4, #4]; ldr r3, [r5, #4]; ldr r0, [r4, #8]; ldr r1, [r5, #8]; ldr r2, [r4, #12]; ldr r3, [r5, #12]", gap=2
kernel ldr_wide_4, "ldr.w r0, [r4]; ldr.w r1, [r5]; ldr.w r2, [r4, #4]; ldr.w r3, [r5, #4]", gap=2
kernel ldr_other_block, "ldr r0, [r4]; ldr.w r1, [r10]", gap=3
kernel ldr_ram_ldr_flash, "ldr r0, [r4]; ldr r1, [r6]", gap=2
kernel ldr_flash, "ldr r0, [r6]", gap=3
kernel ldr_flash_4, "ldr r0, [r6]; ldr r1, [r6, #4]; ldr r2, [r6, #8]; ldr r3, [r6, #12]", gap=2
kernel ldr_flash_lines, "ldr r0, [r6]; ldr r1, [r6, #16]; ldr r2, [r6]; ldr r3, [r6, #16]", gap=2
kernel ldrb_flash_lines, "ldrb r0, [r6, #15]; ldrb r1, [r6, #16]; ldrb r2, [r6, #31]; ldrb r3, [r6, #32]", gap=2
kernel ldrb_ldrh, "ldrb r0, [r4]; ldrh r1, [r5]", gap=2
kernel ldr_register, "ldr r2, [r4, r0]", gap=3
kernel ldr_register_2, "ldr r2, [r4, r0]; ldr r3, [r5, r0]", gap=2
kernel ldr_register_shifted, "ldr.w r2, [r4, r1, lsl #2]", gap=2
kernel ldr_then_use, "ldr r0, [r4]; adds r0, r0, r1", gap=2
kernel ldr_then_other, "ldr r0, [r4]; adds r2, r2, r1", gap=2
kernel ldr_then_nop, "ldr r0, [r4]; nop", gap=2
kernel ldr_as_address, "ldr r0, [r4]; ldr r1, [r0]", setup="str r4, [r4]", gap=2
kernel ldr_as_store_data, "ldr r0, [r4]; str r0, [r5]", gap=2
kernel add_as_address, "add r9, r4, r1, lsl #2; ldr.w r2, [r9]", gap=2
kernel add_one_before_address, "add r9, r4, r1, lsl #2; mov r8, r8; ldr.w r2, [r9]", gap=3
kernel add_as_store_address, "add r9, r4, r1, lsl #2; str.w r2, [r9]", gap=2
kernel add_as_store_data, "adds r2, r2, r1; str r2, [r4]", gap=2
kernel add_as_ldm_address, "add r9, r4, r1, lsl #2; ldm r9, {r0, r2}", gap=2

kernel str, "str r1, [r4]", gap=3
kernel str_str, "str r1, [r4]; str r2, [r5]", gap=2
kernel str_8, "str r1, [r4]; str r2, [r5]; str r1, [r4, #4]; str r2, [r5, #4]; str r1, [r4, #8]; str r2, [r5, #8]; str r1, [r4, #12]; str r2, [r5, #12]", gap=4
kernel ldr_str, "ldr r0, [r4]; str r1, [r5]", gap=2
kernel ldr_ldr_str, "ldr r0, [r4]; ldr r2, [r4, #4]; str r1, [r5]", gap=3
kernel ldr_str_str, "ldr r0, [r4]; str r1, [r5]; str r1, [r5, #4]", gap=3
kernel str_ldr, "str r1, [r4]; ldr r0, [r5]", gap=2
kernel str_ldr_same_word, "str r1, [r4]; ldr r0, [r4]", gap=2
kernel str_ldr_other_block, "str r1, [r4]; ldr.w r0, [r10]", gap=3
kernel ldr_blocks_in_turn, "ldr r0, [r4]; adds r3, r3, r2; ldr.w r1, [r10]; adds r3, r3, r2", gap=3
kernel str_blocks_in_turn, "str r1, [r4]; adds r3, r3, r2; str.w r1, [r10]; adds r3, r3, r2", gap=3
kernel mac_str_reuse, "smlad r2, r0, r1, r2; str.w r2, [r4]; smuad r2, r0, r1", gap=2
kernel str_add_ldr, "str r1, [r4]; adds r3, r3, r2; ldr r0, [r5]", gap=3
kernel str_register, "str r1, [r4, r0]", gap=3
kernel str_register_2, "str r1, [r4, r0]; str r2, [r5, r0]", gap=2
kernel str_register_str, "str r1, [r4, r0]; str r2, [r5]", gap=2
kernel str_register_ldr, "str r1, [r4, r0]; ldr r2, [r5]", gap=2
kernel ldr_str_register, "ldr r2, [r5]; str r1, [r4, r0]", gap=2
kernel strb_strh, "strb r1, [r4]; strh r2, [r5]", gap=2

kernel ldr_post_same, "ldr r0, [r4], #4; ldr r1, [r4], #4; ldr r2, [r4], #4; ldr r3, [r4], #4", repeat=8, gap=4
kernel ldr_post_alternate, "ldr r0, [r4], #4; ldr r1, [r5], #4; ldr r2, [r4], #4; ldr r3, [r5], #4", repeat=8, gap=4
kernel ldr_pre_same, "ldr r0, [r4, #4]!; ldr r1, [r4, #4]!; ldr r2, [r4, #4]!; ldr r3, [r4, #4]!", repeat=8, gap=4
kernel ldr_pre_alternate, "ldr r0, [r4, #4]!; ldr r1, [r5, #4]!; ldr r2, [r4, #4]!; ldr r3, [r5, #4]!", repeat=8, gap=4
kernel ldr_post_then_offset, "ldr r0, [r4], #4; ldr r1, [r4]", repeat=8, gap=3
kernel ldr_offset_then_post, "ldr r1, [r4]; ldr r0, [r4], #4", repeat=8, gap=3
kernel str_post_same, "str r0, [r4], #4; str r1, [r4], #4; str r2, [r4], #4; str r3, [r4], #4", repeat=8, gap=4
kernel str_post_alternate, "str r0, [r4], #4; str r1, [r5], #4; str r2, [r4], #4; str r3, [r5], #4", repeat=8, gap=4
kernel ldr_post_str_post, "ldr r0, [r4], #4; str r0, [r5], #4", repeat=8, gap=4

kernel ldrd, "ldrd r0, r1, [r4]", gap=2
kernel ldrd_ldrd, "ldrd r0, r1, [r4]; ldrd r2, r3, [r5]", gap=2
kernel ldr_ldrd, "ldr.w r2, [r5]; ldrd r0, r1, [r4]", gap=2
kernel ldrd_ldr, "ldrd r0, r1, [r4]; ldr.w r2, [r5]", gap=2
kernel strd, "strd r0, r1, [r4]", gap=2
kernel strd_strd, "strd r0, r1, [r4]; strd r2, r3, [r5]", gap=2
kernel strd_ldr, "strd r0, r1, [r4]; ldr.w r2, [r5]", gap=2

kernel ldm_1, "ldm r4, {r0}", gap=3
kernel ldm_2, "ldm r4, {r0, r1}", gap=3
kernel ldm_3, "ldm r4, {r0, r1, r2}", gap=3
kernel ldm_4, "ldm r4, {r0, r1, r2, r3}", gap=3
kernel ldm_8, "ldm r4, {r0, r1, r2, r3, r5, r6, r9, r14}", gap=2
kernel ldm_write_back, "ldm r4!, {r0, r1, r2, r3}", repeat=8, gap=3
kernel ldm_from_flash, "ldm r6, {r0, r1, r2, r3}", gap=3
kernel stm_2, "stm r5!, {r0, r1}", repeat=8, gap=3
kernel stm_4, "stm r5!, {r0, r1, r2, r3}", repeat=8, gap=3
kernel stm_8, "stm.w r5, {r0, r1, r2, r3, r4, r6, r9, r14}", gap=2
kernel push_pop_1, "push {r0}; pop {r0}", gap=2
kernel push_pop_4, "push {r0-r3}; pop {r0-r3}", gap=2
kernel push_pop_8, "push {r0-r6, r9}; pop {r0-r6, r9}", gap=2
kernel ldr_ldm, "ldr r9, [r5]; ldm r4, {r0, r1}", gap=3
kernel ldm_ldr, "ldm r4, {r0, r1}; ldr r2, [r5]", gap=2
kernel stm_ldr, "stm.w r4, {r0, r1}; ldr.w r2, [r5]", gap=2
kernel str_ldm, "str r1, [r5]; ldm r4, {r2, r3}", gap=2

kernel ldr_unaligned_1, "ldr r0, [r4, #0]", setup="adds r4, r4, #1", gap=3
kernel ldr_unaligned_2, "ldr r0, [r4, #0]", setup="adds r4, r4, #2", gap=3
kernel ldr_unaligned_3, "ldr r0, [r4, #0]", setup="adds r4, r4, #3", gap=3
kernel ldr_unaligned_pair, "ldr r0, [r4, #0]; ldr r1, [r4, #4]", setup="adds r4, r4, #2", gap=2
kernel ldrh_unaligned_1, "ldrh r0, [r4, #0]", setup="adds r4, r4, #1", gap=3
kernel ldrh_unaligned_3, "ldrh r0, [r4, #0]", setup="adds r4, r4, #3", gap=3
kernel str_unaligned_1, "str r1, [r4, #0]", setup="adds r4, r4, #1", gap=3
kernel str_unaligned_2, "str r1, [r4, #0]", setup="adds r4, r4, #2", gap=3
kernel strh_unaligned_1, "strh r1, [r4, #0]", setup="adds r4, r4, #1", gap=3

kernel literal, "ldr r0, 7f", gap=3
kernel literal_wide, "ldr.w r0, 7f", gap=2
kernel literal_4, "ldr r0, 7f; ldr r1, 7f + 4; ldr r2, 7f + 8; ldr r3, 7f + 12", gap=2
kernel literal_in_ram, "ldr r0, 7f", gap=3, in=ram

kernel gpio_read, "ldr r0, [r7, #8]", gap=3
kernel gpio_read_4, "ldr r0, [r7, #8]; ldr r1, [r7, #8]; ldr r2, [r7, #8]; ldr r3, [r7, #8]", gap=4
kernel gpio_write, "str r1, [r7, #8]", setup="movs r1, #0", gap=3
kernel gpio_write_4, "str r1, [r7, #8]; str r1, [r7, #12]; str r1, [r7, #8]; str r1, [r7, #12]", setup="movs r1, #0", gap=4
kernel gpio_write_read, "str r1, [r7, #8]; ldr r0, [r7, #8]", setup="movs r1, #0", gap=4
// CLOCK: EVENTS_HFCLKSTARTED, EVENTS_DONE.
kernel apb_read, "ldr.w r0, [r9, #0x100]", setup="mov r9, #0x40000000", gap=4
kernel apb_write_read, "str.w r0, [r9, #0x10C]; ldr.w r0, [r9, #0x10C]", setup="mov r9, #0x40000000; movs r0, #0", gap=4
kernel cyccnt_read, "ldr.w r0, [r12]", gap=4

kernel ldrex, "ldrex r0, [r4]", gap=2
kernel ldrex_strex, "ldrex r0, [r4]; strex r1, r0, [r4]", gap=2
kernel clrex, "clrex", gap=2
