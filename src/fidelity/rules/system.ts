import { assumed, exact, open, type RuleGroup } from '../rule.ts'

const handler = 'Of the handler there is BX LR only.'

export const system: RuleGroup = {
  name: 'Special registers and barriers',
  rules: [
    exact('nop', 'NOP', 1, 'trm'),
    exact('nop_wide', 'NOP.W', 1, 'trm'),
    exact('mrs_apsr', 'MRS APSR', [1, 2], 'trm'),
    exact('mrs_primask', 'MRS PRIMASK', [1, 2], 'trm'),
    exact('msr_apsr', 'MSR APSR', [1, 2], 'trm'),
    exact('msr_primask', 'MSR PRIMASK', [1, 2], 'trm'),
    exact('cps', 'CPSID; CPSIE', [2, 4], 'trm'),
    open('dmb', 'DMB with nothing to wait for', [[[1, 4], 'trm']]),
    open('dsb', 'DSB with nothing to wait for', [[[1, 4], 'trm']]),
    open('isb', 'ISB', [[[1, 5], 'trm']], { note: 'The pipeline is filled again, at least.' }),
    open('dmb_after_str', 'STR; DMB', [[[2, 5], 'trm']]),
    open('dsb_after_str', 'STR; DSB', [[[2, 5], 'trm']]),
    open('sev_wfe', 'SEV; WFE that does not wait', [[[2, 4], 'trm']]),
  ],
}

export const exceptions: RuleGroup = {
  name: 'Exceptions, with zero wait states for vectors and stack',
  rules: [
    assumed('svc', 'SVC: 12 to enter, BX LR, 10 to return', [23, 24], 'exceptionLatency', {
      note: `${handler} Whether the cycle of BX is one of the ten is not said; that it fills the pipeline is in them.`,
    }),
    exact('svc_with_lazy_frame', 'a lazily stacked frame costs nothing at once', [0, 0], 'trmExceptions', {
      minus: 'svc',
    }),
    exact('svc_with_eager_frame', 'a frame stacked at once: 17 to enter, 17 to return', 34, 'trmExceptions', {
      minus: 'svc',
      note: 'Entry 29 instead of 12, return 27 instead of 10.',
    }),
    open(
      'pend_swi',
      'STR to NVIC_ISPR; DSB; the interrupt, entered and returned from',
      [[[24, 30], 'trmExceptions']],
      {
        note: 'How long the write takes to become an interrupt is not published.',
      },
    ),
    open('pend_swi_lazy', 'the same with a lazily stacked frame', [[0, 'trmExceptions']], {
      minus: 'pend_swi',
    }),
    assumed(
      'pend_two_tail_chained',
      'a second interrupt, tail-chained: 6 and its handler',
      [7, 9],
      'trmExceptions',
      {
        minus: 'pend_swi',
        note: handler,
      },
    ),
    assumed('pend_three_tail_chained', 'a third interrupt, tail-chained', [7, 9], 'trmExceptions', {
      minus: 'pend_two_tail_chained',
      note: handler,
    }),
    open('pend_swi_float_handler', 'the first floating-point instruction in a handler stacks the frame', [], {
      minus: 'pend_swi_lazy',
      note: 'S0 to S15 and FPSCR go to 17 words, and the return loads them again: the TRM gives no figure of its own.',
    }),
    open(
      'pend_swi_float_handler_no_frame',
      'a floating-point instruction in a handler with no frame to stack',
      [],
      {
        minus: 'pend_swi',
      },
    ),
    open('pend_swi_then_udiv', 'UDIV 0xffffffff / 1 right after an interrupt became pending', [[12, 'trm']], {
      minus: 'pend_swi',
      note: 'A division is abandoned and begins anew: what was done of it is added.',
    }),
    open('pend_swi_then_ldm', 'LDM of 4 right after an interrupt became pending', [[5, 'trm']], {
      minus: 'pend_swi',
      note: 'It goes on after the handler, from the register where it was.',
    }),
  ],
}

export const controls: RuleGroup = {
  name: 'ACTLR, and writing to flash',
  rules: [
    exact('it_not_folded', 'ADDS; IT; MOV with ACTLR.DISFOLD', 3, 'trm'),
    open('str_unbuffered', 'STR with ACTLR.DISDEFWBUF', [[[2, 3], 'trm']], {
      note: 'The TRM says that stores then complete before the next instruction.',
    }),
    open('str_unbuffered_ldr', 'STR; LDR with ACTLR.DISDEFWBUF', [[[4, 5], 'trm']]),
    assumed('vdiv_in_order', 'VDIV; six ADDS; VADD of the quotient with ACTLR.DISOOFP', [21, 22], 'trmFloat'),
    open('flash_write', 'a word written to flash, code in flash', [[2624, 'nordic']], {
      note: 'tWRITE is 41 us at most; the processor waits where it needs the flash.',
    }),
  ],
}
