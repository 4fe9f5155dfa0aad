// Clocks and the instruction cache. nRF52840 Product Specification 5.4 (CLOCK), 4.3 (NVMC, ICACHECNF).
#pragma once

namespace clock {

// Instruction cache on, HFXO running, LFCLK running.
void start();
void enable_instruction_cache();

}  // namespace clock
