// Seeed XIAO nRF52840 Sense, from its schematic.
#pragma once

#include "drivers/gpio.h"

namespace board {

constexpr uint32_t kUartTx = gpio::pin(1, 11);
constexpr uint32_t kUartRx = gpio::pin(1, 12);
constexpr uint32_t kSensorSda = gpio::pin(0, 7);
constexpr uint32_t kSensorScl = gpio::pin(0, 27);
constexpr uint32_t kSensorSupply = gpio::pin(1, 8);
constexpr uint32_t kMicrophoneClock = gpio::pin(1, 0);
constexpr uint32_t kMicrophoneData = gpio::pin(0, 16);
constexpr uint32_t kMicrophoneSupply = gpio::pin(1, 10);
// INT1 of the LSM6DS3TR-C.
constexpr uint32_t kMotionWire = gpio::pin(0, 11);

// The pin itself feeds the sensor and the pull-ups of its bus: high drive.
inline void sensors_on() {
  gpio::set(kSensorSupply);
  gpio::configure(kSensorSupply, nrf::gpio::kOutput | nrf::gpio::kInputDisconnect | nrf::gpio::kDriveH0H1);
}

// There is none that firmware could switch.
inline void power_led(bool) {}

}  // namespace board
