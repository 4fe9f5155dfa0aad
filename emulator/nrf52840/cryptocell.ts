import type { SavedAlarm } from '../time/alarm.ts'
import { decryptBlock, encryptBlock } from './aes.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { PeripheralState, Register } from './peripheral.ts'
import { SeededRandom } from './random.ts'
import { sha1Block, sha256Block, shaPadding } from './sha.ts'

const INTERRUPT = 42
const [AES_BLOCK, HASH_BLOCK] = [16, 64]
/** HOST_RGF.IRR. */
const RNG_INT = 1 << 10
const DOUT_TO_MEM_INT = 1 << 7
const MEM_TO_DIN_INT = 1 << 6
/** CTL.CRYPTO_CTL. */
const [BYPASS, AES, HASH] = [0, 1, 7]
/** AES_CONTROL.MODE_KEY0. */
const [ECB, CBC, CTR, CBC_MAC, CMAC] = [0, 1, 2, 3, 7]
/** HASH_CONTROL. */
const SHA1 = 1
const MOST_BYTES = 0x3fff_ffff
/** Of a block: four cycles a round with five S-boxes (MDK, AES_HW_FLAGS), and what a round of SHA takes at least. */
const AES_CYCLES = 44
const HASH_CYCLES = 80
const RANDOM_BITS = 192
/** What the von Neumann corrector takes of the noise source on average for a bit. */
const RAW_BITS = 4
const CORRECTOR_BYPASS = 2
const EHR_VALID = 1

interface CryptocellState extends PeripheralState {
  readonly engine: SavedAlarm | null
  readonly collecting: SavedAlarm | null
  readonly random: number
  readonly requests: number
  readonly rngStatus: number
  readonly tail: Uint8Array
  readonly line: boolean
}

/** What `AES` or `HASH` see, or what passes by. */
type Words = readonly Register[]

/**
 * CRYPTOCELL, PS 6.6, at 0x5002A000 its switch and at 0x5002B000 the Arm CryptoCell 310. The Product Specification has
 * none of its registers; Nordic's MDK for its relatives with the same block (nRF91: CC_AES, CC_HASH, CC_DIN, CC_DOUT,
 * CC_RNG, CC_HOST_RGF, CC_CTL) and Arm's cctrng driver for Linux have. Approximated:
 * 1. Public keys (PKA), ChaCha, GHASH, tunnels, XTS, OFB, the RNG's own SRAM and its DMA are not modelled: each access is
 *    counted, a mode is told.
 * 2. No times are published: a block of AES takes 44 cycles, of a hash 80; memory is read and written at the end.
 * 3. The random generator gives 192 seeded bits, without its health checks, in 192 sample times, four times that where the
 *    corrector is not bypassed. 4. ENABLE = 0 loses nothing.
 * 5. What VERSION and HOST_SIGNATURE read is published nowhere: 0, counted as not modelled. Libraries that ask for them
 *    give up.
 */
export class Cryptocell extends Peripheral {
  readonly #engine = this.chip.time.alarm('CRYPTOCELL engine', () => this.#done())
  readonly #collecting = this.chip.time.alarm('CRYPTOCELL RNG', () => this.#collected())
  readonly #random: SeededRandom
  readonly #key: Words
  readonly #iv: Words
  readonly #counter: Words
  readonly #hash: Words
  readonly #entropy: Words
  readonly #registers: Readonly<
    Record<
      | 'mask'
      | 'flow'
      | 'aes'
      | 'remaining'
      | 'hashMode'
      | 'padAuto'
      | 'lengthLow'
      | 'lengthHigh'
      | 'source'
      | 'sourceBytes'
      | 'target'
      | 'targetBytes'
      | 'rngMask'
      | 'noise'
      | 'samples'
      | 'debug',
      Register
    >
  >
  #requests = 0
  #rngStatus = 0
  /** Of the message that is hashed, what does not fill a block yet. */
  #tail: Uint8Array = new Uint8Array()
  #isInterrupting = false

