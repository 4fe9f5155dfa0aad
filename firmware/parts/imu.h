// The board's accelerometer and gyroscope, under one name.
#pragma once

#ifdef BOARDLESS_BOARD_XIAO
#include "parts/lsm6ds3.h"
namespace imu = lsm6ds3;
#else
#include "parts/lsm9ds1.h"
namespace imu = lsm9ds1;
#endif
