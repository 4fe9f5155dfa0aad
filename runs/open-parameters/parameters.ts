import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import type { SourceName } from './sources.ts'

export type ParameterName = Exclude<keyof TimingParameters, 'profile'>

/** A parameter of the timing model that nobody has settled. Its default is the model's (`pipelineTiming`). */
export interface OpenParameter {
  readonly name: ParameterName
  readonly range: readonly [lowest: number, highest: number]
  readonly reason: string
  readonly sources: readonly SourceName[]
}

const onlyTogether = 'Only in the combinations of “The nRF52840’s own memory”.'

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
    reason:
      'LDR; STR takes 3 by the TRM and 2 on silicon. Programs measured at zero wait states do not decide: our blind runs were met with either, and ML-KEM-512 is 2 % under with 0 and 1 % over with 1.',
    sources: ['trm', 'jnk', 'blindRuns', 'pqm4Speed'],
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
    name: 'floatStore',
    range: [1, 2],
    reason: 'VSTR of a single: 2 by the TRM, 1 by GCC.',
    sources: ['trmFloat', 'gcc'],
  },
  {
    name: 'flashReadWait',
    range: [3, 4],
    reason:
      'Not published. Tables of AES in flash cost 3.2 cycles for each of 160 reads more than in RAM (mbed TLS at four levels, another compiler: give or take 0.4); a CRC by a table in the flash of an nRF52832 fits 3.5 or 4.5, by where its loop lies. 2 and 5 are three errors and more from the former; the other programs do not decide: docs/fidelity.md, “The nRF52840’s own memory”.',
    sources: ['nist', 'devzoneCrc', 'networks'],
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
    name: 'cacheLineBytes',
    range: [16, 32],
    reason: `${onlyTogether} Nordic does not publish it for the nRF52840; the nRF5340’s lines have 16 bytes.`,
    sources: ['nist', 'p256'],
  },
  {
    name: 'cacheMissCycles',
    range: [3, 6],
    reason: `${onlyTogether} 3 for a line of 16 bytes, 6 for one of 32, or 5 of which nothing is hidden.`,
    sources: ['nist', 'p256'],
  },
  {
    name: 'cacheMissAhead',
    range: [0, 6],
    reason: `${onlyTogether} The prefetch unit asks for a line before its first instruction is due; by the code before the line, 1 to 3 cycles of a miss of 3 are hidden, 1 to 6 of one of 6. None of 3 is ruled out: unrolled code would be up to 8 % too slow.`,
    sources: ['prefetch', 'nist', 'p256'],
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
  'cacheBytes', // by all programs at once 1 kB and 4 kB are more than 18 errors off in one or another (nist, p256)
  'cacheWays', // two or four, the least recently used for victim, are 4 errors off (nist)
  'refillDirect',
  'pipelinedLoad', // 0 is ruled out (blindRuns; pqm4Speed: 13 %)
  'loadAfterStore', // 0 and 2 are ruled out (blindRuns; jnkAes: 1 in each of six rounds)
  'floatMove', // 2 is ruled out (blindRuns)
  'addressInterlock',
  'ifThen',
  'floatResultLatency',
  'floatDivideCycles',
  'floatOutOfOrder',
  'storeWait', // 1 is ruled out (blindRuns; pqm4Speed: 11 to 12 %)
  'exceptionEntry',
  'exceptionReturn',
  'tailChain',
  'floatFrame',
  'stackWait',
]
