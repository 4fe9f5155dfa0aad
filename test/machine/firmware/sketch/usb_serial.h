// Serial as an Arduino sketch knows it: a CDC ACM port on USBD, by interrupts. nRF52840 Product Specification 6.35.
#pragma once

#include <stdint.h>

class UsbSerial {
 public:
  void begin(uint32_t baud);
  // Whether somebody has opened the port: DTR.
  explicit operator bool() const;
  // Sleep until the host has fetched all of it.
  void print(const char* text);
  void print(uint32_t value);
  void println(const char* text = "");
  uint32_t available() const;
  int read();
};

extern UsbSerial Serial;
