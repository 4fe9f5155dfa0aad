// What accelerometer and gyroscope drivers share.
#pragma once

#include <stdint.h>

namespace inertial {

// As read: acceleration then rate, x y z each.
struct Sample {
  int16_t acceleration[3];
  int16_t rate[3];
};

enum class Status { ok, no_answer, wrong_identity };

}  // namespace inertial
