/** A kernel that others wrote and measured, run here outside the repository, at no wait states. */
export interface ForeignKernel {
  readonly what: string
  readonly chip: string
  /** Cycles; several for several sizes of the same. */
  readonly published: readonly number[]
  readonly ours: readonly number[]
  /** Of the model's parameters, what differs for the chip. */
  readonly setting?: string
  /**
   * blind: nothing in the model was chosen with it. used: a rule was, the note says which. counted: its author added
   * up instructions, so it is no measurement.
   */
  readonly use: 'blind' | 'used' | 'counted'
  readonly source: string
  readonly note: string
}

const jnk0le = 'jnk0le/cortexm-AES'
const f103 = 'STM32F103 (Cortex-M3)'
const f407 = 'STM32F407'
const call2 =
  'The call from C++ and the reads of CYCCNT, with two arguments, are in the published figure only.'
const call4 = 'The call, with three or four arguments, is in the published figure only.'
/** The stack at the top of SRAM, in SRAM2; round keys, tables and data in SRAM1. */
const twoBlocks = '`loadOtherSlave` 1, stack in another slave'

export const foreignKernels: readonly ForeignKernel[] = [
  {
    what: 'AES-128 key schedule',
    chip: f103,
    published: [302],
    ours: [298],
    use: 'used',
    source: `${jnk0le} 10ea9c6b`,
    note: `${call2} \`fetchStandstill\` was chosen with it.`,
  },
  {
    what: 'AES-192, AES-256 key schedules (IT blocks of loads and stores)',
    chip: f103,
    published: [278, 402],
    ours: [274, 397],
    use: 'blind',
    source: `${jnk0le} d5d2b289`,
    note: call2,
  },
  {
    what: 'key schedule for decryption, 10, 12, 14 rounds (LDM and STM in a loop)',
    chip: f103,
    published: [720, 874, 1028],
    ours: [716, 870, 1024],
    use: 'blind',
    source: `${jnk0le} d5d2b289`,
    note: call2,
  },
  {
    what: 'key schedule for decryption, a later version',
    chip: f103,
    published: [813, 989, 1165],
    ours: [807, 983, 1159],
    use: 'blind',
    source: `${jnk0le} 27306301`,
    note: call2,
  },
  {
    what: 'AES encryption, looped, 10, 12, 14 rounds',
    chip: f103,
    published: [657, 779, 901],
    ours: [652, 774, 896],
    use: 'blind',
    source: `${jnk0le} d5d2b289`,
    note: `${call4} Of the version of 0359498c, which is not the one measured, a round is three shorter.`,
  },
  {
    what: 'AES decryption, looped, 10, 12, 14 rounds',
    chip: f103,
    published: [652, 772, 892],
    ours: [647, 767, 887],
    use: 'blind',
    source: `${jnk0le} 9b1cb5db`,
    note: call4,
  },
  {
    what: 'AES encryption, unrolled, 10, 12, 14 rounds',
    chip: f103,
    published: [604, 714, 824],
    ours: [595, 705, 815],
    use: 'blind',
    source: `${jnk0le} 2ac124fe, cc095c62`,
    note: `${call4} Four more than of the looped ones are not explained; the STM32F407 does not have them.`,
  },
  {
    what: 'AES-128, AES-192, AES-256 key schedules',
    chip: f407,
    published: [305, 281, 434],
    ours: [300, 276, 429],
    setting: twoBlocks,
    use: 'blind',
    source: `${jnk0le} 10ea9c6b, d5d2b289`,
    note: `${call2} Without the setting 298, 274, 397.`,
  },
  {
    what: 'key schedule for decryption, 10, 12, 14 rounds',
    chip: f407,
    published: [723, 877, 1031],
    ours: [718, 872, 1026],
    setting: twoBlocks,
    use: 'blind',
    source: `${jnk0le} d5d2b289`,
    note: `${call2} LDM of four in a loop, as long as on the Cortex-M3: 1 + N.`,
  },
  {
    what: 'AES decryption, looped, 10, 12, 14 rounds',
    chip: f407,
    published: [673, 797, 921],
    ours: [669, 793, 917],
    setting: twoBlocks,
    use: 'used',
    source: `${jnk0le} 9b1cb5db`,
    note: `${call4} Without the setting 647, 767, 887: that a change of RAM block takes one was read off these and tested on the others.`,
  },
  {
    what: 'AES encryption, looped, 10, 12, 14 rounds (four LDR post-indexed by one base)',
    chip: f407,
    published: [669, 793, 917],
    ours: [665, 789, 913],
    setting: twoBlocks,
    use: 'used',
    source: `${jnk0le} d5d2b289`,
    note: `${call4} That such loads overlap was chosen with it: otherwise 692, 822, 952.`,
  },
  {
    what: 'AES encryption, unrolled, 10, 12, 14 rounds',
    chip: f407,
    published: [604, 714, 824],
    ours: [599, 709, 819],
    setting: twoBlocks,
    use: 'blind',
    source: `${jnk0le} 2ac124fe, cc095c62`,
    note: call4,
  },
  {
    what: 'AES encryption by DSP instructions, 10, 12, 14 rounds',
    chip: f407,
    published: [884, 1056, 1228],
    ours: [871, 1041, 1211],
    setting: twoBlocks,
    use: 'blind',
    source: `${jnk0le} ca142135`,
    note: `${call4} One a round is not explained; which of fourteen versions was measured is not known (of 0ab2ae73 a round takes three less).`,
  },
  {
    what: 'AES-128 counter mode, a block of many: looped; unrolled',
    chip: f103,
    published: [539.5, 496.5],
    ours: [527.5, 492.5],
    use: 'blind',
    source: `${jnk0le} 122f55e2, 0eacc596`,
    note: 'The README marks these figures as out of date; with LDM for the round key the loop has the published 61 a round.',
  },
  {
    what: 'AES-128 key schedule; encryption; tables in flash',
    chip: f407,
    published: [254.9, 644.7],
    ours: [239, 617],
    use: 'blind',
    source: 'Ko-/aes-armcortexm',
    note: 'Averages over random data that are no whole numbers: reading tables from that flash takes longer at some addresses. RAM is the CCM there. On the STM32L100 243.9 and 639.5. With `loadOtherSlave` 1 for the change between flash and RAM: 261 and 640.',
  },
  {
    what: 'ChaCha permutation of 8, 12 and 20 rounds, unrolled, 400 to 850 instructions',
    chip: 'STM32L100 (Cortex-M3)',
    published: [390, 542, 846],
    ours: [385, 537, 841],
    use: 'blind',
    source: 'joostrijneveld/chacha-arm-cortex-m',
    note: 'The call and a read of CYCCNT are in the published figure only. Its program sets 32 MHz, where that flash gives 64 bits with a wait state.',
  },
  {
    what: 'the same',
    chip: f407,
    published: [414, 572, 888],
    ours: [385, 537, 841],
    use: 'blind',
    source: 'joostrijneveld/chacha-arm-cortex-m',
    note: 'Three a double round are not explained by the processor: its program sets 168 MHz, with five wait states, and runs once, with a cold cache; stack and data lie in SRAM2, which pqm4 found slow. At 2 mod 4 390, 544, 852.',
  },
  {
    what: 'GF(2^127) multiplication, 551 instructions',
    chip: f407,
    published: [598],
    ours: [599],
    use: 'blind',
    source: 'pornin/gls254-cm4',
    note: 'Whether the call is in the figure is not known (a few cycles).',
  },
  {
    what: 'multiplication in GF(9767^19), 419 instructions',
    chip: f407,
    published: [628],
    ours: [560],
    use: 'blind',
    source: 'pornin/curve9767',
    note: 'A tenth is missing, about one for each of its 62 stores; the call is in the published figure only. Its author counted 609 with N + 1 for loads and for stores of N words, and says the rest comes from N + 2 for loads or from that chip’s buses; by the AES rows above a load of N words takes N + 1 there and a lone store 1. In pqm4 issue 180 he finds other code a tenth slower in SRAM1 than in the CCM, beyond what its instructions account for. Stack and data in two blocks (`loadOtherSlave` 1): 578.',
  },
  {
    what: 'multiplication modulo 2^256 - 38',
    chip: 'MK20DX256 (Teensy 3.2)',
    published: [276],
    ours: [255],
    use: 'blind',
    source: 'hayatofujii/curve25519-cortex-m4',
    note: '“About 276”, call and all; at that board’s 72 or 96 MHz its flash has wait states.',
  },
  {
    what: 'ML-KEM-512, m4fspeed: key generation, encapsulation, decapsulation (Keccak, transforms in assembly; C around)',
    chip: 'STM32L4R5',
    published: [392423, 390881, 428167],
    ours: [384293, 384339, 419705],
    use: 'blind',
    source: 'mupq/pqm4 cc2c1b9, benchmarks.csv',
    note: 'At 20 MHz, where nothing waits; -O3, gcc 12.2 here. With `storeAfterLoad` 1: 395859, 395001, 430367, so neither 0 nor 1 is ruled out. `pipelinedLoad` 0 is 13 % over, `storeWait` 1 is 11 to 12 %, `addressInterlock` 0, `loadAfterStore` 0 or 2 move it by less than 0.4 %. `floatMove` 2 (388985, 388615, 425340) and `loadOtherSlave` 1 (388712, 388948, 426367) would fit better; the former is ruled out by our blind runs, the latter is that chip’s.',
  },
  {
    what: 'P-256: subtraction, addition, doubling; multiplication, squaring modulo p; two of matrices',
    chip: 'nRF52840',
    published: [42, 52, 33, 231, 173, 132, 184],
    ours: [40, 50, 30, 229, 167, 135, 185],
    use: 'counted',
    source: 'P256-Cortex-M4, comments',
    note: 'The first three are the sum of 1 + N for LDM, 1 for the rest, 3 for BL and 3 for BX. So are those of X25519-Cortex-M4 by the same author, with 2 for every LDR: they add up to the 548 873 cycles of its README to the last one, although its loads pipeline.',
  },
]
