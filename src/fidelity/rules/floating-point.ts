import { assumed, disputed, exact, open, type Rule, type RuleGroup } from '../rule.ts'

const latency = 'A result is there one cycle later; the last one’s stall falls on nobody.'
const beside = 'The last division ends beside the harness.'
const moveOne = 'One table of the TRM has 1, its text and GCC have 2.'

/** VDIV; n integer instructions; VADD of the quotient. */
const divideBeside = (kernel: string, what: string, count: number): Rule =>
  disputed(
    kernel,
    `${what}; ${count} ADDS beside it; VADD of the result`,
    [
      [Math.max(15, count + 2), 'trmFloat'],
      [Math.max(16, count + 2), 'gcc'],
    ],
    { note: 'Whether the quotient is there one cycle later, like other results, is not said.' },
  )

export const arithmetic: RuleGroup = {
  name: 'Floating point: arithmetic',
  rules: [
    exact('vadd', 'two VADD', 2, 'trmFloat'),
    exact('vadd_chain', 'VADD on its own result', 2, 'trmFloat', { edgeCycles: -1, note: latency }),
    exact('vadd_chain_one_between', 'VADD on its own result, two ADDS between', 3, 'trmFloat'),
    exact('vmul', 'two VMUL', 2, 'trmFloat'),
    exact('vmul_chain', 'VMUL on its own result', 2, 'trmFloat', { edgeCycles: -1, note: latency }),
    exact('vmul_vadd', 'VMUL; VADD of the product', 3, 'trmFloat'),
    exact('vmla', 'two VMLA', 6, 'trmFloat'),
    exact('vmla_accumulate', 'VMLA on its own sum: read one cycle later', 3, 'trmFloat'),
    exact('vmla_operand', 'VMLA; VMLA with the sum as factor', 7, 'trmFloat'),
    assumed('vmls_chain', 'VMLS, its own result as factor and sum', 4, 'trmFloat', {
      edgeCycles: -1,
      note: latency,
    }),
    exact('vfma', 'two VFMA', 6, 'trmFloat'),
    exact('vfma_accumulate', 'VFMA on its own sum', 3, 'trmFloat'),
    assumed('vfma_operand', 'VFMA, its own result as factor and sum', 4, 'trmFloat', {
      edgeCycles: -1,
      note: latency,
    }),
    exact('vmul_vfma_accumulate', 'VMUL; VFMA that adds to the product', 4, 'trmFloat'),
    exact('vmul_vfma_operand', 'VMUL; VFMA with the product as factor', 5, 'trmFloat'),
    exact('vfma_vadd', 'VFMA; VADD of the sum', 5, 'trmFloat'),
    exact('vfma_vadd_independent', 'VFMA; VADD of something else', 4, 'trmFloat'),
    exact('vabs_vneg', 'VABS; VNEG', 2, 'trmFloat'),
    exact('vcvt', 'VCVT to and from integer', 2, 'trmFloat'),
    exact('vcvt_chain', 'VCVT; VCVT of the result', 3, 'trmFloat'),
    exact('vmov_immediate', 'VMOV of a constant', 1, 'trmFloat'),
    assumed('vcmp_vmrs', 'VCMP; VMRS of the flags', 2, 'trmFloat'),
    assumed('vcmp_vmrs_branch', 'VCMP; VMRS; BEQ, taken', 4, 'trmFloat'),
    exact('vadd_vcmp', 'VADD; VCMP of the sum', 3, 'trmFloat'),
    exact('vmrs', 'VMRS', 1, 'trmFloat'),
    exact('vmsr', 'VMSR', 1, 'trmFloat'),
    open(
      'vmov_to_core',
      'VMOV of a single to a core register',
      [
        [1, 'trmFloat'],
        [2, 'gcc'],
      ],
      { note: moveOne },
    ),
    open(
      'vmov_from_core',
      'VMOV of a core register to a single',
      [
        [1, 'trmFloat'],
        [2, 'gcc'],
      ],
      { note: moveOne },
    ),
    exact('vmov_two_to_core', 'VMOV of two singles to core registers', 2, 'trmFloat'),
    exact('vmov_two_from_core', 'VMOV of two core registers to singles', 2, 'trmFloat'),
    open(
      'vadd_vmov_to_core',
      'VADD; VMOV of the sum to a core register',
      [
        [3, 'trmFloat'],
        [4, 'gcc'],
      ],
      { note: moveOne },
    ),
    open(
      'vmov_from_core_vadd',
      'VMOV from a core register; VADD of it',
      [
        [2, 'trmFloat'],
        [[3, 4], 'gcc'],
      ],
      {
        note: moveOne,
      },
    ),
    open(
      'vmov_to_core_use',
      'VMOV to a core register; ADDS of it',
      [
        [2, 'trmFloat'],
        [3, 'gcc'],
      ],
      { note: moveOne },
    ),
    exact('vdiv', 'VDIV', 14, 'trmFloat', { edgeCycles: -13, note: beside }),
    open(
      'vdiv_chain',
      'VDIV on its own result',
      [
        [14, 'trmFloat'],
        [15, 'gcc'],
      ],
      { edgeCycles: -13, note: beside },
    ),
    exact('vsqrt', 'VSQRT', 14, 'trmFloat', { edgeCycles: -13, note: beside }),
    open(
      'vsqrt_vdiv',
      'VSQRT; VDIV by the root',
      [
        [28, 'trmFloat'],
        [29, 'gcc'],
      ],
      { edgeCycles: -13, note: beside },
    ),
    assumed('vdiv_vadd_independent', 'VDIV; VADD of something else', 15, 'trmFloat'),
    assumed('vdiv_vldr_independent', 'VDIV; VLDR of something else', 16, 'trmFloat'),
    disputed('vdiv_ldr', 'VDIV; LDR beside it; VADD of the quotient', [
      [15, 'trmFloat'],
      [16, 'gcc'],
    ]),
    ...[0, 1, 2, 4, 6, 8, 10, 12, 13, 14].map((n) => divideBeside(`vdiv_beside_${n}`, 'VDIV', n)),
    ...[4, 8, 12].map((n) => divideBeside(`vsqrt_beside_${n}`, 'VSQRT', n)),
  ],
}

