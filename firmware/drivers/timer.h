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

inline uint32_t microseconds() {
  nrf::trigger(nrf::timer::kTimer1 + nrf::timer::TASKS_CAPTURE);
  return reg(nrf::timer::kTimer1 + nrf::timer::CC);
}

inline void wait_microseconds(uint32_t duration) {
  const uint32_t from = microseconds();
  while (microseconds() - from < duration) {
  }
}

}  // namespace timer
