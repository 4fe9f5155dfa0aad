import { assumed, open, type RuleGroup } from '../rule.ts'

const priority =
  'The processor has the highest priority on the bus, so EasyDMA waits; a transfer under way may hold it up: dmaContention.'
const noRamWait = 'RAM has no wait states.'
const oneBus = 'Fetch and load share the system bus, whatever the slave.'
const twoBuses = 'Fetch and load come over two buses: whether they meet at the slave is not published.'
const bridge = 'Cost of the AHB to APB bridge: not published.'

export const slaves: RuleGroup = {
  name: 'RAM slaves and EasyDMA',
  rules: [
    assumed('dma_none', 'eight LDR.W, no EasyDMA', 9, 'jnk'),
    assumed('dma_other_slave', 'eight LDR.W while SPIM3 reads from another slave', 9, 'nordicBus'),
    assumed('dma_same_slave', 'eight LDR.W while SPIM3 reads from the same slave', 9, 'nordicBus', {
      note: priority,
    }),
    assumed('dma_none_stores', 'eight STR.W, no EasyDMA', 8, 'jnk'),
    assumed('dma_same_slave_stores', 'eight STR.W while SPIM3 reads from the same slave', 8, 'nordicBus', {
      note: priority,
    }),
    open('ram_loads_same_slave', 'eight LDR.W, code in the same slave', [[[9, 17], 'sum']], { note: oneBus }),
    open('ram_loads_other_slave', 'eight LDR.W, code in another slave', [[[9, 17], 'sum']], {
      note: oneBus,
    }),
    open('coderam_loads_same_slave', 'the same, code at 0x00800000, same slave', [[[9, 17], 'sum']], {
      note: twoBuses,
    }),
    assumed('coderam_loads_other_slave', 'the same, code at 0x00800000, another slave', 9, 'jnk'),
    open('stack_other_slave', 'PUSH of 4; POP of 4, stack in another slave', [
      [10, 'trm'],
      [11, 'porninNine'],
    ]),
    open(
      'stack_with_code',
      'PUSH of 4; POP of 4, stack in the slave of the code',
      [
        [10, 'trm'],
        [11, 'porninNine'],
      ],
      { note: oneBus },
    ),
    assumed('svc_stack_other_slave', 'SVC, stack in another slave', [0, 0], 'trmExceptions', {
      minus: 'svc',
      note: noRamWait,
    }),
    open('svc_stack_with_code', 'SVC from code in RAM, stack in its slave', [], {
      note: 'Stacking and the handler’s first fetch run side by side; the return fetches from RAM.',
    }),
  ],
}

export const flashBusy: RuleGroup = {
  name: 'Erasing and writing the flash',
  rules: [
    assumed('flash_erase', 'a page erased, code in flash', [5_440_000, 5_440_003], 'nordicFlash', {
      note: 'tERASEPAGE is 85 ms; the store that begins it and the DSB are up to 3 more.',
    }),
    assumed('flash_erase_partial', 'a page erased for 1 ms, code in flash', [64_000, 64_003], 'nordicFlash', {
      note: 'ERASEPAGEPARTIALCFG is 1 ms; the store and the DSB are up to 3 more.',
    }),
    assumed(
      'flash_erase_in_ram',
      'STR that begins the erase of a page for 1 ms, code in RAM',
      1,
      'nordicFlash',
    ),
    assumed('flash_write_in_ram', 'STR that begins the write of a word, code in RAM', 1, 'nordicFlash'),
    open('flash_write_2_in_ram', 'two words written, code in RAM', [[[2, 2625], 'nordicFlash']], {
      note: 'A second write is buffered (READYNEXT); whether the store waits for the first is not said.',
    }),
  ],
}

export const bridges: RuleGroup = {
  name: 'The bridge to the APB',
  rules: [
    open('apb_read_4', 'four LDR of a peripheral on the APB', [], { note: bridge }),
    open('apb_write', 'STR to a peripheral on the APB', [], {
      note: `${bridge} The write buffer may hide it.`,
    }),
    open('apb_write_4', 'four STR to a peripheral on the APB', [], { note: bridge }),
  ],
}
