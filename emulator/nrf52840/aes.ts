/** Multiplication by x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2.1). */
const timesX = (a: number): number => ((a << 1) ^ (a & 0x80 ? 0x11b : 0)) & 0xff

/** The S-box from its definition: inverse in GF(2^8), then the affine map (FIPS 197, 5.1.1). */
const SBOX: Uint8Array = (() => {
  const box = new Uint8Array(256)
  let p = 1
  let inverse = 1
  do {
    p = p ^ timesX(p) // times 3, a generator
    inverse ^= inverse << 1 // divided by 3
    inverse ^= inverse << 2
    inverse ^= inverse << 4
    inverse &= 0xff
    if (inverse & 0x80) inverse ^= 0x09
    const rotate = (n: number): number => ((inverse << n) | (inverse >> (8 - n))) & 0xff
    box[p] = inverse ^ rotate(1) ^ rotate(2) ^ rotate(3) ^ rotate(4) ^ 0x63
  } while (p !== 1)
  box[0] = 0x63
  return box
})()

const INVERSE: Uint8Array = (() => {
  const box = new Uint8Array(256)
  SBOX.forEach((value, i) => (box[value] = i))
  return box
})()

const sub = (value: number): number => SBOX[value] ?? 0

const nextRoundKey = (key: Uint8Array, constant: number): Uint8Array => {
  const next = Uint8Array.from(key)
  for (let i = 0; i < 4; i++) {
    const rotated = sub(key[12 + ((i + 1) & 3)] ?? 0)
    next[i] = (key[i] ?? 0) ^ rotated ^ (i === 0 ? constant : 0)
  }
  for (let i = 4; i < 16; i++) next[i] = (key[i] ?? 0) ^ (next[i - 4] ?? 0)
  return next
}

const subBytesAndShiftRows = (state: Uint8Array): Uint8Array =>
  Uint8Array.from(state, (_, i) => sub(state[(i + 4 * (i & 3)) & 15] ?? 0))

const mixColumns = (state: Uint8Array): Uint8Array =>
  Uint8Array.from(state, (_, i) => {
    const column = i & ~3
    const at = (row: number): number => state[column + ((i + row) & 3)] ?? 0
    return timesX(at(0)) ^ timesX(at(1)) ^ at(1) ^ at(2) ^ at(3)
  })

const addKey = (state: Uint8Array, key: Uint8Array): Uint8Array =>
  state.map((value, i) => value ^ (key[i] ?? 0))

/** AES-128 encryption of one block, FIPS 197. All arrays hold 16 bytes. */
export const encryptBlock = (key: Uint8Array, clear: Uint8Array): Uint8Array => {
  let roundKey = key
  let state = addKey(clear, roundKey)
  let constant = 1
  for (let round = 1; round <= 10; round++) {
    roundKey = nextRoundKey(roundKey, constant)
    constant = timesX(constant)
    state = subBytesAndShiftRows(state)
    if (round < 10) state = mixColumns(state)
    state = addKey(state, roundKey)
  }
  return state
}

/** InvShiftRows and InvSubBytes, FIPS 197, 5.3.1 and 5.3.2. */
const inverseShiftAndSub = (state: Uint8Array): Uint8Array =>
  Uint8Array.from(state, (_, i) => INVERSE[state[(i - 4 * (i & 3)) & 15] ?? 0] ?? 0)

/** InvMixColumns is MixColumns three times: its matrix has order four. */
const inverseMixColumns = (state: Uint8Array): Uint8Array => mixColumns(mixColumns(mixColumns(state)))

/** AES-128 decryption of one block, FIPS 197, 5.3. All arrays hold 16 bytes. */
export const decryptBlock = (key: Uint8Array, cipher: Uint8Array): Uint8Array => {
  const keys = [key]
  let constant = 1
  for (let round = 1; round <= 10; round++) {
    keys.push(nextRoundKey(keys[round - 1] ?? key, constant))
    constant = timesX(constant)
  }
  let state = addKey(cipher, keys[10] ?? key)
  for (let round = 9; round >= 0; round--) {
    state = addKey(inverseShiftAndSub(state), keys[round] ?? key)
    if (round > 0) state = inverseMixColumns(state)
  }
  return state
}
