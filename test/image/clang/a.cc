#include "inner/filter.h"
volatile int sink;
static inline __attribute__((always_inline)) int clip(int x) { return x > 100 ? 100 : x; }
namespace { int hidden(int x) { deep::Filter f{x}; int sum = 0;
  for (int i = 0; i < sink; i++)
    sum += clip(f.step(i)) + f.step(sink);
  return sum;
} }
int deep::Filter::slow(int x) { return clip(step(x) + step(x + 1)); }
__attribute__((noinline)) int middle(int n) { deep::Filter f{n}; return hidden(n) + f.slow(n) + clip(n); }
static int recursive(int n) { return n <= 0 ? sink : recursive(n - 1) + clip(n); }
extern "C" void reset() { for (;;) sink = middle(sink) + hidden(3) + recursive(sink); }
__attribute__((section(".vectors"), used)) void *const vectors[] = { (void *)0x20040000, (void *)reset };
