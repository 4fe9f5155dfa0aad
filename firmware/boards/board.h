// The board that this firmware is built for: the Nano 33 BLE Sense unless the build says otherwise.
#pragma once

#ifdef BOARDLESS_BOARD_XIAO
#include "boards/xiao.h"
#else
#include "boards/nano33ble.h"
#endif
