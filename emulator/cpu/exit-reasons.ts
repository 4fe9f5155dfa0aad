/** Why the interpreter returned. Those marked `redo` leave `State.next` at the instruction itself. */
export const ExitReason = {
  deadline: 0,
  /** A call out set `State.stop`: a fault, recorded by the host. redo */
  fault: 1,
  /** BX, POP or LDM to an EXC_RETURN value, which is in `State.target`. */
  exceptionReturn: 2,
  /** A branch to an even address, which is in `State.target`. */
  invalidState: 3,
  /** A branch to an address outside flash and RAM, which is in `State.target`. */
  branchOutside: 4,
  supervisorCall: 5,
  /** redo */
  breakpoint: 6,
  /** No such instruction, or UDF. redo */
  undefined: 7,
  waitForInterrupt: 8,
  waitForEvent: 9,
  /** redo */
  probe: 10,
  /** The first floating-point instruction of a context. redo */
  floatingPoint: 11,
  /** redo */
  divideByZero: 12,
  /** Something is due before the end of an instruction of several cycles. redo */
  underWay: 13,
  /** Execution has come from flash into RAM. redo */
  codeInRam: 14,
  /** An instruction that the table has in an IT block was reached by another way than through the block. redo */
  outsideItBlock: 15,
} as const
export type ExitReason = (typeof ExitReason)[keyof typeof ExitReason]
