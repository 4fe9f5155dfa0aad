import { describe } from 'vitest'
import { instructionTests } from '../../../test/cpu/instruction-bench.ts'

// Expected values: by hand from the operation in each instruction's section of DDI 0403E, A7.7.
describe('saturating addition and subtraction', () => {
  instructionTests(`
    qadd r0, r1, r2;          fa82f081; r1=7ffffffe r2=1 N;      r0=7fffffff N
    qadd r0, r1, r2;          fa82f081; r1=7fffffff r2=1;        r0=7fffffff Q
    qadd r0, r1, r2;          fa82f081; r1=80000000 r2=ffffffff; r0=80000000 Q
    qadd r0, r1, r2;          fa82f081; r1=1 r2=1 Q;             r0=2 Q
    qsub r0, r1, r2;          fa82f0a1; r1=5 r2=7;               r0=fffffffe
    qsub r0, r1, r2;          fa82f0a1; r1=0 r2=80000000;        r0=7fffffff Q
    qsub r0, r1, r2;          fa82f0a1; r1=80000000 r2=1;        r0=80000000 Q
    qdadd r0, r1, r2;         fa82f091; r1=1 r2=3fffffff;        r0=7fffffff
    qdadd r0, r1, r2;         fa82f091; r1=ffffffff r2=40000000; r0=7ffffffe Q
    qdadd r0, r1, r2;         fa82f091; r1=80000000 r2=80000000; r0=80000000 Q
    qdsub r0, r1, r2;         fa82f0b1; r1=3 r2=2;               r0=ffffffff
    qdsub r0, r1, r2;         fa82f0b1; r1=1 r2=40000000;        r0=80000002 Q
    qdsub r0, r1, r2;         fa82f0b1; r1=fffffffe r2=40000000; r0=80000000 Q
  `)
})

describe('saturate', () => {
  instructionTests(`
    ssat r0, #16, r1;         f301000f; r1=7fff;                 r0=7fff
    ssat r0, #16, r1;         f301000f; r1=8000;                 r0=7fff Q
    ssat r0, #16, r1;         f301000f; r1=ffff8000;             r0=ffff8000
    ssat r0, #16, r1;         f301000f; r1=ffff7fff;             r0=ffff8000 Q
    ssat r0, #1, r1;          f3010000; r1=1;                    r0=0 Q
    ssat r0, #1, r1;          f3010000; r1=fffffffe;             r0=ffffffff Q
    ssat r0, #32, r1;         f301001f; r1=80000000 C;           r0=80000000 C
    ssat r0, #8, r1, asr #31; f32170c7; r1=80000000;             r0=ffffffff
    ssat r0, #8, r1, asr #4;  f3211007; r1=800;                  r0=7f Q
    ssat r0, #8, r1, lsl #4;  f3011007; r1=f0000007;             r0=70
    ssat r0, #8, r1, lsl #4;  f3011007; r1=8;                    r0=7f Q
    usat r0, #8, r1;          f3810008; r1=ff;                   r0=ff
    usat r0, #8, r1;          f3810008; r1=100;                  r0=ff Q
    usat r0, #8, r1;          f3810008; r1=ffffffff;             r0=0 Q
    usat r0, #0, r1;          f3810000; r1=0;                    r0=0
    usat r0, #0, r1;          f3810000; r1=1;                    r0=0 Q
    usat r0, #31, r1;         f381001f; r1=7fffffff;             r0=7fffffff
    usat r0, #8, r1, asr #8;  f3a12008; r1=ff80;                 r0=ff
    usat r0, #4, r1, lsl #1;  f3810044; r1=8;                    r0=f Q
    ssat16 r0, #8, r1;        f3210007; r1=007fff80;             r0=007fff80
    ssat16 r0, #8, r1;        f3210007; r1=0080ff7f;             r0=007fff80 Q
    ssat16 r0, #16, r1;       f321000f; r1=80007fff;             r0=80007fff
    ssat16 r0, #1, r1;        f3210000; r1=0001fffe;             r0=0000ffff Q
    usat16 r0, #8, r1;        f3a10008; r1=00ff0000;             r0=00ff0000
    usat16 r0, #8, r1;        f3a10008; r1=0100ffff;             r0=00ff0000 Q
    usat16 r0, #0, r1;        f3a10000; r1=00010000 Q;           r0=0 Q
    usat16 r0, #15, r1;       f3a1000f; r1=7fff8000;             r0=7fff0000 Q
  `)
})
