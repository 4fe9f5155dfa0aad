// Reading what accelerometer and gyroscope drivers have in common. `bytes` is in RAM, where TWIM can write.
#pragma once

#include "drivers/twim.h"

namespace inertial {

inline bool read_axes(uint8_t address, uint8_t first, uint8_t (&bytes)[6], int16_t axes[3]) {
  if (!twim::read_registers(address, first, bytes, 6)) return false;
  for (int i = 0; i < 3; i++) axes[i] = static_cast<int16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  return true;
}

inline bool read_flag(uint8_t address, uint8_t index, uint8_t flag, uint8_t (&bytes)[6], bool& set) {
  if (!twim::read_registers(address, index, bytes, 1)) return false;
  set = (bytes[0] & flag) != 0;
  return true;
}

}  // namespace inertial
