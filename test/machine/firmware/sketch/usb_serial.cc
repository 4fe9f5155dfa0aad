#include "usb_serial.h"

#include <stddef.h>

#include "core/cortex_m4.h"
#include "nrf52840/registers.h"

namespace {

constexpr uintptr_t kUsbd = 0x40027000, kPower = 0x40000000;
constexpr uint32_t kPacket = 64, kNotify = 1, kData = 2;
constexpr uint32_t kReset = 1u << 0, kEp0DataDone = 1u << 10, kUsbEvent = 1u << 22, kSetup = 1u << 23, kEpData = 1u << 24;
constexpr uint32_t kReady = 1u << 11, kSuspend = 1u << 8;

volatile uint32_t& usbd(uintptr_t offset) { return reg(kUsbd + offset); }
volatile uint32_t& start_in(uint32_t n) { return usbd(0x004 + 4 * n); }
volatile uint32_t& start_out(uint32_t n) { return usbd(0x028 + 4 * n); }
constexpr uintptr_t kEp0ReceiveOut = 0x04C, kEp0Status = 0x050, kEp0Stall = 0x054, kIntenSet = 0x304, kCause = 0x400,
                    kDataStatus = 0x46C, kEnable = 0x500, kPullUp = 0x504, kInEnable = 0x510, kOutEnable = 0x514, kLowPower = 0x52C;

constexpr uint8_t kDevice[18] = {18, 1, 0, 2, 0xEF, 2, 1, kPacket, 0x41, 0x23, 0x5A, 0x80, 0, 1, 1, 2, 0, 1};
constexpr uint8_t kConfiguration[75] = {
    9, 2, 75, 0, 2, 1, 0, 0x80, 250, 8, 11, 0, 2, 2, 2, 0, 0, 9, 4, 0, 0, 1, 2, 2, 0, 0, 5, 0x24, 0, 0x10, 1,
    5, 0x24, 1, 0, 1, 4, 0x24, 2, 2, 5, 0x24, 6, 0, 1, 7, 5, 0x80 | kNotify, 3, 16, 0, 10,
    9, 4, 1, 0, 2, 10, 0, 0, 0, 7, 5, kData, 2, kPacket, 0, 0, 7, 5, 0x80 | kData, 2, kPacket, 0, 0};

volatile bool opened, sending, received;
uint8_t control[sizeof kConfiguration], line_coding[7], out_packet[kPacket], in_packet[kPacket];
const uint8_t* control_next;
uint32_t control_left, in_count, in_at;
uint8_t setup[8];

// One transfer of EasyDMA at a time: each is waited for, as it takes a microsecond.
void transfer(volatile uint32_t& task, uintptr_t channel, uintptr_t ended, const void* bytes, uint32_t length) {
  usbd(channel) = reinterpret_cast<uintptr_t>(bytes);
  usbd(channel + 4) = length;
  usbd(ended) = 0;
  task = 1;
  while (usbd(ended) == 0) {
  }
  usbd(ended) = 0;
}

void send_in(uint32_t n, const void* bytes, uint32_t length) {
  transfer(start_in(n), 0x600 + 0x14 * n, 0x108 + 4 * n, bytes, length);
}

void take_out(uint32_t n, void* bytes, uint32_t length) {
  transfer(start_out(n), 0x700 + 0x14 * n, 0x130 + 4 * n, bytes, length);
}

void send_control() {
  const uint32_t length = control_left < kPacket ? control_left : kPacket;
  send_in(0, control_next, length);
  control_next += length;
  control_left -= length;
}

void answer(const uint8_t* bytes, uint32_t length) {
  const uint32_t asked = setup[6] | setup[7] << 8;
  control_left = length < asked ? length : asked;
  for (uint32_t i = 0; i < control_left; i++) control[i] = bytes[i];
  control_next = control;
  send_control();
}

void answer_string(const char* text) {
  static uint8_t string[64];
  uint32_t length = 2;
  for (; *text != 0; text++, length += 2) string[length] = static_cast<uint8_t>(*text);
  string[0] = static_cast<uint8_t>(length);
  string[1] = 3;
  answer(string, length);
}

void answer_descriptor() {
  constexpr uint8_t kLanguages[4] = {4, 3, 9, 4};
  switch (setup[3] << 8 | setup[2]) {
    case 0x100: return answer(kDevice, sizeof kDevice);
    case 0x200: return answer(kConfiguration, sizeof kConfiguration);
    case 0x300: return answer(kLanguages, sizeof kLanguages);
    case 0x301: return answer_string("Boardless");
    case 0x302: return answer_string("Sketch");
    default: usbd(kEp0Stall) = 1;
  }
}

void on_setup() {
  for (uint32_t i = 0; i < 8; i++) setup[i] = static_cast<uint8_t>(usbd(0x480 + 4 * i));
  switch (setup[0] << 8 | setup[1]) {
    case 0x0005: return;  // SET_ADDRESS: the hardware's
    case 0x8006: return answer_descriptor();
    case 0x0009:
      usbd(kInEnable) = 1 | 1u << kNotify | 1u << kData;
      usbd(kOutEnable) = 1 | 1u << kData;
      usbd(0x4A0 + 4 * kData) = 0;
      break;
    case 0x2120: usbd(kEp0ReceiveOut) = 1; return;
    case 0x2122: opened = setup[2] & 1; break;
    default: usbd(kEp0Stall) = 1; return;
  }
  usbd(kEp0Status) = 1;
}

void on_control_data() {
  if ((setup[0] & 0x80) != 0 && control_left > 0) return send_control();
  if ((setup[0] & 0x80) == 0) take_out(0, line_coding, usbd(0x4A0));
  usbd(kEp0Status) = 1;
}

bool took(uint32_t event) {
  volatile uint32_t& there = usbd(0x100 + 4 * static_cast<uint32_t>(__builtin_ctz(event)));
  if (there == 0) return false;
  there = 0;
  return true;
}

}  // namespace

