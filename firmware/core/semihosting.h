// Arm semihosting 2.0 for AArch32: BKPT 0xAB, operation in r0, argument in r1.
#pragma once

#include <stdint.h>

namespace semihosting {

constexpr uint32_t kSysOpen = 0x01;
constexpr uint32_t kSysWrite0 = 0x04;
constexpr uint32_t kSysWrite = 0x05;
constexpr uint32_t kSysRead = 0x06;
constexpr uint32_t kSysExitExtended = 0x20;
constexpr uint32_t kApplicationExit = 0x20026;

inline uint32_t call(uint32_t operation, const void* argument) {
  register uint32_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

inline void write0(const char* text) { call(kSysWrite0, text); }

[[noreturn]] inline void exit(int code) {
  const uint32_t block[2] = {kApplicationExit, static_cast<uint32_t>(code)};
  call(kSysExitExtended, block);
  while (true) asm volatile("wfi");
}

}  // namespace semihosting
