import type { BoardDescription } from './board.ts'

/**
 * Nordic nRF52840-DK (PCA10056), user guide: four lights and four buttons, both active low. Approximated: 1. The interface
 * chip draws nothing, as with the current measurement header in use. 2. The QSPI flash draws nothing at that header, as it
 * is fed beside it.
 */
export const NRF52840_DK: BoardDescription = {
  name: 'Nordic nRF52840-DK',
  chip: 'nRF52840',
  supplyVolts: 3,
  console: { tx: 'P0.06', rx: 'P0.08' },
  feeds: [
    {
      name: 'current measurement header',
      volts: 3,
      conversion: { kind: 'direct' },
      source: 'nRF52840-DK user guide, Measuring current',
      evidence: 'published',
    },
  ],
  parts: [
    {
      kind: 'flash',
      name: 'QSPI flash',
      flash: 'MX25R6435F',
      sck: 'P0.19',
      csn: 'P0.17',
      io0: 'P0.20',
      io1: 'P0.21',
      isFedElsewhere: true,
    },
    { kind: 'led', name: 'LED 1', pin: 'P0.13', activeLow: true },
    { kind: 'led', name: 'LED 2', pin: 'P0.14', activeLow: true },
    { kind: 'led', name: 'LED 3', pin: 'P0.15', activeLow: true },
    { kind: 'led', name: 'LED 4', pin: 'P0.16', activeLow: true },
    { kind: 'button', name: 'Button 1', pin: 'P0.11', activeLow: true },
    { kind: 'button', name: 'Button 2', pin: 'P0.12', activeLow: true },
    { kind: 'button', name: 'Button 3', pin: 'P0.24', activeLow: true },
    { kind: 'button', name: 'Button 4', pin: 'P0.25', activeLow: true },
  ],
}
