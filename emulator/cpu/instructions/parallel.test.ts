import { describe } from 'vitest'
import { instructionTests } from '../../../test/cpu/instruction-bench.ts'

// Expected values: by hand from the operation in each instruction's section of DDI 0403E, A7.7.
describe('parallel addition and subtraction', () => {
  instructionTests(`
    sadd8 r0, r1, r2;      fa81f002; r1=7f80ff01 r2=0180010f GE=0 Q; r0=80000010 GE=b Q
    sadd16 r0, r1, r2;     fa91f002; r1=7fff8000 r2=0001ffff GE=f;   r0=80007fff GE=c
    sasx r0, r1, r2;       faa1f002; r1=00050003 r2=00040001;        r0=0006ffff GE=c
    ssax r0, r1, r2;       fae1f002; r1=00010003 r2=fffc0002;        r0=ffffffff
    ssub8 r0, r1, r2;      fac1f002; r1=80000105 r2=01010105;        r0=7fff0000 GE=3
    ssub16 r0, r1, r2;     fad1f002; r1=80000005 r2=00010005;        r0=7fff0000 GE=3
    qadd8 r0, r1, r2;      fa81f012; r1=7f80ff01 r2=01ff010f GE=5;   r0=7f800010 GE=5
    qadd16 r0, r1, r2;     fa91f012; r1=7fff8000 r2=0001ffff;        r0=7fff8000
    qasx r0, r1, r2;       faa1f012; r1=7fff8000 r2=00017fff;        r0=7fff8000
    qsax r0, r1, r2;       fae1f012; r1=80007fff r2=00010001;        r0=80007fff
    qsub8 r0, r1, r2;      fac1f012; r1=80000105 r2=01800105;        r0=807f0000
    qsub16 r0, r1, r2;     fad1f012; r1=80007fff r2=0001ffff;        r0=80007fff
    shadd8 r0, r1, r2;     fa81f022; r1=7f80ff01 r2=7f80000f;        r0=7f80ff08
    shadd16 r0, r1, r2;    fa91f022; r1=7fff8000 r2=7fff8001;        r0=7fff8000
    shasx r0, r1, r2;      faa1f022; r1=00050003 r2=00040001;        r0=0003ffff
    shsax r0, r1, r2;      fae1f022; r1=80000001 r2=00027fff;        r0=80000001
    shsub8 r0, r1, r2;     fac1f022; r1=807f0005 r2=7f800100;        r0=807fff02
    shsub16 r0, r1, r2;    fad1f022; r1=80007fff r2=7fff8000;        r0=80007fff
    uadd8 r0, r1, r2;      fa81f042; r1=ff80fe01 r2=0180010f;        r0=0000ff10 GE=c
    uadd16 r0, r1, r2;     fa91f042; r1=ffff8000 r2=00017fff;        r0=0000ffff GE=c
    uasx r0, r1, r2;       faa1f042; r1=00050003 r2=0004ffff;        r0=0004ffff GE=c
    uasx r0, r1, r2;       faa1f042; r1=00050004 r2=00040001;        r0=00060000 GE=3
    usax r0, r1, r2;       fae1f042; r1=0005ffff r2=00010006;        r0=ffff0000 GE=3
    usub8 r0, r1, r2;      fac1f042; r1=ff000105 r2=fe010105;        r0=01ff0000 GE=b
    usub16 r0, r1, r2;     fad1f042; r1=80000005 r2=00010006;        r0=7fffffff GE=c
    uqadd8 r0, r1, r2;     fa81f052; r1=ff80fe01 r2=0180010f;        r0=ffffff10
    uqadd16 r0, r1, r2;    fa91f052; r1=ffff8000 r2=00017fff;        r0=ffffffff
    uqasx r0, r1, r2;      faa1f052; r1=ffff0003 r2=00040001;        r0=ffff0000
    uqsax r0, r1, r2;      fae1f052; r1=0001ffff r2=00040002;        r0=0000ffff
    uqsub8 r0, r1, r2;     fac1f052; r1=ff000105 r2=fe010006 GE=a;   r0=01000100 GE=a
    uqsub16 r0, r1, r2;    fad1f052; r1=80000005 r2=00010006;        r0=7fff0000
    uhadd8 r0, r1, r2;     fa81f062; r1=ff80ff01 r2=ff80000f;        r0=ff807f08
    uhadd16 r0, r1, r2;    fa91f062; r1=ffff8000 r2=ffff8001;        r0=ffff8000
    uhasx r0, r1, r2;      faa1f062; r1=ffff0003 r2=0004ffff;        r0=ffffffff
    uhsax r0, r1, r2;      fae1f062; r1=0001ffff r2=ffff0003;        r0=ffffffff
    uhsub8 r0, r1, r2;     fac1f062; r1=ff000105 r2=00ff0104;        r0=7f800000
    uhsub16 r0, r1, r2;    fad1f062; r1=00008000 r2=00010000;        r0=ffff4000
  `)
})

describe('select and absolute differences', () => {
  instructionTests(`
    sel r0, r1, r2;        faa1f082; r1=11223344 r2=aabbccdd GE=5;   r0=aa22cc44 GE=5
    sel r0, r1, r2;        faa1f082; r1=11223344 r2=aabbccdd GE=0 Q; r0=aabbccdd Q
    sel r2, r1, r2;        faa1f282; r1=11223344 r2=aabbccdd GE=f;   r2=11223344 GE=f
    usad8 r0, r1, r2;      fb71f002; r1=ff000510 r2=00ff0a08;        r0=20b
    usad8 r0, r1, r2;      fb71f002; r1=ffffffff r2=0;               r0=3fc
    usada8 r0, r1, r2, r3; fb713002; r1=ff000510 r2=00ff0a08 r3=fffffdf5; r0=0
  `)
})
