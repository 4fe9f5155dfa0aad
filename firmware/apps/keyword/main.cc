// Keyword spotting, always on: the newest second of sound through the front end, an inference, and at once the next one.
#include "drivers/pdm.h"
#include "keyword/features.h"
#include "keyword/keyword.h"
#include "runtime/console.h"

int main() {
  static keyword::Recognizer recognizer(keyword::kOneAfterTheOther);
  keyword::start("keyword");
  for (uint32_t end = keyword::kWindowBlocks;; end = pdm::filled()) {
    keyword::await_block(end - 1);
    // As in training, where each second stands alone: with a front end that runs on, and so has learnt the noise, the
    // model takes what is left of steady noise for "no".
    features::reset();
    for (uint32_t block = end - keyword::kWindowBlocks; block < end; block++) keyword::extract(block);
    if (pdm::filled() - (end - keyword::kWindowBlocks) > pdm::kBlocks - 2) fatal("sound was overwritten");
    keyword::classify(end - 1, recognizer);
  }
}
