// What the keyword apps share: microphone and front end started, micro_speech classified, printed.
#pragma once

#include <stdint.h>

#include "keyword/features.h"
#include "keyword/recognizer.h"
#include "runtime/marker.h"

namespace keyword {

extern marker::Phase listening, extracting;

// One more block than slices: a slice looks at 30 ms.
constexpr uint32_t kWindowBlocks = features::kSlices + 1;

// Chip, console, model, front end, microphone; sound arrives in pdm's blocks from now on.
void start(const char* name);
// Sleeps until block `number` has been filled.
void await_block(uint32_t number);
// Through the front end, marked as phase "features".
void extract(uint32_t block);
// The newest 49 slices: inference, a line on the console, and one more when a word is heard.
// `block` is the newest that the slices hold.
void classify(uint32_t block, Recognizer& recognizer);

}  // namespace keyword
