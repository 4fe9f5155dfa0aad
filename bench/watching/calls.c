// A call every 32 instructions or so.
volatile unsigned sink;

__attribute__((noinline)) static unsigned mix(unsigned a, unsigned b) {
  for (int i = 0; i < 8; i++) a = (a ^ b) * 5u + 1u;
  return a;
}

__attribute__((noinline)) static unsigned twice(unsigned a) { return mix(a, 3u) + mix(a, 7u); }

int main(void) {
  unsigned a = 1;
  for (;;) {
    a = twice(a);
    sink = a;
  }
}
