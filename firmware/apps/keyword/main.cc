// Keyword spotting, always on: all sound goes through the front end, and one inference follows the other on the newest
// second, as TFLM's micro_speech example does.
#include "drivers/pdm.h"
#include "keyword/keyword.h"
#include "runtime/console.h"

// As RecognizeCommands of micro_speech: less than three say nothing.
constexpr uint32_t kAveraged = 3;

int main() {
  keyword::start("keyword");
  for (uint32_t next = 0;;) {
    keyword::await_block(next);
    while (next < pdm::filled()) {
      if (pdm::filled() - next > pdm::kBlocks - 2) fatal("sound was lost: the inference takes too long");
      keyword::extract(next++);
    }
    keyword::classify(next - 1, kAveraged);
  }
}
