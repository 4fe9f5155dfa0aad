// What micro_speech hears: 49 slices of 40 features, each over 30 ms of sound, every 20 ms. The front end is TFLM's.
// The build gives another number of features where the model takes one.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace features {

#ifndef BOARDLESS_MEL_BINS
#define BOARDLESS_MEL_BINS 40
#endif
constexpr int kSliceFeatures = BOARDLESS_MEL_BINS;
constexpr int kSlices = 49;
constexpr int kStrideSamples = 320;

void start();
// Forgets all sound, and what it took for noise.
void reset();
// Takes one stride of sound. The first one after a reset gives no slice yet.
void push(const int16_t* samples);
// Slices since the reset.
uint32_t count();
// The newest kSlices, oldest first; zeros stand for those that have not been.
void copy_to(uint8_t* input);

}  // namespace features
