import { assumed, disputed, exact, open, type Rule, type RuleGroup } from '../rule.ts'

const run = [1, 2, 3, 4, 5, 6]
const burst =
  'The compendium has one more for three or more in a row; jnk0le’s AES key schedule leaves no room for it.'

/** Wide instructions at 2 mod 4 after something that takes `before` cycles. */
function atTwo(after: string, before: number, what: string): readonly Rule[] {
  return run.map((count) => {
    const plain = before + count
    const kernel = `wide_${count}_at_2_after_${after}`
    const text = `${what}; ${count} of 32 bits at 2 mod 4`
    if (count < 3) return exact(kernel, text, plain, 'compendium')
    const claims =
      after === 'add'
        ? ([
            [plain, 'prefetch'],
            [plain + 1, 'compendium'],
          ] as const)
        : ([
            [plain + 1, 'compendium'],
            [plain, 'jnk'],
          ] as const)
    return disputed(kernel, text, claims, { note: burst })
  })
}

export const prefetch: RuleGroup = {
  name: 'Prefetch: runs of 32-bit instructions',
  rules: [
    ...atTwo('add', 1, 'ADDS'),
    ...atTwo('ldr', 2, 'LDR'),
    ...run.map((count) =>
      exact(`wide_${count}_at_0_after_ldr`, `LDR; ${count} of 32 bits at 0 mod 4`, 2 + count, 'compendium'),
    ),
    ...atTwo('ldm', 4, 'MOV; LDM of 2'),
    disputed(
      'wide_4_at_2_after_ldm_6',
      'MOV; LDM of 6; 4 of 32 bits at 2 mod 4',
      [
        [13, 'compendium'],
        [12, 'jnk'],
      ],
      {
        note: burst,
      },
    ),
    disputed('wide_3_at_2_after_udiv', 'MOV; UDIV 8 / 2; 3 of 32 bits at 2 mod 4', [[[6, 17], 'trm']]),
    open(
      'wide_loads_at_2',
      'MOV; four LDR.W at 2 mod 4',
      [
        [[6, 9], 'trm'],
        [7, 'jnk'],
      ],
      {
        note: 'TRM note b: a 32-bit load at 2 mod 4 may not pipeline.',
      },
    ),
    disputed('wide_12_at_2', 'MOV; 12 of 32 bits at 2 mod 4', [
      [13, 'prefetch'],
      [14, 'compendium'],
    ]),
  ],
}

const systemBus = 'The TRM has one more cycle for a fetch over the system bus; modm measured it in a loop.'

export const places: RuleGroup = {
  name: 'Code in RAM',
  rules: [
    open('ram_narrow_8', 'eight ADDS, code at 0x20000000', [[8, 'sum']], { note: systemBus }),
    open('ram_wide_8', 'eight ADD.W, code at 0x20000000', [[[8, 16], 'sum']], { note: systemBus }),
    open('ram_ldr', 'LDR from RAM, code in the same block', [[[2, 3], 'trm']], {
      note: 'Fetch and load share one bus.',
    }),
    open('ram_ldr_other_block', 'LDR from RAM, code in another block', [[[2, 3], 'trm']], {
      note: 'Fetch and load share one bus.',
    }),
    open('ram_ldr_flash', 'LDR from flash, code in RAM', [[[2, 5], 'trm']]),
    open('ram_str', 'STR to RAM, code in the same block', [[[1, 2], 'trm']]),
    assumed('ram_subs_bne_0', 'SUBS; BNE at 0x20000000', 4, 'modm', { note: systemBus }),
    assumed('ram_subs_bne_2', 'SUBS; BNE at 0x20000002', 4, 'modm', { note: systemBus }),
    assumed('coderam_narrow_8', 'eight ADDS, code at 0x00800000', 8, 'sum'),
    assumed('coderam_wide_8', 'eight ADD.W, code at 0x00800000', 8, 'sum'),
    open('coderam_ldr', 'LDR from RAM, code at 0x00800000', [[[2, 3], 'trm']], {
      note: 'Both use the same RAM.',
    }),
    assumed('coderam_subs_bne_0', 'SUBS; BNE at 0x00800000', 3, 'modm'),
    assumed('coderam_subs_bne_2', 'SUBS; BNE at 0x00800002', 3, 'modm'),
  ],
}

const uncached =
  'Fetches from flash wait for 2 cycles (nrfx); what the flash does with neighbouring words is not published.'
const cold = 'Size, lines and miss cost of the nRF52840’s cache are not published.'

export const cache: RuleGroup = {
  name: 'Flash and the instruction cache',
  rules: [
    ...[0, 2, 4, 6, 8, 10, 12, 14].map((at) =>
      at === 0
        ? assumed('uncached_subs_bne_0', 'SUBS; BNE at 0 mod 16, cache off', 7, 'nrfxUncached', {
            fitted: 'that a branch waits for the fetch under way',
          })
        : open(`uncached_subs_bne_${at}`, `SUBS; BNE at ${at} mod 16, cache off`, [], { note: uncached }),
    ),
    open('uncached_narrow_32', '32 ADDS; SUBS; BNE, cache off', [], { note: uncached }),
    open('uncached_wide_16', '16 ADD.W; SUBS; BNE, cache off', [], { note: uncached }),
    open('uncached_ldr_8', 'eight LDR; SUBS; BNE, cache off', [], { note: uncached }),
    open('uncached_udiv', 'UDIV; SUBS; BNE, cache off', [], { note: uncached }),
    open('uncached_literal', 'LDR of a literal; SUBS; BNE, cache off', [], { note: uncached }),
    open('uncached_ldr_flash', 'LDR from flash; SUBS; BNE, cache off', [], { note: uncached }),
    open('uncached_call', 'BL; BX LR; SUBS; BNE, cache off', [], { note: uncached }),
    open('cold_narrow_64', '64 ADDS, cache just invalidated', [], { note: cold }),
    open('cold_wide_64', '64 ADD.W, cache just invalidated', [], { note: cold }),
    open('cold_wide_512', '512 ADD.W, cache just invalidated', [], { note: cold }),
    open('footprint_1k', '1 kB of ADD.W in a loop', [[257, 'sum']], { note: cold }),
    open('footprint_2k', '2 kB of ADD.W in a loop', [], { note: cold }),
    open('footprint_4k', '4 kB of ADD.W in a loop', [], { note: cold }),
    open('footprint_8k', '8 kB of ADD.W in a loop', [], { note: cold }),
  ],
}
