// Core registers of the Cortex-M4F. ARMv7-M Architecture Reference Manual (DDI 0403E):
// B3.2 System Control Space, C1.7 ITM, C1.8 DWT.
#pragma once

#include <stdint.h>

inline volatile uint32_t& reg(uintptr_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }

namespace core {

constexpr uintptr_t kNvicIser = 0xE000E100;  // B3.4.4
constexpr uintptr_t kNvicIcpr = 0xE000E280;  // B3.4.7
constexpr uintptr_t kScbScr = 0xE000ED10;    // B3.2.7
constexpr uintptr_t kScbShcsr = 0xE000ED24;  // B3.2.13
constexpr uintptr_t kScbCpacr = 0xE000ED88;  // B3.2.20
constexpr uintptr_t kDemcr = 0xE000EDFC;     // C1.6.5
constexpr uintptr_t kDwtCtrl = 0xE0001000;   // C1.8.7
constexpr uintptr_t kDwtCyccnt = 0xE0001004; // C1.8.8
constexpr uintptr_t kItmStim = 0xE0000000;   // C1.7.3
constexpr uintptr_t kItmTer = 0xE0000E00;    // C1.7.4
constexpr uintptr_t kItmTcr = 0xE0000E80;    // C1.7.6
constexpr uintptr_t kItmLar = 0xE0000FB0;    // CoreSight lock access

constexpr uint32_t kSevOnPend = 1u << 4;
constexpr uint32_t kBusFaultEnable = 1u << 17;
constexpr uint32_t kTraceEnable = 1u << 24;

inline void enable_irq(uint32_t irq) { reg(kNvicIser + 4 * (irq / 32)) = 1u << (irq % 32); }
inline void clear_pending_irq(uint32_t irq) { reg(kNvicIcpr + 4 * (irq / 32)) = 1u << (irq % 32); }
inline void disable_interrupts() { asm volatile("cpsid i" ::: "memory"); }
inline void enable_interrupts() { asm volatile("cpsie i" ::: "memory"); }
inline void wait_for_interrupt() { asm volatile("dsb\n\twfi" ::: "memory"); }
inline void wait_for_event() { asm volatile("dsb\n\twfe" ::: "memory"); }
inline uint32_t cycles() { return reg(kDwtCyccnt); }

// Starts CYCCNT and the stimulus ports 0 to 2 of the ITM.
inline void enable_trace() {
  reg(kDemcr) |= kTraceEnable;
  reg(kItmLar) = 0xC5ACCE55;
  reg(kItmTcr) = (1u << 16) | 1u;  // TraceBusID 1, ITMENA
  reg(kItmTer) = 0x7;
  reg(kDwtCyccnt) = 0;
  reg(kDwtCtrl) |= 1;  // CYCCNTENA
}

}  // namespace core
