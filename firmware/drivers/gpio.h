// nRF52840 Product Specification 6.9. A pin is 32 * port + number, as in PSEL registers.
#pragma once

#include "nrf52840/registers.h"

namespace gpio {

constexpr uint32_t pin(uint32_t port, uint32_t number) { return 32 * port + number; }

inline uintptr_t port_of(uint32_t pin) { return pin < 32 ? nrf::gpio::kP0 : nrf::gpio::kP1; }
inline void configure(uint32_t pin, uint32_t bits) {
  reg(port_of(pin) + nrf::gpio::PIN_CNF + 4 * (pin % 32)) = bits;
}
inline void set(uint32_t pin) { reg(port_of(pin) + nrf::gpio::OUTSET) = 1u << (pin % 32); }
inline void clear(uint32_t pin) { reg(port_of(pin) + nrf::gpio::OUTCLR) = 1u << (pin % 32); }

inline void output_high(uint32_t pin) {
  set(pin);
  configure(pin, nrf::gpio::kOutput | nrf::gpio::kInputDisconnect);
}

inline void output_low(uint32_t pin) {
  clear(pin);
  configure(pin, nrf::gpio::kOutput | nrf::gpio::kInputDisconnect);
}

inline bool is_high(uint32_t pin) { return (reg(port_of(pin) + nrf::gpio::IN) >> (pin % 32) & 1) != 0; }

}  // namespace gpio
