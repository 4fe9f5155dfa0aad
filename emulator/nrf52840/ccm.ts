import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import { encryptBlock } from './aes.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const BLOCK = 16
const ENABLE_CCM = 2
const ENABLE_AAR = 3
/** PS 6.4, electrical specification: tkgen, and PS 6.2: 1 us + n tAAR for n keys. */
const KEY_STREAM_TIME = 50 * CYCLES_PER_MICROSECOND
const AAR_TIME = CYCLES_PER_MICROSECOND
const AAR_KEY_TIME = 6 * CYCLES_PER_MICROSECOND
/** MODE.DATARATE: cycles of a byte at 1 and 2 Mbit/s, 125 and 500 kbit/s. */
const BYTE_CYCLES = [8, 4, 64, 16].map((microseconds) => microseconds * CYCLES_PER_MICROSECOND)
/** S0, LENGTH and S1 in front of a packet's payload (PS 6.4.4), and of an address (PS 6.2.2). */
const HEADER = 3
const MIC = 4
const EXTENDED = 1 << 24
const DECRYPTION = 1
/** Of the key: a packet counter of 39 bits, a direction, an initialization vector (PS 6.4.4, CNFPTR). */
const CONFIGURATION = 33
/** Bits of the first header byte that authentication covers (Bluetooth Core 5, Vol 6, Part E, 2.3). */
const HEADER_MASK = 0xe3

interface CcmConfiguration {
  readonly key: Uint8Array
  readonly nonce: Uint8Array
}

/** What begins the 13 bytes of a nonce: counter with the direction as bit 39, then the vector (Core 5, Vol 6, Part E, 2.1). */
const nonceOf = (bytes: Uint8Array): Uint8Array => {
  const nonce = new Uint8Array(13)
  nonce.set(bytes.subarray(16, 21))
  nonce[4] = ((nonce[4] ?? 0) & 0x7f) | (((bytes[24] ?? 0) & 1) << 7)
  nonce.set(bytes.subarray(25, 33), 5)
  return nonce
}

/** Block i of the key stream: RFC 3610, 2.3, with L = 2. */
const streamBlock = ({ key, nonce }: CcmConfiguration, i: number): Uint8Array =>
  encryptBlock(key, Uint8Array.of(1, ...nonce, i >>> 8, i & 0xff))

const exclusiveOr = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((value, i) => value ^ (b[i] ?? 0))

/** Encrypts or decrypts: the key stream begins with block 1. */
const crypt = (configuration: CcmConfiguration, bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at += BLOCK)
    out.set(exclusiveOr(bytes.slice(at, at + BLOCK), streamBlock(configuration, at / BLOCK + 1)), at)
  return out
}

/** The message integrity code of a clear payload under a header byte, encrypted: RFC 3610, 2.2 with M = 4. */
const codeOf = (configuration: CcmConfiguration, header: number, clear: Uint8Array): Uint8Array => {
  const { key, nonce } = configuration
  let sum = encryptBlock(key, Uint8Array.of(0x49, ...nonce, clear.length >>> 8, clear.length & 0xff))
  const authenticated = Uint8Array.of(0, 1, header & HEADER_MASK, ...new Uint8Array(13))
  sum = encryptBlock(key, exclusiveOr(sum, authenticated))
  for (let at = 0; at < clear.length; at += BLOCK)
    sum = encryptBlock(key, exclusiveOr(sum, clear.slice(at, at + BLOCK)))
  return exclusiveOr(sum.slice(0, MIC), streamBlock(configuration, 0))
}

interface CcmState extends PeripheralState {
  readonly done: SavedAlarm | null
  readonly work: 'keyStream' | 'crypt' | 'resolve'
  readonly found: number
  readonly micPassed: boolean
  readonly resolved: number
  readonly keys: CcmConfiguration | undefined
}

/**
 * CCM, PS 6.4, and AAR, PS 6.2, which share a page and the AES module: ENABLE says which one it is. Approximated:
 * 1. A packet takes the time of its bytes on the air at MODE.DATARATE, and is read and written as a whole at the end;
 *    a packet that the radio still receives is not waited for.
 * 2. The key stream is not put into SCRATCHPTR; what stands there is the firmware's.
 * 3. ERROR does not come, as the radio is never faster; RATEOVERRIDE changes nothing.
 */
