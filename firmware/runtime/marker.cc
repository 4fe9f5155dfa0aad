#include "runtime/marker.h"

// 16-aligned, so that both accesses come from one fetch line and meet the same neighbours each time.
extern "C" [[gnu::naked, gnu::noinline, gnu::aligned(16)]] uint32_t marker_store_and_count(const char*, uintptr_t,
                                                                                           uintptr_t) {
  asm volatile(
      "str r0, [r1]\n\t"
      "ldr r0, [r2]\n\t"
      "bx lr");
}