  constructor(chip: ChipContext, seed: number) {
    super(chip, 'CC_HOST_RGF', 0x5002_b000)
    this.#random = new SeededRandom(seed ^ 0xcc31_0000)
    const busy = (): number => Number(this.#engine.isSet)
    const status = (name: string, offset: number, read: () => number): Register =>
      this.register(name, offset, { readOnly: true, read })
    this.owner = 'CC_RNG'
    const rngMask = this.register('RNG_IMR', 0x100, { reset: 0x3f, write: () => this.#interrupt() })
    status('RNG_ISR', 0x104, () => this.#rngStatus)
    this.register('RNG_ICR', 0x108, { write: (bits) => this.#clearRng(bits) })
    this.register('TRNG_CONFIG', 0x10c, { mask: 3 })
    status('TRNG_VALID', 0x110, () => this.#rngStatus & EHR_VALID)
    this.#entropy = this.registerArray('EHR_DATA', 6, 0x114, (i) => ({
      readOnly: true,
      read: () => this.#readEntropy(i),
    }))
    const noise = this.register('NOISE_SOURCE', 0x12c, { mask: 1, write: (on) => this.#collect(on === 1) })
    const samples = this.register('SAMPLE_CNT', 0x130, { reset: 0xffff })
    this.register('AUTOCORR_STATISTIC', 0x134, {})
    const debug = this.register('TRNG_DEBUG', 0x138, { mask: 0xe })
    this.register('RNG_SW_RESET', 0x140, { write: () => this.#resetRng() })
    status('RNG_BUSY', 0x1b8, () => Number(this.#collecting.isSet))
    this.register('TRNG_RESET', 0x1bc, {})
    this.register('RNG_CLK', 0x1c4, { mask: 1 })
    this.register('RNG_DMA', 0x1c8, {
      mask: 1,
      write: (on) => {
        if (on === 1) chip.problems.report("CRYPTOCELL: the RNG's DMA is not modelled: nothing happens")
      },
    })
    this.register('RNG_WATCHDOG_VAL', 0x1d8)
    this.owner = 'CC_AES'
    this.#key = this.registerArray('AES_KEY_0', 8, 0x400)
    this.#iv = this.registerArray('AES_IV_0', 4, 0x440)
    this.#counter = this.registerArray('AES_CTR_0', 4, 0x460)
    status('AES_BUSY', 0x470, busy)
    this.register('AES_CMAC_INIT', 0x47c, {})
    const remaining = this.register('AES_REMAINING_BYTES', 0x4bc)
    const aes = this.register('AES_CONTROL', 0x4c0)
    this.register('AES_CMAC_SIZE0_KICK', 0x524, { write: () => this.#finishCmac(new Uint8Array()) })
    this.owner = 'CC_HASH'
    this.#hash = this.registerArray('HASH_H', 8, 0x640)
    const padAuto = this.register('HASH_PAD_AUTO', 0x684, { mask: 1 })
    const hashMode = this.register('HASH_CONTROL', 0x7c0, {
      mask: 0xf,
      write: () => (this.#tail = new Uint8Array()),
    })
    this.register('HASH_PAD', 0x7c4, { mask: 1 })
    this.register('HASH_PAD_FORCE', 0x7c8, {
      mask: 4,
      write: (value) => {
        if (value !== 0) this.#digest(new Uint8Array(), true)
      },
    })
    const lengthLow = this.register('HASH_CUR_LEN_0', 0x7cc)
    const lengthHigh = this.register('HASH_CUR_LEN_1', 0x7d0)
    this.owner = 'CC_MISC'
    this.register('AES_CLK', 0x810, { mask: 1 })
    this.register('HASH_CLK', 0x818, { mask: 1 })
    this.owner = 'CC_CTL'
    const flow = this.register('CRYPTO_CTL', 0x900, { mask: 0x1f })
    status('CRYPTO_BUSY', 0x910, busy)
    status('HASH_BUSY', 0x91c, busy)
    this.register('CONTEXT_ID', 0x930, { mask: 0xff })
    this.owner = 'CC_HOST_RGF'
    status('IRR', 0xa00, () => this.#requests)
    const mask = this.register('IMR', 0xa04, { reset: 0xff0, mask: 0xff0, write: () => this.#interrupt() })
    this.register('ICR', 0xa08, {
      write: (bits) => {
        this.#requests &= ~bits
        this.#interrupt()
      },
    })
    this.register('ENDIANNESS', 0xa0c, {})
    this.register('HOST_CRYPTOKEY_SEL', 0xa38, { mask: 3 })
    this.register('HOST_IOT_KPRTL_LOCK', 0xa4c, { mask: 1 })
    for (let i = 0; i < 4; i++) this.register(`HOST_IOT_KDR${i}`, 0xa50 + 4 * i)
    this.register('HOST_IOT_LCS', 0xa60, { reset: 2, mask: 0x107 })
    status('HOST_CC_IS_IDLE', 0xa7c, () => Number(!this.#engine.isSet && !this.#collecting.isSet))
    this.owner = 'CC_DIN'
    status('DIN_DMA_MEM_BUSY', 0xc20, busy)
    const source = this.register('SRC_MEM_ADDR', 0xc28)
    const sourceBytes = this.register('SRC_MEM_SIZE', 0xc2c, { mask: MOST_BYTES, write: () => this.#start() })
    status('DIN_DMA_SRAM_BUSY', 0xc38, () => 0)
    this.owner = 'CC_DOUT'
    status('DOUT_DMA_SRAM_BUSY', 0xd38, () => 0)
    status('DOUT_DMA_MEM_BUSY', 0xd20, busy)
    const target = this.register('DST_MEM_ADDR', 0xd28)
    const targetBytes = this.register('DST_MEM_SIZE', 0xd2c, { mask: MOST_BYTES })
    this.#registers = {
      ...{ mask, flow, aes, remaining, hashMode, padAuto, lengthLow, lengthHigh },
      ...{ source, sourceBytes, target, targetBytes, rngMask, noise, samples, debug },
    }
  }

  override reset(): void {
    this.#engine.cancel()
    this.#collecting.cancel()
    super.reset()
    this.#requests = 0
    this.#rngStatus = 0
    this.#tail = new Uint8Array()
    this.#interrupt()
    this.#reportPower()
  }

  override save(): CryptocellState {
    return {
      page: super.save().page,
      engine: this.#engine.save(),
      collecting: this.#collecting.save(),
      random: this.#random.save(),
      requests: this.#requests,
      rngStatus: this.#rngStatus,
      tail: this.#tail.slice(),
      line: this.#isInterrupting,
    }
  }

  override restore(state: CryptocellState): void {
    super.restore(state)
    this.#engine.restore(state.engine)
    this.#collecting.restore(state.collecting)
    this.#random.restore(state.random)
    this.#requests = state.requests
    this.#rngStatus = state.rngStatus
    this.#tail = state.tail.slice()
    this.#isInterrupting = state.line
  }

  #interrupt(): void {
    if ((this.#rngStatus & ~this.#registers.rngMask.value) !== 0) this.#requests |= RNG_INT
    const level = (this.#requests & ~this.#registers.mask.value) !== 0
    if (level === this.#isInterrupting) return
    this.#isInterrupting = level
    this.chip.lines.setInterruptLine(INTERRUPT, level)
  }

  #reportPower(): void {
    const runs = this.#engine.isSet || this.#collecting.isSet
    this.chip.power.enter('CRYPTOCELL', runs ? 'running' : 'off', this.chip.time.now)
  }

  #start(): void {
    const { source, sourceBytes, flow } = this.#registers
    const bytes = sourceBytes.value
    if (![BYPASS, AES, HASH].includes(flow.value)) {
      this.chip.problems.report(`CRYPTOCELL: CRYPTO_CTL ${flow.value} is not modelled: nothing happens`)
      return
    }
    if (!this.chip.dataRam.holds('CRYPTOCELL', source.value, bytes)) return
    const [block, cycles] = flow.value === HASH ? [HASH_BLOCK, HASH_CYCLES] : [AES_BLOCK, AES_CYCLES]
    this.#engine.after(Math.max(1, Math.ceil(bytes / block)) * cycles)
    this.#reportPower()
  }

  #done(): void {
    const { source, sourceBytes, target, targetBytes, flow, padAuto } = this.#registers
    const { dataRam } = this.chip
    const bytes = Uint8Array.from({ length: sourceBytes.value }, (_, i) => dataRam.read(source.value + i))
    this.#requests |= MEM_TO_DIN_INT
    if (flow.value === HASH) this.#digest(bytes, padAuto.value === 1)
    else {
      const out = flow.value === AES ? this.#crypt(bytes) : bytes
      const length = Math.min(out.length, targetBytes.value)
      if (length > 0 && dataRam.holds('CRYPTOCELL', target.value, length)) {
        dataRam.write(target.value, out.slice(0, length))
        this.#requests |= DOUT_TO_MEM_INT
        targetBytes.value = 0
      }
    }
    this.#interrupt()
    this.#reportPower()
  }

  /** Of bytes in their order: a register holds four, the first in its lowest bits. */
  #bytesOf(words: Words): Uint8Array {
    return Uint8Array.from(
      { length: 4 * words.length },
      (_, i) => (words[i >> 2]?.value ?? 0) >>> (8 * (i & 3)),
    )
  }

  #put(words: Words, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    words.forEach((word, i) => (word.value = view.getUint32(4 * i, true)))
  }

  #crypt(bytes: Uint8Array): Uint8Array {
    const { value } = this.#registers.aes
    const mode = (value >>> 2) & 7
    const key = this.#bytesOf(this.#key).slice(0, AES_BLOCK)
    if (![ECB, CBC, CTR, CBC_MAC, CMAC].includes(mode) || (value & 0x7502) !== 0) {
      this.chip.problems.report(
        `CRYPTOCELL: AES_CONTROL 0x${value.toString(16)} is not modelled: bytes pass as they are`,
      )
      return bytes
    }
    if (mode === CMAC && this.#registers.remaining.value !== 0) {
      this.#finishCmac(bytes)
      return new Uint8Array()
    }
    const out = new Uint8Array(bytes.length)
    for (let at = 0; at < bytes.length; at += AES_BLOCK) {
      const block = new Uint8Array(AES_BLOCK)
      block.set(bytes.subarray(at, at + AES_BLOCK))
      out.set(this.#cryptBlock(mode, key, block).subarray(0, bytes.length - at), at)
    }
    return mode === CBC_MAC || mode === CMAC ? new Uint8Array() : out
  }

  #cryptBlock(mode: number, key: Uint8Array, block: Uint8Array): Uint8Array {
    const decrypts = (this.#registers.aes.value & 1) !== 0
    const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ (b[i] ?? 0))
    if (mode === CTR) {
      const counter = this.#bytesOf(this.#counter)
      const stream = encryptBlock(key, counter)
      for (let i = AES_BLOCK - 1; i >= 0; i--) if ((counter[i] = ((counter[i] ?? 0) + 1) & 0xff) !== 0) break
      this.#put(this.#counter, counter)
      return xor(block, stream)
    }
    if (mode === ECB) return decrypts ? decryptBlock(key, block) : encryptBlock(key, block)
    const before = this.#bytesOf(this.#iv)
    const isClear = mode === CBC && decrypts
    const out = isClear ? xor(decryptBlock(key, block), before) : encryptBlock(key, xor(block, before))
    this.#put(this.#iv, isClear ? block : out)
    return out
  }

  /** The last bytes of a message, with the subkey that belongs to them: NIST SP 800-38B, 6.2. */
  #finishCmac(bytes: Uint8Array): void {
    const key = this.#bytesOf(this.#key).slice(0, AES_BLOCK)
    const double = (value: Uint8Array): Uint8Array => {
      const carry = (value[0] ?? 0) >>> 7
      return value.map(
        (byte, i) => ((byte << 1) | ((value[i + 1] ?? 0) >>> 7)) ^ (i === 15 ? 0x87 * carry : 0),
      )
    }
    const k1 = double(encryptBlock(key, new Uint8Array(AES_BLOCK)))
    const whole = bytes.length > 0 && bytes.length % AES_BLOCK === 0
    const body = bytes.length === 0 ? 0 : AES_BLOCK * (Math.ceil(bytes.length / AES_BLOCK) - 1)
    for (let at = 0; at < body; at += AES_BLOCK) this.#cryptBlock(CMAC, key, bytes.slice(at, at + AES_BLOCK))
    const last = new Uint8Array(AES_BLOCK)
    last.set(bytes.subarray(body))
    if (!whole) last[bytes.length - body] = 0x80
    const subkey = whole ? k1 : double(k1)
    this.#cryptBlock(
      CMAC,
      key,
      last.map((byte, i) => byte ^ (subkey[i] ?? 0)),
    )
  }

  #digest(bytes: Uint8Array, isLast: boolean): void {
    const { lengthLow, lengthHigh, hashMode } = this.#registers
    const length = lengthHigh.value * 2 ** 32 + lengthLow.value + bytes.length
    lengthLow.value = length >>> 0
    lengthHigh.value = Math.floor(length / 2 ** 32)
    const all = Uint8Array.of(...this.#tail, ...bytes, ...(isLast ? shaPadding(length) : []))
    const whole = all.length - (all.length % HASH_BLOCK)
    for (let at = 0; at < whole; at += HASH_BLOCK) {
      const state = this.#hash.map(({ value }) => value)
      const block = all.slice(at, at + HASH_BLOCK)
      const next = hashMode.value === SHA1 ? sha1Block(state, block) : sha256Block(state, block)
      next.forEach((word, i) => {
        const register = this.#hash[i]
        if (register) register.value = word
      })
    }
    this.#tail = all.slice(whole)
  }

  #collect(on: boolean): void {
    this.#collecting.cancel()
    if (on) {
      const { samples, debug } = this.#registers
      const raw = (debug.value & CORRECTOR_BYPASS) !== 0 ? 1 : RAW_BITS
      this.#collecting.after(RANDOM_BITS * raw * Math.max(1, samples.value))
    }
    this.#reportPower()
  }

  #collected(): void {
    for (const word of this.#entropy) word.value = this.#random.next()
    this.#rngStatus |= EHR_VALID
    this.#interrupt()
    this.#reportPower()
  }

  /** The last word hands them over: they are gone, and others are collected. */
  #readEntropy(i: number): number {
    const word = this.#entropy[i]
    const value = word?.value ?? 0
    if (i === this.#entropy.length - 1 && (this.#rngStatus & EHR_VALID) !== 0) {
      this.#rngStatus &= ~EHR_VALID
      for (const one of this.#entropy) one.value = 0
      if (this.#registers.noise.value === 1) this.#collect(true)
    }
    return value
  }

  #clearRng(bits: number): void {
    this.#rngStatus &= ~bits
    this.#interrupt()
  }

  #resetRng(): void {
    this.#collecting.cancel()
    this.#rngStatus = 0
    this.#registers.noise.value = 0
    for (const word of this.#entropy) word.value = 0
    this.#reportPower()
  }
}

/** CRYPTOCELL.ENABLE, on a page of its own. */
export class CryptocellSwitch extends Peripheral {
  constructor(chip: ChipContext) {
    super(chip, 'CRYPTOCELL', 0x5002_a000)
    this.register('ENABLE', 0x500, { mask: 1 })
  }
}