extern "C" void USBD_IRQHandler() {
  if (took(kReset)) opened = sending = received = false;
  if (took(kUsbEvent)) {
    const uint32_t cause = usbd(kCause);
    usbd(kCause) = cause;
    if (cause & kSuspend) usbd(kLowPower) = 1;
  }
  if (took(kSetup)) on_setup();
  if (took(kEp0DataDone)) on_control_data();
  if (took(kEpData)) {
    const uint32_t status = usbd(kDataStatus);
    usbd(kDataStatus) = status;
    if (status & 1u << kData) sending = false;
    if (status & 1u << (16 + kData)) received = true;
  }
}

UsbSerial Serial;

void UsbSerial::begin(uint32_t) {
  while ((reg(kPower + 0x438) & 1) == 0) {
  }
  usbd(kEnable) = 1;
  while ((usbd(kCause) & kReady) == 0) {
  }
  usbd(kCause) = kReady;
  usbd(kIntenSet) = kReset | kUsbEvent | kSetup | kEp0DataDone | kEpData;
  core::enable_irq(nrf::irq_of(kUsbd));
  while ((reg(kPower + 0x438) & 2) == 0) {
  }
  usbd(kPullUp) = 1;
}

UsbSerial::operator bool() const { return opened; }

void UsbSerial::print(const char* text) {
  while (*text != 0 && opened) {
    uint32_t length = 0;
    for (; length < kPacket && text[length] != 0; length++) out_packet[length] = static_cast<uint8_t>(text[length]);
    text += length;
    core::disable_interrupts();
    sending = true;
    send_in(kData, out_packet, length);
    core::enable_interrupts();
    while (sending && opened) core::wait_for_event();
  }
}

void UsbSerial::print(uint32_t value) {
  char text[11];
  size_t at = sizeof text - 1;
  text[at] = 0;
  do {
    text[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  print(text + at);
}

void UsbSerial::println(const char* text) {
  print(text);
  print("\r\n");
}

uint32_t UsbSerial::available() const { return in_count - in_at + (received ? 1 : 0); }

int UsbSerial::read() {
  if (in_at == in_count && received) {
    core::disable_interrupts();
    received = false;
    in_at = 0;
    in_count = usbd(0x4A0 + 4 * kData);
    take_out(kData, in_packet, in_count);
    core::enable_interrupts();
  }
  return in_at < in_count ? in_packet[in_at++] : -1;
}
