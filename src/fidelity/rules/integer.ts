import { assumed, exact, type Rule, type RuleGroup } from '../rule.ts'

const one = (kernel: string, what: string, instructions = 1): Rule => exact(kernel, what, instructions, 'trm')
const divide = (kernel: string, what: string): Rule =>
  assumed(kernel, what, [2, 12], 'trm', { note: 'How the operands end a division early is not published.' })

export const integer: RuleGroup = {
  name: 'Integers',
  rules: [
    one('add_narrow', 'ADDS, 16 bits'),
    one('add_wide', 'ADD.W, 32 bits'),
    one('add_shifted', 'ADD with a shifted operand'),
    one('add_chain', 'two ADDS, the second on the result of the first', 2),
    one('move_immediate', 'MOVW; MOVT', 2),
    one('shift_by_register', 'LSLS by a register'),
    one('compare', 'CMP'),
    one('bit_field', 'UBFX; BFI', 2),
    one('count_leading_zeros', 'CLZ; RBIT of its result', 2),
    one('saturate', 'SSAT; USAT', 2),
    one('simd_extend', 'SXTB16; UXTB16 with rotation', 2),
    one('simd_add', 'QADD; UADD8; SEL', 3),
    one('multiply_narrow', 'MULS'),
    one('multiply_chain', 'two MUL, the second on the result of the first', 2),
    one('multiply_accumulate', 'MLA on its own result'),
    one('multiply_subtract', 'MLS on its own result'),
    one('multiply_long', 'UMULL; SMULL', 2),
    one('multiply_accumulate_long', 'UMLAL; SMLAL', 2),
    one('multiply_accumulate_twice', 'UMAAL'),
    one('multiply_dual', 'SMLAD; SMLALD', 2),
    assumed('multiply_to_address', 'MUL; LDR whose index is the product: interlock', 4, 'trm'),

    exact('divide_unsigned_longest', 'UDIV 0xffffffff / 1', 12, 'devzone', {
      fitted: 'the law of early termination goes through this point and the TRM’s 2',
    }),
    divide('divide_unsigned_zero', 'UDIV 0 / 1'),
    divide('divide_unsigned_smaller', 'UDIV 5 / 1000'),
    divide('divide_unsigned_equal', 'UDIV 1000 / 1000'),
    divide('divide_unsigned_4_bits', 'UDIV 0xf000 / 0x1000'),
    divide('divide_unsigned_8_bits', 'UDIV 0xff00 / 0x100'),
    divide('divide_unsigned_16_bits', 'UDIV 0xffffffff / 0x10000'),
    divide('divide_unsigned_24_bits', 'UDIV 0xffffffff / 0x100'),
    divide('divide_unsigned_by_zero', 'UDIV 77 / 0'),
    divide('divide_signed_longest', 'SDIV 0x7fffffff / 1'),
    divide('divide_signed_negative', 'SDIV -0x80000000 / 3'),
    divide('divide_signed_small', 'SDIV 100 / 7'),
    assumed('divide_chain', 'UDIV 0xffffffff / 1; UDIV of the quotient', 24, 'devzone'),

    exact('it_after_narrow', 'ADDS; IT; MOV: IT folds onto a 16-bit instruction', 2, 'trm'),
    exact('it_after_wide', 'ADD.W; IT; MOV: IT does not fold onto a 32-bit one', 3, 'trm'),
    assumed('it_after_load', 'LDR (16 bits); IT; MOV', 3, 'trm'),
    assumed('it_after_it_block', 'IT; MOV; IT; MOV: each folds', 2, 'trm'),
    assumed('it_failing', 'ADDS; IT; MOV that does not execute: 1 cycle', 2, 'trm'),
    assumed('it_failing_wide', 'ADDS; IT; MOVW that does not execute', 2, 'trm'),
    assumed('it_failing_load', 'ADDS; IT; LDR that does not execute', 2, 'trm'),
    assumed('it_block_2', 'ADDS; ITT; two MOV', 3, 'trm'),
    assumed('it_block_3', 'ADDS; ITTT; three MOV', 4, 'trm'),
    assumed('it_block_4', 'ADDS; ITTTT; four MOV', 5, 'trm'),
    assumed('it_block_else', 'ADDS; ITETE; two MOV that execute, two that do not', 5, 'trm'),
  ],
}
