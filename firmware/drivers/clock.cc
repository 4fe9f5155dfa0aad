#include "drivers/clock.h"

#include "nrf52840/registers.h"

namespace clock {

void enable_instruction_cache() { reg(nrf::nvmc::ICACHECNF) = nrf::nvmc::kCacheEnable; }

void start() {
  using namespace nrf::clock;
  enable_instruction_cache();
  nrf::clear_event(EVENTS_HFCLKSTARTED);
  nrf::trigger(TASKS_HFCLKSTART);
  while (reg(EVENTS_HFCLKSTARTED) == 0) {
  }
  // Synthesised from HFXO: revision 01B of the board's NINA-B306 module has no 32 kHz crystal.
  reg(LFCLKSRC) = kLfSynth;
  nrf::clear_event(EVENTS_LFCLKSTARTED);
  nrf::trigger(TASKS_LFCLKSTART);
  while (reg(EVENTS_LFCLKSTARTED) == 0) {
  }
}

}  // namespace clock
