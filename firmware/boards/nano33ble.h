// Arduino Nano 33 BLE Sense (ABX00031), from its schematic.
#pragma once

#include "drivers/gpio.h"

namespace board {

constexpr uint32_t kUartTx = gpio::pin(1, 3);
constexpr uint32_t kUartRx = gpio::pin(1, 10);
constexpr uint32_t kSensorSda = gpio::pin(0, 14);
constexpr uint32_t kSensorScl = gpio::pin(0, 15);
constexpr uint32_t kSensorSupply = gpio::pin(0, 22);   // VDD_ENV
constexpr uint32_t kSensorPullUps = gpio::pin(1, 0);   // R_PULLUP of SDA and SCL
constexpr uint32_t kPowerLed = gpio::pin(1, 9);
constexpr uint32_t kMicrophoneClock = gpio::pin(0, 26);
constexpr uint32_t kMicrophoneData = gpio::pin(0, 25);
constexpr uint32_t kMicrophoneSupply = gpio::pin(0, 17);
// D2. Revision 1 does not connect the LSM9DS1's INT1_A/G: the wire is the user's.
constexpr uint32_t kMotionWire = gpio::pin(1, 11);

inline void sensors_on() {
  gpio::output_high(kSensorSupply);
  gpio::output_high(kSensorPullUps);
}

inline void power_led(bool on) {
  if (on) {
    gpio::output_high(kPowerLed);
  } else {
    gpio::output_low(kPowerLed);
  }
}

}  // namespace board
