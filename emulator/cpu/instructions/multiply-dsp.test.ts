import { describe } from 'vitest'
import { instructionTests } from '../../../test/cpu/instruction-bench.ts'

// Expected values: by hand from the operation in each instruction's section of DDI 0403E, A7.7.
describe('half-word multiplies', () => {
  instructionTests(`
    smulbb r0, r1, r2;      fb11f002; r1=00028000 r2=00038000 N;      r0=40000000 N
    smulbt r0, r1, r2;      fb11f012; r1=0002ffff r2=00050003;        r0=fffffffb
    smultb r0, r1, r2;      fb11f022; r1=fffe0007 r2=00050003;        r0=fffffffa
    smultt r0, r1, r2;      fb11f032; r1=80000007 r2=7fff0003;        r0=c0008000
    smlabb r0, r1, r2, r3;  fb113002; r1=2 r2=3 r3=fffffffa;          r0=0
    smlabb r0, r1, r2, r3;  fb113002; r1=8000 r2=8000 r3=3fffffff;    r0=7fffffff
    smlabb r0, r1, r2, r3;  fb113002; r1=8000 r2=8000 r3=40000000;    r0=80000000 Q
    smlabt r0, r1, r2, r3;  fb113012; r1=00009000 r2=7fff0000 r3=80000000; r0=48007000 Q
    smlatb r0, r1, r2, r3;  fb113022; r1=00020009 r2=00080003 r3=1 Q; r0=7 Q
    smlatt r0, r1, r2, r3;  fb113032; r1=00020009 r2=00080003 r3=1;   r0=11
    smulwb r0, r1, r2;      fb31f002; r1=80000000 r2=00018000;        r0=40000000
    smulwb r0, r1, r2;      fb31f002; r1=00000001 r2=0000ffff;        r0=ffffffff
    smulwt r0, r1, r2;      fb31f012; r1=7fffffff r2=7fff8000;        r0=3fff7fff
    smlawb r0, r1, r2, r3;  fb313002; r1=00010000 r2=00000005 r3=ffffffff; r0=4
    smlawb r0, r1, r2, r3;  fb313002; r1=80000000 r2=00008000 r3=40000000; r0=80000000 Q
    smlawt r0, r1, r2, r3;  fb313012; r1=ffffffff r2=00010000 r3=80000000; r0=7fffffff Q
    smlalbb r0, r1, r2, r3; fbc20183; r0=ffffffff r1=0 r2=1 r3=1;     r0=0 r1=1
    smlalbt r0, r1, r2, r3; fbc20193; r2=00028000 r3=80000003;        r0=40000000 r1=0
    smlaltb r0, r1, r2, r3; fbc201a3; r2=ffff0007 r3=00080001;        r0=ffffffff r1=ffffffff
    smlaltt r0, r1, r2, r3; fbc201b3; r0=5 r1=7 r2=00020000 r3=fffd0000; r0=ffffffff r1=6
  `)
})

describe('dual multiplies', () => {
  instructionTests(`
    smuad r0, r1, r2;       fb21f002; r1=00020003 r2=00040005;        r0=17
    smuad r0, r1, r2;       fb21f002; r1=80008000 r2=80008000;        r0=80000000 Q
    smuad r0, r1, r2;       fb21f002; r1=80008000 r2=80007fff;        r0=8000
    smuadx r0, r1, r2;      fb21f012; r1=00020003 r2=00040005;        r0=16
    smusd r0, r1, r2;       fb41f002; r1=00020003 r2=00040005;        r0=7
    smusd r0, r1, r2;       fb41f002; r1=80008000 r2=7fff8000;        r0=7fff8000
    smusdx r0, r1, r2;      fb41f012; r1=00020003 r2=00040005;        r0=2
    smusdx r0, r1, r2;      fb41f012; r1=80007fff r2=80008000;        r0=80008000
    smlad r0, r1, r2, r3;   fb213002; r1=00020003 r2=00040005 r3=64;  r0=7b
    smlad r0, r1, r2, r3;   fb213002; r1=80008000 r2=80008000 r3=ffffffff; r0=7fffffff
    smlad r0, r1, r2, r3;   fb213002; r1=80008000 r2=80008000 r3=0;   r0=80000000 Q
    smlad r0, r1, r2, r3;   fb213002; r1=0000ffff r2=00000001 r3=80000000; r0=7fffffff Q
    smlad r0, r0, r0, r0;   fb200000; r0=0001ffff Q;                  r0=20001 Q
    smladx r0, r1, r2, r3;  fb213012; r1=0002ffff r2=00040005 r3=fffffff8; r0=fffffffe
    smlsd r0, r1, r2, r3;   fb413002; r1=00020003 r2=00040005 r3=fffffff8; r0=ffffffff
    smlsd r0, r1, r2, r3;   fb413002; r1=00000001 r2=00000001 r3=7fffffff; r0=80000000 Q
    smlsdx r0, r1, r2, r3;  fb413012; r1=00010000 r2=00000001 r3=80000000; r0=7fffffff Q
    smlald r0, r1, r2, r3;  fbc201c3; r0=80000000 r1=0 r2=80008000 r3=80008000; r0=0 r1=1
    smlaldx r0, r1, r2, r3; fbc201d3; r0=0 r1=0 r2=00020003 r3=ffff0001; r0=ffffffff r1=ffffffff
    smlsld r0, r1, r2, r3;  fbd201c3; r0=0 r1=0 r2=00020003 r3=00040002; r0=fffffffe r1=ffffffff
    smlsldx r0, r1, r2, r3; fbd201d3; r0=ffffffff r1=7fffffff r2=00020003 r3=00040005; r0=1 r1=80000000
  `)
})

describe('most significant word multiplies', () => {
  instructionTests(`
    smmul r0, r1, r2;       fb51f002; r1=80000000 r2=80000000;        r0=40000000
    smmul r0, r1, r2;       fb51f002; r1=ffffffff r2=1;               r0=ffffffff
    smmulr r0, r1, r2;      fb51f012; r1=ffffffff r2=1;               r0=0
    smmulr r0, r1, r2;      fb51f012; r1=00010000 r2=00008000;        r0=1
    smmul r0, r1, r2;       fb51f002; r1=00010000 r2=00008000;        r0=0
    smmla r0, r1, r2, r3;   fb513002; r1=80000000 r2=2 r3=5;          r0=4
    smmla r0, r1, r2, r3;   fb513002; r1=40000000 r2=4 r3=7fffffff;   r0=80000000
    smmlar r0, r1, r2, r3;  fb513012; r1=80000000 r2=1 r3=5;          r0=5
    smmls r0, r1, r2, r3;   fb613002; r1=1 r2=1 r3=5;                 r0=4
    smmlsr r0, r1, r2, r3;  fb613012; r1=1 r2=1 r3=5;                 r0=5
    smmls r0, r1, r2, r3;   fb613002; r1=80000000 r2=80000000 r3=0;   r0=c0000000
  `)
})
