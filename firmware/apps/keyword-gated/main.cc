// Keyword spotting behind an energy detector: front end and network run only when there is sound, once over the second
// that begins shortly before it.
#include "drivers/pdm.h"
#include "keyword/features.h"
#include "keyword/keyword.h"
#include "runtime/console.h"

namespace {

// Sound kept from before the detector noticed: the beginning of a word is faint.
constexpr uint32_t kPreRollBlocks = 16;
static_assert(kPreRollBlocks < pdm::kBlocks - 2, "the pre-roll must still be there");
// Sound is this much louder than the background, in power.
constexpr uint32_t kRatio = 8;
// The faintest background, as a mean square of samples.
constexpr uint32_t kLeastFloor = 64;

// Mean square about the mean.
uint32_t power(const int16_t* samples) {
  int32_t sum = 0;
  uint64_t squares = 0;
  for (uint32_t i = 0; i < pdm::kBlockSamples; i++) {
    sum += samples[i];
    squares += static_cast<uint32_t>(samples[i] * samples[i]);
  }
  const int32_t mean = sum / static_cast<int32_t>(pdm::kBlockSamples);
  return static_cast<uint32_t>(squares / pdm::kBlockSamples) - static_cast<uint32_t>(mean * mean);
}

// Follows the background: down at once by a quarter, up slowly.
class Detector {
 public:
  bool hears(const int16_t* samples) {
    const uint32_t now = power(samples);
    const bool loud = now > kRatio * floor_;
    floor_ = now < floor_ ? floor_ - (floor_ - now) / 4 : floor_ + (now - floor_) / 512;
    if (floor_ < kLeastFloor) floor_ = kLeastFloor;
    return loud;
  }

 private:
  uint32_t floor_ = kLeastFloor;
};

Detector detector;

bool is_sound(uint32_t block) {
  keyword::listening.begin();
  const bool loud = detector.hears(pdm::block(block));
  keyword::listening.end();
  return loud;
}

}  // namespace

int main() {
  static keyword::Recognizer recognizer(keyword::kEachAlone);
  keyword::start("keyword-gated");
  for (uint32_t next = 0;; next++) {
    keyword::await_block(next);
    if (!is_sound(next)) continue;
    features::reset();
    uint32_t block = next < kPreRollBlocks ? 0 : next - kPreRollBlocks;
    for (const uint32_t end = block + keyword::kWindowBlocks; block < end; block++) {
      keyword::await_block(block);
      keyword::extract(block);
    }
    keyword::classify(block - 1, recognizer);
    next = block - 1;
  }
}
