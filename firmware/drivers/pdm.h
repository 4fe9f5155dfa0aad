// PDM, one microphone at 16 kHz, by EasyDMA into a ring of blocks. nRF52840 Product Specification 6.15.
#pragma once

#include <stdint.h>

namespace pdm {

constexpr uint32_t kSampleRate = 16000;
constexpr uint32_t kBlockSamples = 320;  // 20 ms
// 1.28 s: a whole second, and what arrives while it is looked at.
constexpr uint32_t kBlocks = 64;

// Left channel, 0 dB. Blocks fill one after the other for ever.
void start(uint32_t clock_pin, uint32_t data_pin);
// Blocks filled since the start.
uint32_t filled();
// Block `number`, from 0. It must be one of the newest kBlocks - 2: the two after them belong to EasyDMA.
const int16_t* block(uint32_t number);

}  // namespace pdm
