import { describe } from 'vitest'
import { instructionTests } from '../../../test/cpu/instruction-bench.ts'

// Expected values: by hand from the operation in each instruction's section of DDI 0403E, A7.7.
describe('extend', () => {
  instructionTests(`
    sxtb r0, r1;                b248;     r1=12345680 N;           r0=ffffff80 N
    sxth r0, r1;                b208;     r1=1234f680;             r0=fffff680
    uxtb r0, r1;                b2c8;     r1=12345680;             r0=80
    uxth r0, r1;                b288;     r1=1234f680;             r0=f680
    sxtb.w r8, r9;              fa4ff889; r9=1234567f;             r8=7f
    sxtb.w r0, r1, ror #24;     fa4ff0b1; r1=80345678;             r0=ffffff80
    sxth.w r0, r1, ror #8;      fa0ff091; r1=12f45678;             r0=fffff456
    uxtb.w r0, r1, ror #16;     fa5ff0a1; r1=12f45678;             r0=f4
    uxth.w r0, r1, ror #24;     fa1ff0b1; r1=12345678;             r0=7812
    sxtb16 r0, r1;              fa2ff081; r1=12805680;             r0=ff80ff80
    sxtb16 r0, r1;              fa2ff081; r1=807f80ff;             r0=7fffff
    sxtb16 r0, r1, ror #8;      fa2ff091; r1=80127f34;             r0=ff80007f
    uxtb16 r0, r1;              fa3ff081; r1=12805680;             r0=00800080
    uxtb16 r0, r1, ror #24;     fa3ff0b1; r1=12345678;             r0=560012
    sxtab r0, r1, r2;           fa41f082; r1=00000100 r2=000000ff; r0=ff
    sxtab r0, r1, r2, ror #8;   fa41f092; r1=fffffff0 r2=00007f00; r0=6f
    sxtah r0, r1, r2;           fa01f082; r1=00008000 r2=00008000; r0=0
    uxtab r0, r1, r2;           fa51f082; r1=ffffffff r2=00000101; r0=0
    uxtah r0, r1, r2, ror #16;  fa11f0a2; r1=00000001 r2=ffff0000; r0=10000
    sxtab16 r0, r1, r2;         fa21f082; r1=00010001 r2=00ff00ff; r0=0
    sxtab16 r0, r1, r2, ror #8; fa21f092; r1=7fff8000 r2=0100ff00; r0=80007fff
    uxtab16 r0, r1, r2;         fa31f082; r1=ffffffff r2=00020001; r0=10000
  `)
})

describe('pack', () => {
  instructionTests(`
    pkhbt r0, r1, r2;           eac10002; r1=11112222 r2=33334444; r0=33332222
    pkhbt r0, r1, r2, lsl #16;  eac14002; r1=11112222 r2=33334444; r0=44442222
    pkhbt r0, r1, r2, lsl #31;  eac170c2; r1=11112222 r2=00000001; r0=80002222
    pkhtb r0, r1, r2, asr #16;  eac14022; r1=11112222 r2=33334444; r0=11113333
    pkhtb r0, r1, r2, asr #32;  eac10022; r1=11112222 r2=80004444; r0=1111ffff
    pkhtb r0, r1, r2, asr #1;   eac10062; r1=11112222 r2=80008002; r0=11114001
  `)
})
