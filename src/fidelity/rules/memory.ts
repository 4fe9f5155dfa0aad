import { assumed, disputed, exact, open, type RuleGroup } from '../rule.ts'

const flashData = 'Wait states of a data read from the nRF52840’s flash are not published.'
const flashLine =
  'Reads from the line read last do not wait, others do: by NIST’s benchmarks. Two or more such lines, or another length, would show here on a board.'
const block =
  'jnk0le: loads pipeline only inside one memory block; the TRM has no such limit. His AES, with its stack in SRAM2, takes on an STM32F407 one more for each change of block: loadOtherSlave.'
const turns =
  'One more for each change of block on an STM32F407: loadOtherSlave. The nRF52840 has another bus matrix.'
const writeBack =
  'jnk0le’s notes: accesses that write back the same base do not chain; by how much is not said: the range is our reading.'
const writeBackAes = `${writeBack} His looped AES has four such loads in a row, where its decryption has none, and takes 4 cycles less of 669, 793 and 917 on an STM32F407, as it does here; with one more for each it would take 23 to 35 more.`

export const pairs: RuleGroup = {
  name: 'Loads and stores: pairs and interlocks',
  rules: [
    exact('ldr', 'LDR', 2, 'trm'),
    exact('ldr_ldr', 'LDR; LDR', 3, 'trm'),
    exact('ldr_ldr_ldr', 'LDR; LDR; LDR', 4, 'trm'),
    exact('ldr_8', 'eight LDR', 9, 'jnk'),
    exact('ldr_wide_4', 'four LDR.W at 0 mod 4', 5, 'trm'),
    open(
      'ldr_other_block',
      'LDR; LDR from another AHB slave of RAM',
      [
        [4, 'jnk'],
        [3, 'trm'],
      ],
      { note: block },
    ),
    open(
      'ldr_ram_ldr_flash',
      'LDR from RAM; LDR from flash',
      [
        [[3, 4], 'jnk'],
        [3, 'trm'],
      ],
      { note: flashData },
    ),
    open('ldr_flash', 'LDR from flash', [[2, 'trm']], { note: flashData }),
    open('ldr_flash_4', 'four LDR from flash', [[5, 'trm']], { note: flashData }),
    open('ldr_flash_lines', 'four LDR from two lines of 16 bytes of flash in turn', [], { note: flashLine }),
    open('ldrb_flash_lines', 'LDRB of bytes 15, 16, 31, 32 of flash', [], { note: flashLine }),
    exact('ldrb_ldrh', 'LDRB; LDRH', 3, 'trm'),
    exact('ldr_register', 'LDR with a register offset', 2, 'trm'),
    exact('ldr_register_2', 'two LDR with register offsets', 3, 'trm'),
    exact('ldr_register_shifted', 'LDR with a shifted register offset', 2, 'trm'),
    exact('ldr_then_use', 'LDR; ADDS of what was loaded', 3, 'trm'),
    exact('ldr_then_other', 'LDR; ADDS of something else', 3, 'trm'),
    disputed(
      'ldr_then_nop',
      'LDR; NOP',
      [
        [2, 'jnk'],
        [3, 'sum'],
      ],
      { note: 'jnk0le: the load takes the NOP in.' },
    ),
    open('ldr_as_address', 'LDR; LDR from the address that was loaded', [
      [4, 'gcc'],
      [5, 'jnk'],
    ]),
    disputed('ldr_as_store_data', 'LDR; STR of what was loaded', [
      [2, 'jnk'],
      [3, 'trm'],
    ]),
    exact('add_as_address', 'ADD; LDR from the sum: interlock of 1', 4, 'trm'),
    exact('add_one_before_address', 'ADD; MOV; LDR from the sum: none', 4, 'trm'),
    assumed('add_as_store_address', 'ADD; STR to the sum: interlock of 1', 3, 'trm'),
    assumed('add_as_store_data', 'ADDS; STR of the sum: none', 2, 'trm'),
    assumed('add_as_ldm_address', 'ADD; LDM of two from the sum', 5, 'trm'),
    exact('str', 'STR with an immediate offset', 1, 'trm'),
    exact('str_str', 'STR; STR', 2, 'riotGpio', { note: 'Measured on GPIO registers.' }),
    exact('str_8', 'eight STR', 8, 'jnk'),
    disputed('ldr_str', 'LDR; STR', [
      [2, 'jnk'],
      [3, 'trm'],
    ]),
    disputed('ldr_ldr_str', 'LDR; LDR; STR', [
      [3, 'jnk'],
      [4, 'trm'],
    ]),
    disputed('ldr_str_str', 'LDR; STR; STR', [
      [3, 'jnk'],
      [4, 'trm'],
    ]),
    disputed('str_ldr', 'STR; LDR: the write buffer goes first', [
      [4, 'jnk'],
      [4, 'pornin'],
      [4, 'jnkAes'],
      [3, 'sum'],
    ]),
    assumed('str_ldr_same_word', 'STR; LDR of the same word', 4, 'jnk'),
    open('str_ldr_other_block', 'STR; LDR from another AHB slave of RAM', [
      [4, 'jnk'],
      [3, 'sum'],
    ]),
    open(
      'ldr_blocks_in_turn',
      'LDR; ADDS; LDR from another AHB slave of RAM; ADDS',
      [
        [6, 'trm'],
        [8, 'jnkAes'],
      ],
      { note: turns },
    ),
    open(
      'str_blocks_in_turn',
      'STR; ADDS; STR to another AHB slave of RAM; ADDS',
      [
        [4, 'trm'],
        [[4, 6], 'jnkAes'],
      ],
      { note: turns },
    ),
    open(
      'mac_str_reuse',
      'SMLAD; STR of the sum; SMUAD into the same register',
      [
        [3, 'trm'],
        [4, 'porninNine'],
      ],
      {
        note: 'Of pornin’s 628 cycles 68 are not explained, about one for each of 62 such stores; it may be that chip’s RAM.',
      },
    ),
    assumed('str_add_ldr', 'STR; ADDS; LDR: the write is over', 4, 'sum'),
    exact('str_register', 'STR with a register offset', 2, 'trm'),
    exact('str_register_2', 'two STR with register offsets', 4, 'trm'),
    exact('str_register_str', 'STR with a register offset; STR', 3, 'trm'),
    exact('str_register_ldr', 'STR with a register offset; LDR', 4, 'trm'),
    exact('ldr_str_register', 'LDR; STR with a register offset', 3, 'trm'),
    assumed('strb_strh', 'STRB; STRH', 2, 'riotGpio'),
    open(
      'ldr_post_same',
      'four LDR, post-indexed, one base',
      [
        [5, 'jnkAes'],
        [5, 'trm'],
        [[8, 11], 'jnk'],
      ],
      { note: writeBackAes },
    ),
    disputed('ldr_post_alternate', 'four LDR, post-indexed, two bases in turn', [[5, 'jnk']]),
    open(
      'ldr_pre_same',
      'four LDR, pre-indexed, one base',
      [
        [5, 'trm'],
        [[8, 11], 'jnk'],
      ],
      { note: writeBack },
    ),
    disputed('ldr_pre_alternate', 'four LDR, pre-indexed, two bases in turn', [[5, 'jnk']]),
    open(
      'ldr_post_then_offset',
      'LDR, post-indexed; LDR from the new base',
      [
        [3, 'trm'],
        [[4, 5], 'jnk'],
      ],
      { note: writeBack },
    ),
    assumed('ldr_offset_then_post', 'LDR; LDR, post-indexed', 3, 'jnk'),
    open(
      'str_post_same',
      'four STR, post-indexed, one base',
      [
        [[4, 7], 'jnk'],
        [4, 'trm'],
      ],
      { note: writeBack },
    ),
    assumed('str_post_alternate', 'four STR, post-indexed, two bases in turn', 4, 'jnk'),
    disputed('ldr_post_str_post', 'LDR, post-indexed; STR, post-indexed', [
      [2, 'jnk'],
      [3, 'trm'],
    ]),
  ],
}

