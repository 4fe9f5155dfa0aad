// Registers of the nRF52840 that the drivers use. nRF52840 Product Specification v1.7, "Registers" of:
// 5.3 POWER, 5.4 CLOCK, 4.3 NVMC, 4.4 FICR, 6.9 GPIO, 6.10 GPIOTE, 6.15 PDM, 6.22 RTC, 6.30 TIMER, 6.31 TWIM, 6.34 UARTE.
#pragma once

#include <stdint.h>

#include "core/cortex_m4.h"

namespace nrf {

inline constexpr uint32_t irq_of(uintptr_t base) { return (base >> 12) & 0x3F; }
inline void trigger(uintptr_t task) { reg(task) = 1; }
// Reading back makes sure that the write has arrived before the event is polled or the interrupt returns.
inline void clear_event(uintptr_t event) {
  reg(event) = 0;
  (void)reg(event);
}

namespace clock {
constexpr uintptr_t kBase = 0x40000000;
constexpr uintptr_t TASKS_HFCLKSTART = kBase + 0x000;
constexpr uintptr_t TASKS_LFCLKSTART = kBase + 0x008;
constexpr uintptr_t TASKS_LFCLKSTOP = kBase + 0x00C;
constexpr uintptr_t EVENTS_HFCLKSTARTED = kBase + 0x100;
constexpr uintptr_t EVENTS_LFCLKSTARTED = kBase + 0x104;
constexpr uintptr_t LFCLKSRC = kBase + 0x518;
constexpr uint32_t kLfRc = 0, kLfXtal = 1, kLfSynth = 2;
}  // namespace clock

namespace power {
constexpr uintptr_t DCDCEN = 0x40000578;
}  // namespace power

namespace ficr {
constexpr uintptr_t INFO_PART = 0x10000100;
constexpr uint32_t kPart = 0x52840;
}  // namespace ficr

namespace nvmc {
constexpr uintptr_t ICACHECNF = 0x4001E540;
constexpr uint32_t kCacheEnable = 1;
}  // namespace nvmc

namespace gpio {
constexpr uintptr_t kP0 = 0x50000000, kP1 = 0x50000300;
constexpr uintptr_t OUTSET = 0x508, OUTCLR = 0x50C, IN = 0x510, DIRSET = 0x518, PIN_CNF = 0x700;
constexpr uint32_t kOutput = 1u << 0, kInputDisconnect = 1u << 1, kPullUp = 3u << 2, kDriveH0H1 = 3u << 8, kDriveS0D1 = 6u << 8,
                   kSenseHigh = 2u << 16;
}  // namespace gpio

namespace gpiote {
constexpr uintptr_t kBase = 0x40006000;
constexpr uintptr_t EVENTS_PORT = kBase + 0x17C, INTENSET = kBase + 0x304;
constexpr uint32_t kPort = 1u << 31;
}  // namespace gpiote

namespace pdm {
constexpr uintptr_t kBase = 0x4001D000;
constexpr uintptr_t TASKS_START = kBase + 0x000, TASKS_STOP = kBase + 0x004, EVENTS_STARTED = kBase + 0x100,
                    EVENTS_STOPPED = kBase + 0x104, EVENTS_END = kBase + 0x108, INTENSET = kBase + 0x304,
                    ENABLE = kBase + 0x500, PDMCLKCTRL = kBase + 0x504, MODE = kBase + 0x508, GAINL = kBase + 0x518,
                    GAINR = kBase + 0x51C, RATIO = kBase + 0x520, PSEL_CLK = kBase + 0x540, PSEL_DIN = kBase + 0x544,
                    SAMPLE_PTR = kBase + 0x560, SAMPLE_MAXCNT = kBase + 0x564;
constexpr uint32_t k1280kHz = 0x0A000000, kRatio80 = 1, kMono = 1, kGain0dB = 0x28;
constexpr uint32_t kStarted = 1u << 0, kEnd = 1u << 2;
}  // namespace pdm

namespace rtc {
constexpr uintptr_t kRtc0 = 0x4000B000, kRtc1 = 0x40011000;
constexpr uintptr_t TASKS_START = 0x000, TASKS_STOP = 0x004, TASKS_CLEAR = 0x008, EVENTS_COMPARE = 0x140,
                    INTENSET = 0x304, INTENCLR = 0x308, COUNTER = 0x504, PRESCALER = 0x508, CC = 0x540;
constexpr uint32_t kCounterMask = 0xFFFFFF;
constexpr uint32_t kCompare0 = 1u << 16;
}  // namespace rtc

namespace timer {
constexpr uintptr_t kTimer0 = 0x40008000, kTimer1 = 0x40009000;
constexpr uintptr_t TASKS_START = 0x000, TASKS_STOP = 0x004, TASKS_CLEAR = 0x00C, TASKS_SHUTDOWN = 0x010,
                    TASKS_CAPTURE = 0x040,
                    EVENTS_COMPARE = 0x140, MODE = 0x504, BITMODE = 0x508, PRESCALER = 0x510, CC = 0x540;
constexpr uint32_t kBitMode32 = 3;
}  // namespace timer

namespace twim {
constexpr uintptr_t kTwim0 = 0x40003000;
constexpr uintptr_t TASKS_STARTRX = 0x000, TASKS_STARTTX = 0x008, TASKS_STOP = 0x014, EVENTS_STOPPED = 0x104,
                    EVENTS_ERROR = 0x124, SHORTS = 0x200, INTENSET = 0x304, ERRORSRC = 0x4C4, ENABLE = 0x500, PSEL_SCL = 0x508,
                    PSEL_SDA = 0x50C, FREQUENCY = 0x524, RXD_PTR = 0x534, RXD_MAXCNT = 0x538, RXD_AMOUNT = 0x53C,
                    TXD_PTR = 0x544, TXD_MAXCNT = 0x548, TXD_AMOUNT = 0x54C, ADDRESS = 0x588;
constexpr uint32_t kEnable = 6, k400kHz = 0x06400000, kStopped = 1u << 1, kError = 1u << 9;
constexpr uint32_t kLastTxStartRx = 1u << 7, kLastTxStop = 1u << 9, kLastRxStop = 1u << 12;
}  // namespace twim

namespace uarte {
constexpr uintptr_t kUarte0 = 0x40002000;
constexpr uintptr_t TASKS_STARTRX = 0x000, TASKS_STARTTX = 0x008, TASKS_STOPTX = 0x00C, EVENTS_ENDTX = 0x120, EVENTS_TXSTOPPED = 0x158,
                    INTENSET = 0x304, ENABLE = 0x500, PSEL_RTS = 0x508, PSEL_TXD = 0x50C, PSEL_CTS = 0x510,
                    PSEL_RXD = 0x514, BAUDRATE = 0x524, RXD_PTR = 0x534, RXD_MAXCNT = 0x538, TXD_PTR = 0x544, TXD_MAXCNT = 0x548, CONFIG = 0x56C;
constexpr uint32_t kEnable = 8, k115200 = 0x01D60000, k1M = 0x10000000, kEndTx = 1u << 8, kDisconnected = 0xFFFFFFFF;
}  // namespace uarte

}  // namespace nrf