export class Ccm extends Peripheral {
  /** The AES module is taken. Not saved: wiring. */
  onBusy: () => void = () => undefined
  readonly #done = this.chip.time.alarm('CCM/AAR', () => this.#isDone())
  readonly #events: Readonly<Record<'first' | 'second' | 'third', EventRegister>>
  readonly #enable: Register
  readonly #mode: Register
  readonly #configuration: Register
  readonly #input: Register
  readonly #output: Register
  readonly #most: Register
  #work: 'keyStream' | 'crypt' | 'resolve' = 'keyStream'
  /** The key that resolves the address; -1 none. */
  #found = -1
  #micPassed = false
  #resolved = 0
  /** What the key stream was made of. */
  #keys: CcmConfiguration | undefined

  constructor(chip: ChipContext) {
    super(chip, 'CCM', 0x4000_f000)
    this.task('KSGEN', 0x000, () => this.#start())
    const cryptTask = this.task('CRYPT', 0x004, () => {
      if (this.#enable.value === ENABLE_CCM) this.#crypt()
      else if (this.#enable.value !== ENABLE_AAR) this.unheard('CRYPT')
    })
    this.task('STOP', 0x008, () => this.#stop())
    this.task('RATEOVERRIDE', 0x00c, () => undefined)
    this.#events = {
      first: this.event('ENDKSGEN', 0x100),
      second: this.event('ENDCRYPT', 0x104),
      third: this.event('ERROR', 0x108),
    }
    const { first, second, third } = this.#events
    const followUp = (): void => {
      if (this.#enable.value === ENABLE_CCM) cryptTask()
    }
    this.shorts([[0, first, followUp]])
    this.interrupts(this.maskOf(first, second, third))
    this.register('MICSTATUS', 0x400, {
      readOnly: true,
      read: () => (this.#enable.value === ENABLE_AAR ? this.#resolved : Number(this.#micPassed)),
    })
    this.#enable = this.register('ENABLE', 0x500, {
      mask: 3,
      write: (value, previous) => {
        if (value !== previous) this.#stop()
      },
    })
    this.#mode = this.register('MODE', 0x504, { reset: 1, mask: 0x103_001f })
    this.#configuration = this.register('CNFPTR', 0x508)
    this.#input = this.register('INPTR', 0x50c)
    this.#output = this.register('OUTPTR', 0x510)
    this.register('SCRATCHPTR', 0x514)
    this.#most = this.register('MAXPACKETSIZE', 0x518, { reset: 0xfb, mask: 0xff })
    this.register('RATEOVERRIDE', 0x51c, { mask: 3 })
  }

  override reset(): void {
    this.#stop()
    super.reset()
    this.#micPassed = false
    this.#resolved = 0
    this.#keys = undefined
  }

  override save(): CcmState {
    return {
      page: super.save().page,
      done: this.#done.save(),
      work: this.#work,
      found: this.#found,
      micPassed: this.#micPassed,
      resolved: this.#resolved,
      keys: this.#keys && { key: this.#keys.key.slice(), nonce: this.#keys.nonce.slice() },
    }
  }

  override restore(state: CcmState): void {
    super.restore(state)
    this.#done.restore(state.done)
    this.#work = state.work
    this.#found = state.found
    this.#micPassed = state.micPassed
    this.#resolved = state.resolved
    this.#keys = state.keys && { key: state.keys.key.slice(), nonce: state.keys.nonce.slice() }
  }

  /** TASKS_KSGEN, which is AAR's TASKS_START. */
  #start(): void {
    if (this.#enable.value === ENABLE_AAR) this.#resolve()
    else if (this.#enable.value !== ENABLE_CCM) this.unheard('KSGEN')
    else if (this.chip.dataRam.holds('CCM', this.#configuration.value, CONFIGURATION)) {
      const bytes = this.#bytes(this.#configuration.value, CONFIGURATION)
      this.#keys = { key: bytes.slice(0, BLOCK), nonce: nonceOf(bytes) }
      this.#begin('keyStream', KEY_STREAM_TIME)
    }
  }

  #stop(): void {
    if (!this.#done.isSet) return
    this.#done.cancel()
    this.chip.power.enter('CCM', 'off', this.chip.time.now)
  }

  #begin(work: 'keyStream' | 'crypt' | 'resolve', cycles: number): void {
    this.onBusy()
    this.#work = work
    this.chip.power.enter('CCM', 'running', this.chip.time.now)
    this.#done.after(cycles)
  }

  #bytes(address: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) => this.chip.dataRam.read(address + i))
  }

  /** LENGTH of the packet, of which five bits count unless MODE.LENGTH says more. */
  #length(): number {
    const { value } = this.#mode
    const [length = 0] = this.#bytes(this.#input.value + 1, 1)
    return (value & EXTENDED) !== 0 ? Math.min(length, this.#most.value + MIC) : length & 0x1f
  }

  #crypt(): void {
    if (this.#keys === undefined) {
      this.chip.problems.report('CCM: TASKS_CRYPT before a key stream was generated')
      return
    }
    const { dataRam } = this.chip
    if (!dataRam.holds('CCM', this.#input.value, HEADER)) return
    const length = this.#length()
    if (!dataRam.holds('CCM', this.#input.value, HEADER + length)) return
    if (!dataRam.holds('CCM', this.#output.value, HEADER + length + MIC)) return
    const byteCycles = BYTE_CYCLES[(this.#mode.value >>> 16) & 3] ?? 0
    this.#begin('crypt', (HEADER + length) * byteCycles)
  }

  #isDone(): void {
    const { power, time } = this.chip
    power.enter('CCM', 'off', time.now)
    if (this.#work === 'resolve') {
      if (this.#found >= 0) this.#resolved = this.#found
      this.#events.first.fire()
      if (this.#found >= 0) this.#events.second.fire()
      else this.#events.third.fire()
    } else if (this.#work === 'keyStream') this.#events.first.fire()
    else {
      this.#transform()
      this.#events.second.fire()
    }
  }

  /** A packet without a payload passes as it is, without a code (PS 6.4.3). */
  #transform(): void {
    const keys = this.#keys
    if (keys === undefined) return
    const [header = 0, , s1 = 0] = this.#bytes(this.#input.value, HEADER)
    const payload = this.#bytes(this.#input.value + HEADER, this.#length())
    const isDecryption = (this.#mode.value & 0xf) === DECRYPTION
    let out = payload
    if (payload.length > 0 && isDecryption) {
      const clear = crypt(keys, payload.slice(0, Math.max(0, payload.length - MIC)))
      const code = codeOf(keys, header, clear)
      this.#micPassed = payload.length > MIC && code.every((byte, i) => byte === payload[clear.length + i])
      out = clear
    } else if (payload.length > 0)
      out = Uint8Array.of(...crypt(keys, payload), ...codeOf(keys, header, payload))
    else if (isDecryption) this.#micPassed = true
    this.chip.dataRam.write(this.#output.value, [header, out.length, s1, ...out])
  }

  /** ah(k, r) of Bluetooth Core 5, Vol 3, Part H, 2.2.2, of each key until one fits. */
  #resolve(): void {
    const { dataRam } = this.chip
    const count = Math.min(this.#mode.value & 0x1f, 16)
    const keys = this.#configuration.value
    const address = this.#output.value + HEADER
    if (!dataRam.holds('AAR', keys, BLOCK * count) || !dataRam.holds('AAR', address, 6)) return
    const [h0, h1, h2, r0 = 0, r1 = 0, r2 = 0] = this.#bytes(address, 6)
    const random = Uint8Array.of(...new Uint8Array(13), r2, r1, r0)
    this.#found = -1
    let tried = 0
    while (this.#found < 0 && tried < count) {
      const hash = encryptBlock(this.#bytes(keys + BLOCK * tried, BLOCK), random)
      if (hash[15] === h0 && hash[14] === h1 && hash[13] === h2) this.#found = tried
      tried += 1
    }
    this.#begin('resolve', AAR_TIME + tried * AAR_KEY_TIME)
  }
}
