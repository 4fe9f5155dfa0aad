// Data processing, multiplies, divides, IT.
kernel add_narrow, "adds r1, r1, r2"
kernel add_wide, "add.w r1, r1, #1"
kernel add_shifted, "add.w r1, r2, r3, lsl #3"
kernel add_chain, "adds r1, r1, r2; adds r2, r2, r1"
kernel move_immediate, "movw r1, #0x1234; movt r1, #0x5678"
kernel shift_by_register, "lsls r1, r2"
kernel compare, "cmp r1, r2"
kernel bit_field, "ubfx r1, r2, #3, #5; bfi r1, r3, #4, #4"
kernel count_leading_zeros, "clz r1, r2; rbit r3, r1"
kernel saturate, "ssat r1, #8, r2; usat r3, #8, r2"
kernel simd_extend, "sxtb16 r1, r2; uxtb16 r3, r2, ror #8"
kernel simd_add, "qadd r1, r2, r3; uadd8 r1, r2, r3; sel r1, r2, r3"
kernel multiply_narrow, "muls r1, r2, r1"
kernel multiply_chain, "mul r1, r1, r2; mul r1, r1, r3"
kernel multiply_accumulate, "mla r1, r2, r3, r1"
kernel multiply_subtract, "mls r1, r2, r3, r1"
kernel multiply_long, "umull r1, r2, r3, r0; smull r1, r2, r3, r0"
kernel multiply_accumulate_long, "umlal r1, r2, r3, r0; smlal r1, r2, r3, r0"
kernel multiply_accumulate_twice, "umaal r1, r2, r3, r0"
kernel multiply_dual, "smlad r1, r2, r3, r1; smlald r1, r2, r3, r0"
kernel multiply_to_address, "mul r9, r1, r1; ldr r0, [r4, r9, lsl #2]", gap=2

kernel divide_unsigned_longest, "udiv r1, r2, r3", setup="mov r2, #-1; mov r3, #1", gap=2
kernel divide_unsigned_zero, "udiv r1, r2, r3", setup="mov r2, #0; mov r3, #1", gap=2
kernel divide_unsigned_smaller, "udiv r1, r2, r3", setup="mov r2, #5; mov r3, #1000", gap=2
kernel divide_unsigned_equal, "udiv r1, r2, r3", setup="mov r2, #1000; mov r3, #1000", gap=2
kernel divide_unsigned_4_bits, "udiv r1, r2, r3", setup="mov r2, #0xf000; mov r3, #0x1000", gap=2
kernel divide_unsigned_8_bits, "udiv r1, r2, r3", setup="mov r2, #0xff00; mov r3, #0x100", gap=2
kernel divide_unsigned_16_bits, "udiv r1, r2, r3", setup="mov r2, #-1; mov r3, #0x10000", gap=2
kernel divide_unsigned_24_bits, "udiv r1, r2, r3", setup="mov r2, #-1; mov r3, #0x100", gap=2
kernel divide_unsigned_by_zero, "udiv r1, r2, r3", setup="mov r2, #77; mov r3, #0", gap=2
kernel divide_signed_longest, "sdiv r1, r2, r3", setup="mvn r2, #0x80000000; mov r3, #1", gap=2
kernel divide_signed_negative, "sdiv r1, r2, r3", setup="mov r2, #0x80000000; mov r3, #3", gap=2
kernel divide_signed_small, "sdiv r1, r2, r3", setup="mov r2, #100; mov r3, #7", gap=2
kernel divide_chain, "udiv r1, r2, r3; udiv r2, r1, r3", setup="mov r2, #-1; mov r3, #1", gap=2

kernel it_after_narrow, "adds r3, r3, r2; it ne; movne r1, r2", setup="cmp r1, r2", gap=1
kernel it_after_wide, "add.w r3, r3, #1; it ne; movne r1, r2", setup="cmp r1, r2", gap=2
kernel it_after_load, "ldr r3, [r4]; it ne; movne r1, r2", setup="cmp r1, r2", gap=1
kernel it_after_it_block, "it ne; movne r1, r2; it ne; movne r3, r2", setup="cmp r1, r2", gap=2
kernel it_failing, "adds r3, r2, #1; it mi; movmi r1, r2", setup="cmp r1, r2", gap=1
kernel it_failing_wide, "adds r3, r2, #1; it mi; movwmi r1, #0x1234", setup="cmp r1, r2", gap=2
kernel it_failing_load, "adds r3, r2, #1; it mi; ldrmi r1, [r4]", setup="cmp r1, r2", gap=1
kernel it_block_2, "adds r3, r2, #1; itt pl; movpl r1, r2; movpl r1, r2", gap=2
kernel it_block_3, "adds r3, r2, #1; ittt pl; movpl r1, r2; movpl r1, r2; movpl r1, r2", gap=1
kernel it_block_4, "adds r3, r2, #1; itttt pl; movpl r1, r2; movpl r1, r2; movpl r1, r2; movpl r1, r2", gap=2
kernel it_block_else, "adds r3, r2, #1; itete pl; movpl r1, r2; movmi r1, r2; movpl r1, r2; movmi r1, r2", gap=2
