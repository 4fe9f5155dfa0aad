import { assumed, disputed, exact, open, type RuleGroup } from '../rule.ts'

const unseen = 'The source shows C, not the instructions; the compiler’s loop is a guess.'

export const publishedLoops: RuleGroup = {
  name: 'Loops measured on silicon, one iteration',
  rules: [
    exact('riot_17980_empty', 'counted empty loop (SUBS; BNE), cache on', 3, 'riotGpio', {
      note: '2345 us for 50 000.',
    }),
    exact('riot_17980_gpio', 'the same with GPIO set and clear', 5, 'riotGpio', {
      note: '3907 us for 50 000.',
    }),
    exact('nrfx_delay_cached', 'SUBS; BHI at 0 mod 16, cache on', 3, 'nrfx'),
    exact('nrfx_delay_uncached', 'SUBS; BHI at 0 mod 16, no cache', 7, 'nrfxUncached', {
      fitted: 'that a branch waits for the fetch under way',
      note: 'Measured on parts without a cache; the nRF52840 with its cache off is taken for the same.',
    }),
    open('riot_9400_nop_up', 'NOP; ADDS; CMP; BNE, cache off', [[15, 'riotCache']], { note: unseen }),
    open('riot_9400_nop_top_tested', 'CMP; BEQ; NOP; ADDS; B, cache off', [[15, 'riotCache']], {
      note: unseen,
    }),
    open('devzone_115859_udiv_at_0', 'five UDIV 0xffffffff / 1; SUBS; BNE at 0 mod 4', [[64, 'devzone']], {
      note: 'The loop’s instructions and alignment are not shown: five divisions of 12 leave 4 for it.',
    }),
    assumed('devzone_115859_udiv_at_2', 'five UDIV 0xffffffff / 1; SUBS; BNE at 2 mod 4', 64, 'devzone', {
      note: 'At 2 mod 4 the branch back lands on 32 bits: 4 for SUBS and BNE. That this was the alignment is a guess.',
    }),
    exact('jnk_wide_loop', '17 NOP.W; SUBS.W; BNE.W at 0 mod 8', 20, 'jnkTemplate'),
    open(
      'jnk_wide_not_taken',
      'BEQ.W, not taken, three times among 32-bit instructions',
      [
        [13, 'jnkTemplate'],
        [10, 'trm'],
      ],
      {
        note: 'jnk0le: a branch not taken takes 2 where only 32-bit instructions are around it.',
      },
    ),
    exact('rust_151_delay_at_0', 'NOP; SUBS; BNE at 0 mod 16', 4, 'rust'),
    disputed(
      'rust_151_delay_at_8',
      'NOP; SUBS; BNE at 8 mod 16',
      [
        [5, 'rust'],
        [4, 'sum'],
      ],
      {
        note: 'Whether the cache was on is not said.',
      },
    ),
    disputed(
      'rust_151_delay_at_2',
      'NOP; SUBS; BNE at 2 mod 16',
      [
        [6, 'rust'],
        [4, 'sum'],
      ],
      {
        note: 'Whether the cache was on is not said.',
      },
    ),
    open('mbed_10849_wait', 'SUBS; NOP; NOP; BCS at 8 mod 16, cache off', [[8.25, 'mbed']], {
      note: 'A factor of 1.65 over 5 cycles, averaged over a function.',
    }),
    assumed('modm_642_sram', 'SUBS; BNE in RAM over the system bus', 4, 'modm'),
    assumed('modm_642_instruction_bus', 'SUBS; BNE in RAM over the instruction bus', 3, 'modm'),
  ],
}