const paired = 'The TRM says nothing of pipelining floating-point loads and stores.'

export const transfers: RuleGroup = {
  name: 'Floating point: loads and stores',
  rules: [
    exact('vldr', 'VLDR', 2, 'trmFloat'),
    open('vldr_2', 'VLDR; VLDR', [[[3, 4], 'trmFloat']], { note: paired }),
    open('vldr_4', 'four VLDR', [[[5, 8], 'trmFloat']], { note: paired }),
    open('vldr_ldr', 'VLDR; LDR', [[[3, 4], 'trmFloat']], { note: paired }),
    exact('vldr_double', 'VLDR of 64 bits', 3, 'trmFloat'),
    open('vldr_literal', 'VLDR of a literal in flash', [[2, 'trmFloat']]),
    open('vldr_vadd', 'VLDR; VADD of it', [
      [3, 'trmFloat'],
      [4, 'gcc'],
    ]),
    open('vldr_vfma', 'VLDR; VFMA with it as factor', [
      [5, 'trmFloat'],
      [6, 'gcc'],
    ]),
    disputed('vstr', 'VSTR', [
      [2, 'trmFloat'],
      [1, 'gcc'],
    ]),
    disputed('vstr_2', 'VSTR; VSTR', [
      [4, 'trmFloat'],
      [2, 'gcc'],
    ]),
    exact('vstr_double', 'VSTR of 64 bits', 3, 'trmFloat'),
    open('vadd_vstr', 'VADD; VSTR of the sum', [
      [[3, 4], 'trmFloat'],
      [[2, 3], 'gcc'],
    ]),
    open(
      'vldr_vstr',
      'VLDR; VSTR',
      [
        [[3, 4], 'trmFloat'],
        [3, 'gcc'],
      ],
      { note: paired },
    ),
    ...[2, 4, 8, 16].map((n) => exact(`vldm_${n}`, `VLDM of ${n}`, 1 + n, 'trmFloat')),
    ...[2, 8].map((n) => exact(`vstm_${n}`, `VSTM of ${n}`, 1 + n, 'trmFloat')),
    open('vpush_vpop_8', 'VPUSH of 8; VPOP of 8', [[[18, 19], 'trmFloat']], {
      note: 'A load after a store may wait for the write buffer.',
    }),
    assumed('vldm_vfma', 'VLDM of 4; VFMA with the last as factor', 8, 'trmFloat'),
    open('dot_product_float', 'VLDR; VLDR; VFMA; SUBS; BNE', [[[9, 11], 'trmFloat']], { note: paired }),
    open('dot_product_float_vldm', 'VLDM of 4 twice; four VFMA; SUBS; BNE', [[25, 'trmFloat']]),
  ],
}
