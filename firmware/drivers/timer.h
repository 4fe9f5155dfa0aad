// TIMER1 as a 1 MHz clock that runs on while the core sleeps. nRF52840 Product Specification 6.30.
#pragma once

#include "nrf52840/registers.h"

namespace timer {

inline void start() {
  using namespace nrf::timer;
  reg(kTimer1 + MODE) = 0;
  reg(kTimer1 + BITMODE) = kBitMode32;
  reg(kTimer1 + PRESCALER) = 4;  // 16 MHz / 2^4
  nrf::trigger(kTimer1 + TASKS_CLEAR);
  nrf::trigger(kTimer1 + TASKS_START);
}

/// A running TIMER keeps the 64 MHz clock on while the core sleeps.
inline void stop() { nrf::trigger(nrf::timer::kTimer1 + nrf::timer::TASKS_SHUTDOWN); }

inline uint32_t microseconds() {
  nrf::trigger(nrf::timer::kTimer1 + nrf::timer::TASKS_CAPTURE);
  return reg(nrf::timer::kTimer1 + nrf::timer::CC);
}

/// Up to about 71 minutes. Uses compare channel 1.
inline void wait_microseconds(uint32_t duration) {
  using namespace nrf::timer;
  const uint32_t from = microseconds();
  reg(kTimer1 + EVENTS_COMPARE + 4) = 0;
  reg(kTimer1 + CC + 4) = from + duration;
  if (duration < 2) return;  // the compare event may have been missed
  while (reg(kTimer1 + EVENTS_COMPARE + 4) == 0) {
  }
}

}  // namespace timer
