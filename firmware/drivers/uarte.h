// UARTE0, transmit only, 115200 8N1. nRF52840 Product Specification 6.34.
#pragma once

#include <stddef.h>

namespace uarte {

void start();
// Sleeps while EasyDMA sends; returns when the last byte has left.
void write(const char* bytes, size_t length);

}  // namespace uarte
