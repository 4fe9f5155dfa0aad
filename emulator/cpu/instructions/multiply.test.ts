import { describe, expect, test } from 'vitest'
import { ExitReason } from '../exit-reasons.ts'
import { instructionTests, TestBench } from '../../../test/cpu/instruction-bench.ts'

// Expected values: by hand from the operation in each instruction's section of DDI 0403E, A7.7.
describe('multiply', () => {
  instructionTests(`
    muls r0, r1, r0;      4348;     r0=3 r1=fffffffe C V;        r0=fffffffa N C V
    muls r0, r1, r0;      4348;     r0=10000 r1=10000 N C;       r0=0 Z C
    mul r0, r1, r2;       fb01f002; r1=ffffffff r2=ffffffff Z V; r0=1 Z V
    mul r1, r1, r1;       fb01f101; r1=12345;                    r1=4b65f099
    mla r0, r1, r2, r3;   fb013002; r1=80000000 r2=2 r3=7 N;     r0=7 N
    mla r3, r3, r3, r3;   fb033303; r3=ffff;                     r3=ffff0000
    mls r0, r1, r2, r3;   fb013012; r1=3 r2=5 r3=e;              r0=ffffffff
    smull r0, r1, r2, r3; fb820103; r2=80000000 r3=ffffffff;     r0=80000000 r1=0
    smull r0, r1, r2, r3; fb820103; r2=80000000 r3=80000000;     r0=0 r1=40000000
    smull r2, r3, r2, r3; fb822303; r2=ffffffff r3=7fffffff;     r2=80000001 r3=ffffffff
    umull r0, r1, r2, r3; fba20103; r2=ffffffff r3=ffffffff;     r0=1 r1=fffffffe
    umull r3, r2, r2, r3; fba23203; r2=80000000 r3=2;            r3=0 r2=1
    smlal r0, r1, r2, r3; fbc20103; r0=ffffffff r1=ffffffff r2=1 r3=1; r0=0 r1=0
    smlal r0, r1, r2, r3; fbc20103; r0=1 r1=0 r2=ffffffff r3=2;  r0=ffffffff r1=ffffffff
    umlal r0, r1, r2, r3; fbe20103; r0=ffffffff r1=1 r2=ffffffff r3=ffffffff; r0=0 r1=0
    umaal r0, r1, r2, r3; fbe20163; r0=ffffffff r1=ffffffff r2=ffffffff r3=ffffffff; r0=ffffffff r1=ffffffff
    umaal r0, r1, r2, r3; fbe20163; r0=1 r1=2 r2=3 r3=4;         r0=f r1=0
  `)

  test('MULS in an IT block sets no flags', () => {
    const bench = new TestBench()
    const it = 0xbf08 // IT EQ
    const muls = 0x4348 // MUL<c> r0, r1, r0
    const zero = 0x4000_0000
    const taken = bench.execute(muls, { registers: [3, -2], apsr: zero, ifThen: it })
    expect(taken.registers[0]).toBe(0xffff_fffa)
    expect(taken.apsr).toBe(zero)
    const skipped = bench.execute(muls, { registers: [3, -2], apsr: 0, ifThen: it })
    expect(skipped.registers[0]).toBe(3)
    expect(skipped.apsr).toBe(0)
  })
})

describe('divide', () => {
  instructionTests(`
    sdiv r0, r1, r2;      fb91f0f2; r1=fffffff9 r2=2 N;          r0=fffffffd N
    sdiv r0, r1, r2;      fb91f0f2; r1=7 r2=fffffffe;            r0=fffffffd
    sdiv r0, r1, r2;      fb91f0f2; r1=80000000 r2=ffffffff;     r0=80000000
    sdiv r0, r1, r2;      fb91f0f2; r1=80000000 r2=1;            r0=80000000
    sdiv r0, r1, r2;      fb91f0f2; r1=5 r2=ffffffff;            r0=fffffffb
    sdiv r0, r1, r2;      fb91f0f2; r0=9 r1=5 r2=0;              r0=0
    udiv r0, r1, r2;      fbb1f0f2; r1=fffffff9 r2=2;            r0=7ffffffc
    udiv r0, r1, r2;      fbb1f0f2; r1=80000000 r2=ffffffff;     r0=0
    udiv r1, r1, r1;      fbb1f1f1; r1=0;                        r1=0
  `)

  const sdiv = 0xfb91_f0f2
  const udiv = 0xfbb1_f0f2

  test.each([sdiv, udiv])(
    '%i: division by zero stops the instruction when CCR.DIV_0_TRP is set',
    (opcode) => {
      const bench = new TestBench('pipeline')
      const trapped = bench.execute(opcode, { registers: [9, 5, 0], divideByZeroTrap: true })
      expect(trapped).toMatchObject({ reason: ExitReason.divideByZero, cycles: 0 })
      expect(trapped.registers[0]).toBe(9)
      const fine = bench.execute(opcode, { registers: [9, 5, 1], divideByZeroTrap: true })
      expect(fine.registers[0]).toBe(5)
    },
  )

  test('takes 2 cycles for a quotient of 0 and 12 for one of 32 bits', () => {
    const bench = new TestBench('pipeline')
    const cycles = (opcode: number, dividend: number, divisor: number): number =>
      bench.execute(opcode, { registers: [0, dividend, divisor] }).cycles
    expect(cycles(udiv, 0xffff_ffff, 1)).toBe(12)
    expect(cycles(udiv, 1, 0xffff_ffff)).toBe(2)
    expect(cycles(udiv, 5, 0)).toBe(2)
    expect(cycles(sdiv, -0x8000_0000, 1)).toBe(12)
    expect(cycles(sdiv, -1, 1)).toBe(cycles(sdiv, 1, -1))
    expect(cycles(sdiv, 0, -1)).toBe(2)
  })

  test('takes one cycle when every instruction does', () => {
    expect(new TestBench('oneCycle').execute(udiv, { registers: [0, -1, 1] }).cycles).toBe(1)
  })
})
