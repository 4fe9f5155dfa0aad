// Everything that firmware must do to be asleep in the true sense. nRF52840 Product Specification 5.3 (POWER), 5.4
// (CLOCK), 4.3 (ICACHECNF).
#pragma once

#include <stdint.h>

namespace low_power {

// DC/DC regulator, LFCLK from LFRC, HFXO never: the 64 MHz clock comes from its RC oscillator when somebody needs it.
// LFRC is within 2 % uncalibrated; the sampling clock is no more exact than that.
void start();
void start_low_frequency_clock();
void stop_low_frequency_clock();

// WFE with the instruction cache off, which it is emptied by.
void sleep();
// WFE with the cache as it is: for what takes a few milliseconds.
void nap();

// The UARTE is enabled only between these two, and asleep while it sends.
void console_on();
void console_off();

// A high level on the pin wakes the core (DETECT, GPIOTE's PORT event).
void wake_on_high(uint32_t pin);

}  // namespace low_power
