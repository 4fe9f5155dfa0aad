// Phase markers through the ITM (ARCHITECTURE.md, "Markers"): port 1 begins a phase, port 2 ends it, and the
// value is the address of the phase's name. A store that a debugger's FIFO has no room for is dropped.
#pragma once

#include <stdint.h>

#include "core/cortex_m4.h"

// Stores `name` to `port` and loads `cycle_counter` right after it: one pair of instructions for begin and
// end alike, so that the cycles between two stores are the cycles between the two loads.
extern "C" uint32_t marker_store_and_count(const char* name, uintptr_t port, uintptr_t cycle_counter);

namespace marker {

inline uint32_t begin(const char* name) {
  return marker_store_and_count(name, core::kItmStim + 4 * 1, core::kDwtCyccnt);
}
inline uint32_t end(const char* name) {
  return marker_store_and_count(name, core::kItmStim + 4 * 2, core::kDwtCyccnt);
}

// Adds up the cycles of one phase over any number of begin and end pairs.
class Phase {
 public:
  explicit constexpr Phase(const char* name) : name_(name) {}
  void begin() { from_ = marker::begin(name_); }
  void end() { cycles_ += marker::end(name_) - from_; }
  uint32_t take() {
    const uint32_t cycles = cycles_;
    cycles_ = 0;
    return cycles;
  }

 private:
  const char* name_;
  uint32_t from_ = 0;
  uint32_t cycles_ = 0;
};

}  // namespace marker
