import { assumed, disputed, exact, open, type Rule, type RuleGroup } from '../rule.ts'

const landing = 'The MOV or ADD at the target is counted.'
const byRegister =
  'The M3 TRM has BX LR decided early (P = 1), other BX late; silicon figures for the M4 are indirect.'

/** A call and a return whose refill is 1 to 3 each. */
const call = (kernel: string, what: string, others: number, likely: number): Rule =>
  open(
    kernel,
    what,
    [
      [likely, 'm3trm'],
      [[others + 2, others + 6], 'trm'],
    ],
    { note: byRegister },
  )

export const branches: RuleGroup = {
  name: 'Branches',
  rules: [
    exact('branch_to_narrow_0', 'B to 16 bits at 0 mod 4', 3, 'jnk', { note: landing }),
    exact('branch_to_narrow_2', 'B to 16 bits at 2 mod 4', 3, 'jnk', { note: landing }),
    exact('branch_to_wide_0', 'B to 32 bits at 0 mod 4', 3, 'jnk', { note: landing }),
    exact('branch_to_wide_2', 'B to 32 bits at 2 mod 4: one more', 4, 'compendium', { note: landing }),
    assumed('branch_to_two_wide_0', 'B to two of 32 bits at 0 mod 4', 4, 'jnk'),
    assumed('branch_to_two_wide_2', 'B to two of 32 bits at 2 mod 4', 5, 'compendium'),
    assumed('branch_to_four_wide_2', 'B to four of 32 bits at 2 mod 4', 7, 'compendium'),
    exact('branch_wide', 'B.W to 16 bits', 3, 'jnk', { note: landing }),
    exact('branch_far', 'B.W away; B.W back', 5, 'jnk', { note: landing }),
    exact('branch_after_add', 'ADDS; B', 4, 'jnk', { note: landing }),
    assumed('branch_to_ldr', 'B to LDR', 4, 'jnk'),
    exact('conditional_taken_0', 'BEQ, taken, to 16 bits at 0 mod 4', 3, 'jnk', { note: landing }),
    exact('conditional_taken_2', 'BEQ, taken, to 16 bits at 2 mod 4', 3, 'jnk', { note: landing }),
    exact('conditional_taken_wide_2', 'BEQ, taken, to 32 bits at 2 mod 4', 4, 'compendium', {
      note: landing,
    }),
    exact('conditional_not_taken', 'BNE, not taken; MOV', 2, 'trm'),
    open(
      'conditional_not_taken_4',
      'four BNE, not taken',
      [
        [4, 'trm'],
        [[4, 8], 'jnkTemplate'],
      ],
      {
        note: 'jnk0le: 2 cycles where fewer than two 16-bit instructions precede; the target’s word is fetched for nothing.',
      },
    ),
    exact('conditional_wide_taken', 'BEQ.W, taken', 3, 'jnk', { note: landing }),
    exact('conditional_after_compare', 'CMP; BEQ, taken', 4, 'jnk', { note: landing }),
    exact('conditional_after_compare_not_taken', 'CMP; BNE, not taken; MOV', 3, 'trm'),
    open(
      'cbz_taken',
      'CBZ, taken',
      [
        [4, 'm3trm'],
        [[3, 5], 'trm'],
      ],
      { note: landing },
    ),
    exact('cbz_not_taken', 'CBZ, not taken; two MOV', 3, 'trm'),
    exact('cbz_after_add', 'ADDS; CBZ of the sum, not taken; MOV', 3, 'trm'),
    call('call_return', 'BL; BX LR', 2, 4),
    call('call_return_to_wide_2', 'BL; BX LR; ADD.W at 2 mod 4', 4, 6),
    call('call_to_2_mod_4', 'BL to 2 mod 4; BX LR', 2, 4),
    call('call_add_return', 'BL; ADDS; BX LR', 3, 5),
    call('call_add_4_return', 'BL; four ADDS; BX LR', 6, 8),
    call('call_register', 'BLX; BX LR', 2, 5),
    call('call_register_fresh', 'ADD; BLX of the sum; BX LR', 3, 6),
    open(
      'jump_register',
      'BX',
      [
        [3, 'm3trm'],
        [[2, 4], 'trm'],
      ],
      { note: byRegister },
    ),
    call('return_by_mov', 'BL; MOV PC, LR', 2, 4),
    call('return_by_pop', 'BL; PUSH {LR}; POP {PC}', 6, 10),
    call('return_by_pop_4', 'BL; PUSH of 4; POP of 4 with PC', 12, 16),
    open(
      'return_by_ldr',
      'BL; STR; LDR PC',
      [
        [8, 'm3trm'],
        [[6, 11], 'trm'],
      ],
      {
        note: 'M3 TRM: LDR to PC takes at least five; the load after the store may wait for one more.',
      },
    ),
    open(
      'table_branch_byte',
      'TBB, table in flash',
      [
        [[7, 9], 'm3trm'],
        [[4, 6], 'trm'],
      ],
      {
        note: `${landing} The M3 TRM has at least six; reading the table from flash may take wait states.`,
      },
    ),
    open(
      'table_branch_halfword',
      'TBH, table in flash',
      [
        [[7, 9], 'm3trm'],
        [[4, 6], 'trm'],
      ],
      {
        note: `${landing} The M3 TRM has at least six; reading the table from flash may take wait states.`,
      },
    ),
  ],
}

