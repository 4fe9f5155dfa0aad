#include "parts/lsm6ds3.h"

#include "boards/board.h"
#include "drivers/timer.h"
#include "drivers/twim.h"
#include "parts/inertial_registers.h"

namespace lsm6ds3 {
namespace {

constexpr uint8_t kAddress = 0x6A, kIdentity = 0x6A;
constexpr uint8_t WHO_AM_I = 0x0F, CTRL1_XL = 0x10, CTRL2_G = 0x11, CTRL3_C = 0x12, CTRL6_C = 0x15, CTRL7_G = 0x16,
                  WAKE_UP_SRC = 0x1B, STATUS_REG = 0x1E, OUTX_L_G = 0x22, OUTX_L_XL = 0x28, TAP_CFG = 0x58,
                  WAKE_UP_THS = 0x5B, WAKE_UP_DUR = 0x5C, MD1_CFG = 0x5E;
constexpr uint8_t kOdr104Hz = 4 << 4, kOdr12_5Hz = 1 << 4, kOff = 0;
constexpr uint8_t kGyro2000Dps = 3 << 2, kAccel4G = 2 << 2;
constexpr uint8_t kBlockDataUpdate = 1 << 6, kAddressIncrement = 1 << 2;
constexpr uint8_t kAccelLowPower = 1 << 4;      // CTRL6_C, XL_HM_MODE
constexpr uint8_t kGyroLowPower = 1 << 7;       // CTRL7_G, G_HM_MODE
constexpr uint8_t kGyroHasData = 1 << 1;        // STATUS_REG, GDA
constexpr uint8_t kInterruptsEnable = 1 << 7;   // TAP_CFG; SLOPE_FDS stays 0: the slope filter keeps gravity out
constexpr uint8_t kLatchInterrupt = 1 << 0;     // TAP_CFG, LIR
constexpr uint8_t kWakeUpOnInt1 = 1 << 5;       // MD1_CFG, INT1_WU
// WAKE_UP_THS counts in 64ths of full scale; the slope filter gives half the difference of two samples.
constexpr float kThresholdG = 2 * 4.0f / 64;

constexpr uint32_t kBootMicroseconds = 20000;  // 15 ms after the supply settles

uint8_t bytes[6];

bool write(uint8_t index, uint8_t value) { return twim::write_register(kAddress, index, value); }

bool read_axes(uint8_t first, int16_t axes[3]) { return inertial::read_axes(kAddress, first, bytes, axes); }

Status power_up() {
  board::sensors_on();
  timer::start();
  timer::wait_microseconds(kBootMicroseconds);
  twim::start(board::kSensorSda, board::kSensorScl);
  if (!twim::read_registers(kAddress, WHO_AM_I, bytes, 1)) return Status::no_answer;
  return bytes[0] == kIdentity ? Status::ok : Status::wrong_identity;
}

}  // namespace

Status start() {
  const Status status = power_up();
  if (status != Status::ok) return status;
  const bool written = write(CTRL3_C, kBlockDataUpdate | kAddressIncrement) &&
                       write(CTRL1_XL, kOdr104Hz | kAccel4G) && write(CTRL2_G, kOdr104Hz | kGyro2000Dps);
  return written ? Status::ok : Status::no_answer;
}

Status start_low_power() {
  const Status status = power_up();
  timer::stop();
  if (status != Status::ok) return status;
  const bool written = write(CTRL3_C, kBlockDataUpdate | kAddressIncrement) && write(CTRL6_C, kAccelLowPower) &&
                       write(CTRL7_G, kGyroLowPower) && write(CTRL1_XL, kOdr12_5Hz | kAccel4G) &&
                       write(CTRL2_G, kOdr12_5Hz | kGyro2000Dps);
  return written ? Status::ok : Status::no_answer;
}

bool has_sample(bool& fresh) {
  return inertial::read_flag(kAddress, STATUS_REG, kGyroHasData, bytes, fresh);
}

bool watch_for_motion(float threshold_g) {
  return write(CTRL2_G, kOff) && write(WAKE_UP_THS, static_cast<uint8_t>(threshold_g / kThresholdG)) &&
         write(WAKE_UP_DUR, 0) && write(TAP_CFG, kInterruptsEnable | kLatchInterrupt) &&
         // What was latched while nobody watched.
         twim::read_registers(kAddress, WAKE_UP_SRC, bytes, 1) && write(MD1_CFG, kWakeUpOnInt1);
}

bool end_watch() {
  return write(MD1_CFG, 0) && write(TAP_CFG, 0) && write(CTRL2_G, kOdr12_5Hz | kGyro2000Dps);
}

bool read(Sample& sample) {
  return read_axes(OUTX_L_XL, sample.acceleration) && read_axes(OUTX_L_G, sample.rate);
}

}  // namespace lsm6ds3
