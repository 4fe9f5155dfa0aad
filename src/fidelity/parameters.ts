import type { TimingParameters } from '../../emulator/cpu/timing.ts'
import type { SourceName } from './sources.ts'

export type ParameterName = Exclude<keyof TimingParameters, 'profile'>

/** A parameter of the timing model that nobody has settled. Its default is the model's (`pipelineTiming`). */
export interface OpenParameter {
  readonly name: ParameterName
  readonly range: readonly [lowest: number, highest: number]
  readonly reason: string
  readonly sources: readonly SourceName[]
}

const cacheUnknown =
  'Nordic does not publish it for the nRF52840; the nRF5340’s lines have 16 bytes. 32 at a miss of 6 cycles would meet the measured loops as well.'

export const openParameters: readonly OpenParameter[] = [
  {
    name: 'refillCompare',
    range: [1, 2],
    reason: 'The Cortex-M3 TRM has CBZ and CBNZ decided when they execute; the Cortex-M4 TRM has 1 to 3.',
    sources: ['m3trm', 'trm'],
  },
  {
    name: 'refillReturn',
    range: [1, 2],
    reason: 'BX LR: 2 fits silicon indirectly; the Cortex-M3 TRM has it among the branches known at decode.',
    sources: ['m3trm', 'trm'],
  },
  {
    name: 'refillIndirect',
    range: [1, 3],
    reason: 'BX, BLX, MOV PC: the TRM has 1 to 3, and no figure on silicon separates them.',
    sources: ['trm', 'm3trm'],
  },
  {
    name: 'refillPop',
    range: [2, 3],
    reason: 'POP {PC}: 2 fits silicon indirectly; by analogy with LDR PC it would be 3.',
    sources: ['trm', 'm3trm'],
  },
  {
    name: 'refillLoadPc',
    range: [2, 3],
    reason:
      'LDR PC, TBB, TBH: the Cortex-M3 TRM says at least five and six cycles, the Cortex-M4 TRM 2 + 1 to 3.',
    sources: ['trm', 'm3trm'],
  },
  {
    name: 'fetchRestart',
    range: [0, 1],
    reason:
      'Runs of 32-bit instructions at 2 mod 4: the compendium measured one more, jnk0le’s AES leaves no room for it. The default was chosen with such figures in view.',
    sources: ['compendium', 'jnk', 'prefetch'],
  },
  {
    name: 'fetchStandstill',
    range: [1, 3],
    reason:
      'After how many cycles with a full buffer the prefetch unit stands still. 2 is fitted: with 1, jnk0le’s AES-128 key schedule would take 308 cycles, more than the 302 and 305 measured with its call; with 3, LDM of two no longer has the compendium’s cycle. His other functions, run later, rule 1 out once more and do not tell 2 from 3.',
    sources: ['jnkAes', 'compendium'],
  },
  {
    name: 'storeAfterLoad',
    range: [0, 1],
    reason: 'LDR; STR takes 3 by the TRM and 2 on silicon.',
    sources: ['trm', 'jnk'],
  },
  {
    name: 'loadAfterStore',
    range: [0, 1],
    reason:
      'STR; LDR: two measured one more than the TRM has, and jnk0le’s AES-256 key schedule needs it in each of six rounds.',
    sources: ['jnk', 'pornin', 'jnkAes', 'trm'],
  },
  {
    name: 'loadToAddress',
    range: [0, 1],
    reason:
      'A load from an address just loaded: 4 or 5 cycles for the pair; and loads by a base just written back, which jnk0le’s notes have not chain and his looped AES does chain.',
    sources: ['gcc', 'jnk', 'jnkAes', 'trm'],
  },
  {
    name: 'nopAfterLoad',
    range: [0, 1],
    reason: 'LDR; NOP takes 2 on silicon; the TRM does not say so.',
    sources: ['jnk', 'trm'],
  },
  {
    name: 'loadMultipleExtra',
    range: [0, 1],
    reason:
      'LDM and POP take 1 + N by the TRM; to pornin, tests on an STM32F407 “seem to indicate” 2 + N. A round of jnk0le’s key schedule for decryption, with an LDM and an STM of four, takes 77 cycles on an STM32F103 and on an STM32F407: 1 + N.',
    sources: ['trm', 'jnkAes', 'porninNine'],
  },
  {
    name: 'floatMacOverlap',
    range: [0, 2],
    reason:
      'GCC lets integer instructions run beside VMLA and VFMA; the TRM knows that of VDIV and VSQRT only.',
    sources: ['gcc', 'trmFloat'],
  },
  {
    name: 'floatMove',
    range: [1, 2],
    reason: 'VMOV between a core and a single register: the TRM can be read either way.',
    sources: ['trmFloat', 'gcc'],
  },
  {
    name: 'floatStore',
    range: [1, 2],
    reason: 'VSTR of a single: 2 by the TRM, 1 by GCC.',
    sources: ['trmFloat', 'gcc'],
  },
  {
    name: 'flashReadWait',
    range: [2, 4],
    reason:
      'Not published. Tables of AES in flash cost 3.2 cycles for each of 160 reads more than in RAM (mbed TLS at four levels, another compiler: give or take 0.3); P256-Cortex-M4 does not depend on it.',
    sources: ['nist', 'p256'],
  },
  {
    name: 'flashReadLineBytes',
    range: [16, 32],
    reason:
      'Bytes of flash that follow each other are read without a wait by Ascon’s rounds, and one constant in four of SHA-256’s waits at most: a buffer of the line read last. 8 bytes would show in Ascon’s rounds. That there is one such buffer, not two or four, is assumed.',
    sources: ['nist'],
  },
  {
    name: 'flashFetchWait',
    range: [2, 3],
    reason:
      'nrfx: two wait states for a fetch without the cache; no model of it meets all measured loops yet.',
    sources: ['nrfxUncached', 'riotCache', 'mbed'],
  },
  {
    name: 'cacheWays',
    range: [1, 2],
    reason:
      'Not published. Unrolled loops of more than 2 kB miss as often as with one way; with two, the least recently used for victim, they would miss 7 to 14 % more, and a random victim would not repeat to the cycle, as they do. P256-Cortex-M4 is met within 2 % by both.',
    sources: ['nist', 'p256'],
  },
  { name: 'cacheLineBytes', range: [16, 32], reason: cacheUnknown, sources: ['nist', 'p256'] },
  {
    name: 'cacheMissCycles',
    range: [2, 4],
    reason:
      '3 for a line of 16 bytes meets unrolled loops within 1 to 6 %; 4 of which one is hidden, or 6 for 32 bytes, do as well.',
    sources: ['nist', 'p256'],
  },
  {
    name: 'cacheMissAhead',
    range: [0, 2],
    reason:
      'The prefetch unit asks for a line before its first instruction is due; how much of a miss that hides is not published. With a cycle hidden of misses of 4, P256-Cortex-M4 is met as well as with none of 3.',
    sources: ['prefetch', 'p256'],
  },
  {
    name: 'ramFetchRefill',
    range: [0, 1],
    reason: 'A branch to code at 0x20000000: measured on an STM32, not on an nRF52840.',
    sources: ['modm'],
  },
  {
    name: 'peripheralWait',
    range: [0, 2],
    reason: 'GPIO stores take 1 cycle; what the bridge to the APB costs is not published.',
    sources: ['riotGpio'],
  },
  {
    name: 'dmaContention',
    range: [0, 1],
    reason:
      'The processor is the bus master of highest priority, so EasyDMA waits for it; whether a transfer under way holds it up by a cycle is not published.',
    sources: ['nordicBus'],
  },
  {
    name: 'loadOtherSlave',
    range: [0, 1],
    reason:
      'From one block of RAM to another: 1 on an STM32F407, whose bus matrix is another, by fifteen functions of jnk0le’s AES with the stack in SRAM2; pqm4 found SRAM2 slower there and on an STM32L4. Of the nRF52840’s slaves nothing is published.',
    sources: ['jnkAes', 'jnk', 'pqm4', 'trm'],
  },
  {
    name: 'lazyPreservation',
    range: [17, 20],
    reason:
      'The first floating-point instruction of a handler stores 17 words; what else it waits for is not published.',
    sources: ['trmExceptions'],
  },
  {
    name: 'exceptionReturnRefill',
    range: [1, 3],
    reason: 'When a return can no more become a tail-chain is not published.',
    sources: ['trmExceptions'],
  },
  {
    name: 'multipleContinue',
    range: [0, 2],
    reason:
      'What it costs an interrupted LDM or STM to go on is not published: one cycle is its address phase, as in 1 + N.',
    sources: [],
  },
]

/** Those that a manual or a measurement settles, and that rows of docs/fidelity.md test. */
export const settledParameters: readonly ParameterName[] = [
  'cacheBytes', // a loop of 1.7 kB does not miss, those of 2.5 and 3.4 do (nist)
  'refillDirect',
  'pipelinedLoad',
  'addressInterlock',
  'ifThen',
  'floatResultLatency',
  'floatDivideCycles',
  'floatOutOfOrder',
  'storeWait',
  'exceptionEntry',
  'exceptionReturn',
  'tailChain',
  'floatFrame',
  'stackWait',
]