const aligned =
  'rust-embedded found 4, 5 and 6 for NOP; SUBS; BNE at 16, 8 and 2 bytes, without saying whether the cache was on.'

export const loops: RuleGroup = {
  name: 'Loops, one iteration, cache on',
  rules: [
    ...[0, 2, 4, 6, 8, 10, 12, 14].map((at) =>
      at === 0
        ? exact('subs_bne_0', 'SUBS; BNE at 0 mod 16', 3, 'nrfx')
        : assumed(`subs_bne_${at}`, `SUBS; BNE at ${at} mod 16`, 3, 'riotGpio', {
            note: `The alignment of RIOT’s loop is not known; ${aligned}`,
          }),
    ),
    exact('subs_wide_bne_0', 'SUBS.W; BNE at 0 mod 4', 3, 'jnk'),
    exact('subs_wide_bne_2', 'SUBS.W; BNE at 2 mod 4', 4, 'compendium'),
    exact('subs_bne_wide_0', 'SUBS; BNE.W at 0 mod 4', 3, 'jnk'),
    assumed('subs_bne_wide_2', 'SUBS; BNE.W at 2 mod 4', 3, 'jnk'),
    exact('subs_nop_bne_0', 'NOP; SUBS; BNE at 0 mod 16', 4, 'rust'),
    disputed(
      'subs_nop_bne_2',
      'NOP; SUBS; BNE at 2 mod 16',
      [
        [4, 'sum'],
        [6, 'rust'],
      ],
      { note: aligned },
    ),
    exact('add_4_subs_bne_0', 'four ADDS; SUBS; BNE at 0 mod 4', 7, 'sum'),
    exact('add_4_subs_bne_2', 'four ADDS; SUBS; BNE at 2 mod 4', 7, 'sum'),
    exact('add_wide_4_subs_bne_0', 'four ADD.W; SUBS; BNE at 0 mod 4', 7, 'sum'),
    exact('add_wide_4_subs_bne_2', 'four ADD.W; SUBS; BNE at 2 mod 4', 8, 'compendium'),
    ...[0, 2].flatMap((at) => [
      exact(`ldr_subs_bne_${at}`, `LDR; SUBS; BNE at ${at} mod 4`, 5, 'sum'),
      exact(`multiply_accumulate_loop_${at}`, `LDR; LDR; MLA; SUBS; BNE at ${at} mod 4`, 7, 'sum'),
      assumed(`simd_loop_${at}`, `two of LDR; LDR; SMLAD, then SUBS; BNE at ${at} mod 4`, 11, 'sum'),
    ]),
    disputed('copy_words', 'LDR; STR; SUBS; BNE', [
      [5, 'jnk'],
      [6, 'trm'],
    ]),
    disputed('copy_words_post', 'LDR; STR, both post-indexed; SUBS; BNE', [
      [5, 'jnk'],
      [6, 'trm'],
    ]),
    disputed('copy_ldm_stm', 'LDM and STM of 4; SUBS; BNE', [
      [13, 'trm'],
      [14, 'porninNine'],
    ]),
  ],
}
