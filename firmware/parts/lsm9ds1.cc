#include "parts/lsm9ds1.h"

#include "boards/board.h"
#include "drivers/timer.h"
#include "drivers/twim.h"
#include "parts/inertial_registers.h"

namespace lsm9ds1 {
namespace {

constexpr uint8_t kAccelGyroAddress = 0x6B;
constexpr uint8_t kMagnetometerAddress = 0x1E;
constexpr uint8_t WHO_AM_I = 0x0F, CTRL_REG1_G = 0x10, OUT_X_L_G = 0x18, CTRL_REG6_XL = 0x20, CTRL_REG8 = 0x22,
                  OUT_X_L_XL = 0x28;
constexpr uint8_t INT_GEN_CFG_XL = 0x06, INT_GEN_THS_X_XL = 0x07, INT_GEN_DUR_XL = 0x0A, INT1_CTRL = 0x0C,
                  CTRL_REG3_G = 0x12, CTRL_REG4 = 0x1E, CTRL_REG7_XL = 0x21, INT_GEN_SRC_XL = 0x26,
                  STATUS_REG = 0x27, CTRL_REG1_M = 0x20, CTRL_REG3_M = 0x22;
constexpr uint8_t kAccelGyroIdentity = 0x68, kMagnetometerIdentity = 0x3D;
constexpr uint8_t kOdr119Hz = 3 << 5;
constexpr uint8_t kOdrGyro14_9Hz = 1 << 5, kOdrAccel10Hz = 1 << 5, kGyroOff = 0;
constexpr uint8_t kGyroLowPower = 1 << 7;                   // CTRL_REG3_G, LP_mode
constexpr uint8_t kGyroHasData = 1 << 1;                    // STATUS_REG, GDA
constexpr uint8_t kHighOfXyz = 1 << 1 | 1 << 3 | 1 << 5;    // INT_GEN_CFG_XL, XHIE, YHIE, ZHIE
constexpr uint8_t kInt1Generator = 1 << 6;                  // INT1_CTRL, INT1_IG_XL
constexpr uint8_t kLatchInterrupt = 1 << 1;                 // CTRL_REG4, LIR_XL1
constexpr uint8_t kCtrlReg4Default = 0x38;                  // outputs enabled
constexpr uint8_t kHighPassForInterrupt = 1 << 0;           // CTRL_REG7_XL, HPIS1: keeps gravity out
constexpr uint8_t kMagnetometer20Hz = 0xB4, kMagnetometerContinuous = 0;
// INT_GEN_THS counts in 128 LSB of the output: 7.6, and at 4 g
constexpr float kThresholdG = 128 * kGPerBit;
constexpr uint8_t kGyro2000Dps = 3 << 3, kAccel4G = 2 << 3;
constexpr uint8_t kBlockDataUpdate = 1 << 6, kAddressIncrement = 1 << 2;

constexpr uint32_t kBootMicroseconds = 20000;  // table 3: start-up up to 15 ms after the supply settles

uint8_t bytes[6];

Status identify(uint8_t address, uint8_t identity) {
  if (!twim::read_registers(address, WHO_AM_I, bytes, 1)) return Status::no_answer;
  return bytes[0] == identity ? Status::ok : Status::wrong_identity;
}

bool read_axes(uint8_t first, int16_t axes[3]) {
  return inertial::read_axes(kAccelGyroAddress, first, bytes, axes);
}

struct Setting {
  uint8_t index, value;
};

template <size_t kCount>
bool write_all(const Setting (&settings)[kCount]) {
  for (const auto& setting : settings) {
    if (!twim::write_register(kAccelGyroAddress, setting.index, setting.value)) return false;
  }
  return true;
}

Status power_up() {
  board::sensors_on();
  timer::start();
  timer::wait_microseconds(kBootMicroseconds);
  twim::start(board::kSensorSda, board::kSensorScl);

  const Status accel_gyro = identify(kAccelGyroAddress, kAccelGyroIdentity);
  if (accel_gyro != Status::ok) return accel_gyro;
  return identify(kMagnetometerAddress, kMagnetometerIdentity);
}

}  // namespace

Status start() {
  const Status status = power_up();
  if (status != Status::ok) return status;

  const bool written = twim::write_register(kAccelGyroAddress, CTRL_REG8, kBlockDataUpdate | kAddressIncrement) &&
                       twim::write_register(kAccelGyroAddress, CTRL_REG1_G, kOdr119Hz | kGyro2000Dps) &&
                       twim::write_register(kAccelGyroAddress, CTRL_REG6_XL, kOdr119Hz | kAccel4G);
  return written ? Status::ok : Status::no_answer;
}

Status start_low_power() {
  const Status status = power_up();
  timer::stop();
  if (status != Status::ok) return status;
  const bool written = write_all({{CTRL_REG8, kBlockDataUpdate | kAddressIncrement},
                                  {CTRL_REG3_G, kGyroLowPower},
                                  {CTRL_REG1_G, kOdrGyro14_9Hz | kGyro2000Dps},
                                  {CTRL_REG6_XL, kOdrAccel10Hz | kAccel4G}});
  return written ? Status::ok : Status::no_answer;
}

Status start_magnetometer() {
  const bool written = twim::write_register(kMagnetometerAddress, CTRL_REG1_M, kMagnetometer20Hz) &&
                       twim::write_register(kMagnetometerAddress, CTRL_REG3_M, kMagnetometerContinuous);
  return written ? Status::ok : Status::no_answer;
}

bool has_sample(bool& fresh) {
  return inertial::read_flag(kAccelGyroAddress, STATUS_REG, kGyroHasData, bytes, fresh);
}

bool watch_for_motion(float threshold_g) {
  const auto threshold = static_cast<uint8_t>(threshold_g / kThresholdG);
  return write_all({{CTRL_REG1_G, kGyroOff},
                    {CTRL_REG7_XL, kHighPassForInterrupt},
                    {INT_GEN_THS_X_XL, threshold},
                    {INT_GEN_THS_X_XL + 1, threshold},
                    {INT_GEN_THS_X_XL + 2, threshold},
                    {INT_GEN_DUR_XL, 0},
                    {CTRL_REG4, kCtrlReg4Default | kLatchInterrupt},
                    {INT_GEN_CFG_XL, kHighOfXyz}}) &&
         // What was latched while nobody watched.
         twim::read_registers(kAccelGyroAddress, INT_GEN_SRC_XL, bytes, 1) &&
         twim::write_register(kAccelGyroAddress, INT1_CTRL, kInt1Generator);
}

bool end_watch() {
  return write_all({{INT1_CTRL, 0}, {CTRL_REG1_G, kOdrGyro14_9Hz | kGyro2000Dps}});
}

bool read(Sample& sample) {
  return read_axes(OUT_X_L_XL, sample.acceleration) && read_axes(OUT_X_L_G, sample.rate);
}

}  // namespace lsm9ds1
