// RTC1 as a sampling clock at a rate that need not divide 32768 Hz. nRF52840 Product Specification 6.22.
#pragma once

#include <stdint.h>

namespace rtc {

// From now on a tick falls due every 32768 / rate_hz counts: exact on average, off by less than a count. So many are due
// at once.
void start_ticks(uint32_t rate_hz, uint32_t at_once = 0);
// Sleeps until a tick is due and takes it. Returns how many fell due since the last was taken.
uint32_t wait_for_tick();
// The same with a sleep of one's own, which must wait for an event (WFE).
uint32_t wait_for_tick(void (*sleep)());
void stop();

}  // namespace rtc
