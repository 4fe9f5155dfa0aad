// LSM9DS1 accelerometer, gyroscope (and magnetometer, only identified). ST DocID025715 rev 3:
// section 6 "Register mapping", 7.11 CTRL_REG1_G, 7.23 CTRL_REG6_XL, table 3 "Sensor characteristics".
#pragma once

#include "parts/inertial.h"

namespace lsm9ds1 {

using inertial::Sample;
using inertial::Status;

constexpr const char* kName = "LSM9DS1";

// Table 3: sensitivity at the full scales that start() selects, 4 g and 2000 dps.
constexpr float kGPerBit = 0.000122f;
constexpr float kDegreesPerSecondPerBit = 0.070f;
// After start().
constexpr int kRateHz = 119;

// Powers the sensors of the board, waits for them to boot, and selects 119 Hz, 4 g, 2000 dps.
Status start();
// The same scales in low-power mode at 14.9 Hz; TIMER1 is off again afterwards.
Status start_low_power();
// As Arduino_LSM9DS1 does: 20 Hz, continuous. Nothing reads it.
Status start_magnetometer();
bool read(Sample& sample);
// Whether a gyroscope sample has come that was not read yet.
bool has_sample(bool& fresh);
// Gyroscope off, accelerometer at 10 Hz: INT1_A/G rises, and stays high, once an axis exceeds the threshold.
bool watch_for_motion(float threshold_g);
// Back to what start_low_power() had chosen.
bool end_watch();

}  // namespace lsm9ds1
