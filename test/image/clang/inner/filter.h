#pragma once
extern volatile int sink;
namespace deep {
template <typename T> inline T twice(T x) { return x + x * (T)sink; }
struct Filter {
  int state;
  inline __attribute__((always_inline)) int step(int x) { state += twice(x); return state >> 2; }
  int slow(int x);
};
}
