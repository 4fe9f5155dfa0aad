import { HANDLER_WORDS } from './driver.ts'

/** Words of what a handler logs, and of a program's end. */
const FPCCR = 16
const FPSCR = 23
const UFRDY = 1 << 10
/** IDC, IXC, UFC, OFC, DZC, IOC. */
const CUMULATIVE = 0x9f

/** What QEMU 7.2 does otherwise than the ARMv7-M ARM (DDI 0403) says, and how programs keep out of it. */
export const misjudged: readonly { readonly what: string; readonly how: string }[] = [
  {
    what: 'B3.2.21: FPCCR has no UFRDY, which ARMv8-M added; QEMU sets it',
    how: 'bit 10 of the logged FPCCR is not compared',
  },
  {
    what: 'B1.5.7, PushStack: a frame with floating-point state is aligned to 8 bytes whatever CCR.STKALIGN is; QEMU looks at STKALIGN alone',
    how: 'STKALIGN stays 1',
  },
  {
    what: 'B1.5.7, ExecuteFPCheck: a new floating-point context takes FPSCR[26:22] from FPDSCR; QEMU the whole of it, so that cumulative flags of before are gone',
    how: 'those flags are not compared at the end',
  },
  {
    what: 'B1.5.14, INVSTATE: without EPSR.T each instruction is one; QEMU first finds a PC that is no multiple of four unaligned',
    how: 'T is cleared for returns to multiples of four',
  },
  {
    what: 'B1.4.3, B3.4.7: BASEPRI has the implemented bits of priority, three on the nRF52840; QEMU has eight',
    how: 'only those three are written',
  },
  {
    what: 'B1.5.8: an interrupt that is pended is taken before the next instruction; QEMU takes it at the end of a block of them',
    how: 'interrupts are pended while masked, and one instruction unmasks them',
  },
  {
    what: 'B1.5.7, ExecuteFPCheck: QEMU has a block begin a floating-point context once, though the instruction that did was skipped by its condition; UDIV that traps stacks the flags of before the block',
    how: 'blocks of one instruction; no UDIV that traps',
  },
  {
    what: 'B1.4.2, EPSR.ICI: a return with ICI to what is no multiple load or store is an INVSTATE UsageFault; QEMU ignores ICI',
    how: 'no ITSTATE is stacked that would be one',
  },
]

/** Which bits of a word of a record are compared. */
export function maskAt(word: number, handlerWords: number): number {
  if (word < handlerWords) return word % HANDLER_WORDS === FPCCR ? ~UFRDY : ~0
  return word - handlerWords === FPSCR ? ~CUMULATIVE : ~0
}
