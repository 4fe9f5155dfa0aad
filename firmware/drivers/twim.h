// TWIM0 as I2C master at 400 kHz, by EasyDMA. nRF52840 Product Specification 6.31.
// It polls unless told otherwise: CYCCNT stands still while the core sleeps, and a transfer's time is to be measured with it.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace twim {

void start(uint32_t sda, uint32_t scl);
// False when the device does not acknowledge. `bytes` must be in RAM.
bool read_registers(uint8_t address, uint8_t first, uint8_t* bytes, size_t length);
bool write_register(uint8_t address, uint8_t index, uint8_t value);

// From now on the core sleeps during transfers. Needs SEVONPEND, which the console sets.
void sleep_with(void (*wait_for_event)());
void enable(bool on);

}  // namespace twim
