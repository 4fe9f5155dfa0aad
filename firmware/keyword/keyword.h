// What the keyword apps share: microphone and front end started, micro_speech classified, printed.
#pragma once

#include <stdint.h>

#include "runtime/marker.h"

namespace keyword {

extern marker::Phase listening, extracting;

// Chip, console, model, front end, microphone; sound arrives in pdm's blocks from now on.
void start(const char* name);
// Sleeps until block `number` has been filled.
void await_block(uint32_t number);
// Through the front end, marked as phase "features".
void extract(uint32_t block);
// The newest 49 slices: inference and a line on the console.
// `block` is the newest that the slices hold.
// A word is heard when its score, averaged over that many inferences (at most 3), is above 200 of 255.
void classify(uint32_t block, uint32_t averaged);

}  // namespace keyword
