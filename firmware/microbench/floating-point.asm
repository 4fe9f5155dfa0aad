// FPv4-SP. S0 to S15 hold 1.0.
kernel vadd, "vadd.f32 s0, s1, s2; vadd.f32 s3, s4, s5"
kernel vadd_chain, "vadd.f32 s0, s0, s1"
kernel vadd_chain_one_between, "vadd.f32 s0, s0, s1; adds r1, r1, r2; adds r3, r3, r2"
kernel vmul, "vmul.f32 s0, s1, s2; vmul.f32 s3, s4, s5"
kernel vmul_chain, "vmul.f32 s0, s0, s1"
kernel vmul_vadd, "vmul.f32 s0, s1, s2; vadd.f32 s3, s0, s4", gap=2
kernel vmla, "vmla.f32 s0, s1, s2; vmla.f32 s3, s4, s5"
kernel vmla_accumulate, "vmla.f32 s0, s1, s2"
kernel vmla_operand, "vmla.f32 s0, s1, s2; vmla.f32 s3, s0, s2", gap=2
kernel vmls_chain, "vmls.f32 s0, s0, s2"
kernel vfma, "vfma.f32 s0, s1, s2; vfma.f32 s3, s4, s5"
kernel vfma_accumulate, "vfma.f32 s0, s1, s2"
kernel vfma_operand, "vfma.f32 s0, s0, s2"
kernel vmul_vfma_accumulate, "vmul.f32 s0, s1, s2; vfma.f32 s0, s3, s4", gap=2
kernel vmul_vfma_operand, "vmul.f32 s0, s1, s2; vfma.f32 s3, s0, s4", gap=2
kernel vfma_vadd, "vfma.f32 s0, s1, s2; vadd.f32 s3, s0, s4", gap=2
kernel vfma_vadd_independent, "vfma.f32 s0, s1, s2; vadd.f32 s3, s5, s4", gap=2
kernel vabs_vneg, "vabs.f32 s0, s1; vneg.f32 s2, s3"
kernel vcvt, "vcvt.s32.f32 s0, s1; vcvt.f32.s32 s2, s3"
kernel vcvt_chain, "vcvt.s32.f32 s0, s1; vcvt.f32.s32 s2, s0", gap=2
kernel vmov_immediate, "vmov.f32 s0, #1.0"
kernel vcmp_vmrs, "vcmp.f32 s0, s1; vmrs apsr_nzcv, fpscr", gap=2
kernel vcmp_vmrs_branch, "vcmp.f32 s0, s1; vmrs apsr_nzcv, fpscr; beq 1f; 1:", gap=5
kernel vadd_vcmp, "vadd.f32 s0, s1, s2; vcmp.f32 s0, s3", gap=2
kernel vmrs, "vmrs r0, fpscr"
kernel vmsr, "vmsr fpscr, r0", setup="vmrs r0, fpscr"
kernel vmov_to_core, "vmov r0, s0"
kernel vmov_from_core, "vmov s0, r0", setup="mov r0, #0x3f800000"
kernel vmov_two_to_core, "vmov r0, r1, s0, s1"
kernel vmov_two_from_core, "vmov s0, s1, r0, r1"
kernel vadd_vmov_to_core, "vadd.f32 s0, s1, s2; vmov r0, s0", gap=2
kernel vmov_from_core_vadd, "vmov s0, r0; vadd.f32 s1, s0, s2", setup="mov r0, #0x3f800000", gap=2
kernel vmov_to_core_use, "vmov r0, s0; adds r1, r1, r0", gap=3

kernel vdiv, "vdiv.f32 s0, s1, s2", repeat=8
kernel vdiv_chain, "vdiv.f32 s0, s0, s2", repeat=8
kernel vsqrt, "vsqrt.f32 s0, s1", repeat=8
kernel vsqrt_vdiv, "vsqrt.f32 s0, s1; vdiv.f32 s3, s4, s0", repeat=8
kernel vdiv_vadd_independent, "vdiv.f32 s0, s1, s2; vadd.f32 s3, s4, s5", repeat=8, gap=16
kernel vdiv_vldr_independent, "vdiv.f32 s0, s1, s2; vldr s3, [r4]", repeat=8, gap=16
kernel vdiv_ldr, "vdiv.f32 s0, s1, s2; ldr r0, [r4]; vadd.f32 s3, s0, s1", repeat=8, gap=3
.irp count, 0, 1, 2, 4, 6, 8, 10, 12, 13, 14
kernel vdiv_beside_\count, "vdiv.f32 s0, s1, s2; narrows \count; vadd.f32 s3, s0, s1", repeat=8, gap=2
.endr
.irp count, 4, 8, 12
kernel vsqrt_beside_\count, "vsqrt.f32 s0, s1; narrows \count; vadd.f32 s3, s0, s1", repeat=8, gap=2
.endr

kernel vldr, "vldr s0, [r4]", gap=2
kernel vldr_2, "vldr s0, [r4]; vldr s1, [r5]", gap=2
kernel vldr_4, "vldr s0, [r4]; vldr s1, [r5]; vldr s2, [r4, #4]; vldr s3, [r5, #4]", gap=2
kernel vldr_ldr, "vldr s0, [r4]; ldr.w r0, [r5]", gap=2
kernel vldr_double, "vldr d0, [r4]", gap=2
kernel vldr_literal, "vldr s0, 7f", gap=2
kernel vldr_vadd, "vldr s0, [r4]; vadd.f32 s1, s0, s2", gap=2
kernel vldr_vfma, "vldr s0, [r4]; vfma.f32 s1, s0, s2", gap=2
kernel vstr, "vstr s0, [r4]", gap=2
kernel vstr_2, "vstr s0, [r4]; vstr s1, [r5]", gap=2
kernel vstr_double, "vstr d0, [r4]", gap=2
kernel vadd_vstr, "vadd.f32 s0, s1, s2; vstr s0, [r4]", gap=2
kernel vldr_vstr, "vldr s0, [r4]; vstr s1, [r5]", gap=2
kernel vldm_2, "vldm r4, {s0-s1}", gap=2
kernel vldm_4, "vldm r4, {s0-s3}", gap=2
kernel vldm_8, "vldm r4, {s0-s7}", gap=2
kernel vldm_16, "vldm r4, {s0-s15}", gap=2
kernel vstm_2, "vstm r4, {s0-s1}", gap=2
kernel vstm_8, "vstm r4, {s0-s7}", gap=2
kernel vpush_vpop_8, "vpush {s0-s7}; vpop {s0-s7}", gap=2
kernel vldm_vfma, "vldm r4, {s0-s3}; vfma.f32 s4, s3, s5", gap=2

loop dot_product_float, "1: vldr s0, [r4]; vldr s1, [r5]; vfma.f32 s2, s0, s1; subs r0, #1; bne 1b"
loop dot_product_float_vldm, "1: vldm r4, {s0-s3}; vldm r5, {s4-s7}; vfma.f32 s8, s0, s4; vfma.f32 s9, s1, s5; vfma.f32 s8, s2, s6; vfma.f32 s9, s3, s7; subs r0, #1; bne 1b"
