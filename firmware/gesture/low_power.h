// How the gesture apps that sleep begin.
#pragma once

#include "boards/board.h"
#include "drivers/low_power.h"
#include "gesture/classifier.h"

namespace gesture {

// The console stays on. In main's own code: out of line it takes other cycles.
__attribute__((always_inline)) inline void start_low_power() {
  low_power::start();
  core::enable_trace();
  low_power::console_on();
  board::power_led(false);
  start();
  must_start(imu::start_low_power());
}

}  // namespace gesture