const multiple = 'The TRM has 1 + N; pornin measured N + 2 for loads.'

export const multiples: RuleGroup = {
  name: 'Loads and stores: multiples, unaligned, exclusive, peripherals',
  rules: [
    exact('ldrd', 'LDRD', 3, 'trm'),
    exact('ldrd_ldrd', 'LDRD; LDRD', 6, 'trm'),
    assumed('ldr_ldrd', 'LDR; LDRD', 5, 'trm'),
    assumed('ldrd_ldr', 'LDRD; LDR', 5, 'trm'),
    exact('strd', 'STRD', 3, 'trm'),
    exact('strd_strd', 'STRD; STRD', 6, 'trm'),
    open('strd_ldr', 'STRD; LDR', [
      [5, 'trm'],
      [6, 'jnk'],
    ]),
    ...[1, 2, 3, 4, 8].map((n) =>
      disputed(
        `ldm_${n}`,
        n === 1 ? 'LDM of 1, which the assembler makes an LDR' : `LDM of ${n}`,
        [[1 + n, 'trm'], ...(n === 4 ? [[5, 'jnkAes'] as const] : []), [2 + n, 'porninNine']],
        { note: multiple },
      ),
    ),
    disputed(
      'ldm_write_back',
      'LDM! of 4',
      [
        [5, 'trm'],
        [5, 'jnkAes'],
        [6, 'porninNine'],
      ],
      { note: multiple },
    ),
    open(
      'ldm_from_flash',
      'LDM of 4 from flash',
      [
        [5, 'trm'],
        [6, 'porninNine'],
      ],
      { note: flashData },
    ),
    exact('stm_2', 'STM of 2', 3, 'trm'),
    exact('stm_4', 'STM of 4', 5, 'trm'),
    exact('stm_8', 'STM of 8', 9, 'trm'),
    ...[1, 4, 8].map((n) =>
      disputed(
        `push_pop_${n}`,
        `PUSH of ${n}; POP of ${n}`,
        [
          [2 + 2 * n, 'trm'],
          [3 + 2 * n, 'porninNine'],
        ],
        {
          note: multiple,
        },
      ),
    ),
    disputed('ldr_ldm', 'LDR; LDM of 2', [
      [5, 'trm'],
      [6, 'porninNine'],
    ]),
    disputed('ldm_ldr', 'LDM of 2; LDR: not pipelined', [
      [5, 'trm'],
      [6, 'porninNine'],
    ]),
    open('stm_ldr', 'STM of 2; LDR', [
      [5, 'trm'],
      [6, 'jnk'],
    ]),
    open('str_ldm', 'STR; LDM of 2', [
      [5, 'jnk'],
      [4, 'trm'],
    ]),
    exact('ldr_unaligned_1', 'LDR at 1 mod 4: two more', 4, 'rsaxvc'),
    exact('ldr_unaligned_2', 'LDR at 2 mod 4: one more', 3, 'rsaxvc'),
    exact('ldr_unaligned_3', 'LDR at 3 mod 4: two more', 4, 'rsaxvc'),
    open('ldr_unaligned_pair', 'LDR; LDR, both at 2 mod 4', [[5, 'sum']]),
    exact('ldrh_unaligned_1', 'LDRH at 1 mod 4: one more', 3, 'rsaxvc'),
    exact('ldrh_unaligned_3', 'LDRH across two words: one more', 3, 'rsaxvc'),
    open('str_unaligned_1', 'STR at 1 mod 4', [[[1, 3], 'trm']], { note: 'The write buffer may hide it.' }),
    open('str_unaligned_2', 'STR at 2 mod 4', [[[1, 2], 'trm']], { note: 'The write buffer may hide it.' }),
    open('strh_unaligned_1', 'STRH at 1 mod 4', [[[1, 2], 'trm']], { note: 'The write buffer may hide it.' }),
    open('literal', 'LDR of a literal in flash', [[[2, 3], 'trm']], { note: flashData }),
    open('literal_wide', 'LDR.W of a literal in flash', [[[2, 3], 'trm']], { note: flashData }),
    open('literal_4', 'four LDR of literals in flash', [[[5, 9], 'trm']], { note: flashData }),
    open('literal_in_ram', 'LDR of a literal, code and literal in RAM', [[[2, 3], 'trm']]),
    open('gpio_read', 'LDR of a GPIO register', [[2, 'trm']], { note: 'No wait states are known of.' }),
    open('gpio_read_4', 'four LDR of a GPIO register', [[5, 'trm']]),
    exact('gpio_write', 'STR to a GPIO register', 1, 'riotGpio'),
    exact('gpio_write_4', 'four STR to GPIO registers', 4, 'riotGpio'),
    open('gpio_write_read', 'STR; LDR of a GPIO register', [[[3, 4], 'trm']]),
    open('apb_read', 'LDR of a peripheral on the APB', [], {
      note: 'Cost of the AHB to APB bridge: not published.',
    }),
    open('apb_write_read', 'STR; LDR of a peripheral on the APB', [], {
      note: 'The load waits for the write to arrive.',
    }),
    open('cyccnt_read', 'LDR of DWT CYCCNT', [[[2, 3], 'trm']]),
    exact('ldrex', 'LDREX', 2, 'trm'),
    exact('ldrex_strex', 'LDREX; STREX', 4, 'trm'),
    exact('clrex', 'CLREX', 1, 'trm'),
  ],
}
