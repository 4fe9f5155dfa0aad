// From scores to words, by the rules of RecognizeCommands in TFLM's micro_speech example.
#pragma once

#include <stdint.h>

namespace keyword {

constexpr int kLabelCount = 4;
constexpr int kSilence = 0;

class Recognizer {
 public:
  // micro_speech's own values. A window of 0 ms judges each inference alone.
  struct Settings {
    uint32_t window_ms = 1000;
    uint32_t minimum_count = 3;
    // Of 255; the average must be above.
    uint32_t threshold = 200;
    uint32_t suppression_ms = 1500;
  };
  struct Result {
    int label;
    // Average over the window; 0 while there is too little to judge.
    uint32_t score;
    // Once for each word: again after another label, or when the suppression is over. Silence is always new.
    bool is_new;
  };

  explicit Recognizer(const Settings& settings) : settings_(settings) {}

  // One inference: 0 to 255 for each label. Times must not go back.
  Result add(const uint8_t scores[kLabelCount], uint32_t now_ms) {
    if (count_ == kMostEntries) drop_oldest();
    Entry& newest = entries_[(first_ + count_++) % kMostEntries];
    newest.time_ms = now_ms;
    for (int i = 0; i < kLabelCount; i++) newest.scores[i] = scores[i];
    while (now_ms - oldest().time_ms > settings_.window_ms) drop_oldest();
    if (count_ < settings_.minimum_count || now_ms - oldest().time_ms < settings_.window_ms / 4) {
      return {top_, 0, false};
    }
    Result result = {kSilence, 0, false};
    for (int i = 0; i < kLabelCount; i++) {
      const uint32_t score = average(i);
      if (score > result.score) result = {i, score, false};
    }
    const bool repeated =
        result.label == top_ && top_ != kSilence && now_ms - top_since_ms_ <= settings_.suppression_ms;
    if (result.score > settings_.threshold && !repeated) {
      top_ = result.label;
      top_since_ms_ = now_ms;
      result.is_new = true;
    }
    return result;
  }

 private:
  // As micro_speech keeps.
  static constexpr uint32_t kMostEntries = 50;
  struct Entry {
    uint32_t time_ms;
    uint8_t scores[kLabelCount];
  };

  const Entry& oldest() const { return entries_[first_]; }
  void drop_oldest() {
    first_ = (first_ + 1) % kMostEntries;
    count_--;
  }
  uint32_t average(int label) const {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count_; i++) sum += entries_[(first_ + i) % kMostEntries].scores[label];
    return sum / count_;
  }

  Settings settings_;
  Entry entries_[kMostEntries];
  uint32_t first_ = 0, count_ = 0;
  int top_ = kSilence;
  uint32_t top_since_ms_ = 0;
};

// An inference takes 300 ms: three in a window. A fourth, as in micro_speech's 1000 ms, hears the word no more.
constexpr Recognizer::Settings kOneAfterTheOther = {.window_ms = 750};
// There is one inference to judge by.
constexpr Recognizer::Settings kEachAlone = {.window_ms = 0, .minimum_count = 1};

}  // namespace keyword
