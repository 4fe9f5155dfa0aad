import type { Address } from './cpu/bus.ts'
import type { Decoder, DecodedInstruction } from './cpu/engine/decode.ts'

/** As many instructions as a start-up file's own handlers have. */
const LONGEST = 16
/** What a handler may execute before and in its endless loop without having done anything. */
const idle = /^(NOP|YIELD|SEV|WFE|WFI|DSB|DMB|ISB|CPS|BKPT|(MOV|ADD|SUB) \((immediate|register)\)) (?!to PC)/
const push = /^STM, PUSH /
const branch = /^B T/
const STACK_POINTER = 13

/**
 * Whether a vector points to an endless loop that does nothing, as start-up code has for exceptions without a handler:
 * `b .`, a loop of WFE or WFI, and what a compiler puts in front of `while (1);`. BKPT ends a handler too, but for
 * semihosting.
 */
export function isDefaultHandler(decoder: Decoder, handler: Address): boolean {
  const seen = new Set<Address>()
  let address = handler
  for (let i = 0; i < LONGEST; i++) {
    if (seen.has(address)) return true
    seen.add(address)
    const one = decoder.instructionAt(address)
    const next = one && following(decoder, one)
    if (next === undefined) return false
    address = next
  }
  return false
}

function following(decoder: Decoder, one: DecodedInstruction): Address | undefined {
  const { name } = one.entry
  if (branch.test(name)) return decoder.branchTarget(one)
  if (one.opcode === 0xbeab) return undefined
  const isPush = push.test(name) && one.decoded['n'] === STACK_POINTER
  return idle.test(name) || isPush ? one.address + one.width / 8 : undefined
}
