import { assumed, open, type RuleGroup } from '../rule.ts'

const minus = 'systick_long_after'
const after = (cycles: number): string => `systick_after_${cycles}`
const arrives = (cycles: number, when: string): string => `SysTick ${cycles} cycles after the store: ${when}`

/** Of SysTick's handler there is BX LR; the vectors are in flash, whose wait states are in the upper ends. */
export const arrivals: RuleGroup = {
  name: 'Exceptions that arrive while another comes in, runs or goes out',
  rules: [
    open(minus, 'a software interrupt alone, of nine cycles, with what starts SysTick', [], {
      note: 'What the next rows are less of. Four stores and two gaps stand before the DSB.',
    }),
    assumed(after(0), arrives(0, 'first, the other one is tail-chained'), [7, 9], 'trmExceptions', { minus }),
    assumed(
      after(4),
      arrives(4, 'late arrival while the frame is stacked, no second frame'),
      [7, 9],
      'trmExceptions',
      {
        minus,
      },
    ),
    ...[8, 12].map((cycles) =>
      open(
        after(cycles),
        arrives(cycles, 'late arrival after the first vector was asked for'),
        [[[7, 17], 'trmExceptions']],
        {
          minus,
          note: 'The manual has late arrival up to the first instruction of the handler; what a second vector then costs is not published. Here: 6 and its wait states.',
        },
      ),
    ),
    open(after(16), arrives(16, 'as the handler begins'), [[[7, 25], 'trmExceptions']], { minus }),
    assumed(
      after(20),
      arrives(20, 'in the handler: 12 to enter, BX LR, 10 to return'),
      [23, 25],
      'trmExceptions',
      {
        minus,
      },
    ),
    ...[24, 26, 28].map((cycles) =>
      open(after(cycles), arrives(cycles, 'while the frame is unstacked'), [[[8, 18], 'yiu']], {
        minus,
        note: 'Pop pre-emption: unstacking is abandoned, the handler tail-chained, and all of the frame unstacked later. That it is abandoned at once, not after the words under way, is our reading.',
      }),
    ),
    ...[30, 32, 34].map((cycles) =>
      open(after(cycles), arrives(cycles, 'at the end of the return'), [[[8, 25], 'trmExceptions']], {
        minus,
        note: 'Until when a return can be abandoned is not published: exceptionReturnRefill.',
      }),
    ),
    assumed(after(50), arrives(50, 'after the return'), [23, 25], 'trmExceptions', { minus }),
  ],
}
