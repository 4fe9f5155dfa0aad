import { describe } from 'vitest'
import { instructionTests } from '../../../test/cpu/instruction-bench.ts'

// Expected values: by hand from the operation in each instruction's section of DDI 0403E, A7.7.
describe('bit fields', () => {
  instructionTests(`
    bfi r0, r1, #8, #8;   f361200f; r0=11223344 r1=ffffffab N; r0=1122ab44 N
    bfi r0, r1, #0, #32;  f361001f; r0=11223344 r1=aabbccdd;   r0=aabbccdd
    bfi r0, r1, #31, #1;  f36170df; r0=0 r1=1;                 r0=80000000
    bfi r0, r0, #4, #4;   f3601007; r0=5a;                     r0=aa
    bfc r0, #8, #16;      f36f2017; r0=ffffffff;               r0=ff0000ff
    bfc r0, #0, #32;      f36f001f; r0=ffffffff;               r0=0
    sbfx r0, r1, #4, #8;  f3411007; r1=00000ab0;               r0=ffffffab
    sbfx r0, r1, #4, #8;  f3411007; r1=fffff7a0;               r0=7a
    sbfx r0, r1, #0, #32; f341001f; r1=80000001;               r0=80000001
    sbfx r0, r1, #31, #1; f34170c0; r1=80000001;               r0=ffffffff
    sbfx r0, r1, #0, #1;  f3410000; r1=fffffffe;               r0=0
    ubfx r0, r1, #4, #8;  f3c11007; r1=00000ab0;               r0=ab
    ubfx r0, r1, #0, #32; f3c1001f; r1=80000001;               r0=80000001
    ubfx r0, r1, #31, #1; f3c170c0; r1=80000001;               r0=1
  `)
})

describe('count and reverse', () => {
  instructionTests(`
    clz r0, r1;           fab1f081; r1=0;                      r0=20
    clz r0, r1;           fab1f081; r1=1 Z;                    r0=1f Z
    clz r0, r1;           fab1f081; r1=ffffffff;               r0=0
    rbit r0, r1;          fa91f0a1; r1=1;                      r0=80000000
    rbit r0, r1;          fa91f0a1; r1=12345678;               r0=1e6a2c48
    rev r0, r1;           ba08;     r1=12345678;               r0=78563412
    rev.w r8, r9;         fa99f889; r9=ff0000aa;               r8=aa0000ff
    rev16 r0, r1;         ba48;     r1=12345678;               r0=34127856
    rev16.w r8, r9;       fa99f899; r9=ff0000aa;               r8=00ffaa00
    revsh r0, r1;         bac8;     r1=12345678;               r0=7856
    revsh r0, r1;         bac8;     r1=12345680;               r0=ffff8056
    revsh.w r8, r9;       fa99f8b9; r9=00000080;               r8=ffff8000
  `)
})
