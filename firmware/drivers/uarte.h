// UARTE0, 115200 8N1, transmit only unless the receiver is started. nRF52840 Product Specification 6.34.
#pragma once

#include <stddef.h>

namespace uarte {

void start();
// Sleeps while EasyDMA sends; returns when the last byte has left.
void write(const char* bytes, size_t length);

// How to wait for the end of a transfer: another WFE, or no sleep at all.
void sleep_with(void (*wait_for_event)());
void busy_wait();
enum class Baud { k115200, k1M };
void set_baud_rate(Baud baud);
// Nothing reads what arrives.
void start_receiver();
// After start(): settings are kept while it is off.
void enable();
void disable();

}  // namespace uarte
