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

}  // namespace board
