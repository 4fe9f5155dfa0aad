// What newlib and libstdc++ ask of the platform.
// The heap is what the linker script leaves between .bss and the stack.
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "runtime/console.h"

extern "C" {

extern char __HeapBase, __HeapLimit;

void* __dso_handle = nullptr;

void* _sbrk(ptrdiff_t increment) {
  static char* top = &__HeapBase;
  char* const previous = top;
  if (increment > &__HeapLimit - top || top + increment < &__HeapBase) {
    errno = ENOMEM;
    return reinterpret_cast<void*>(-1);
  }
  top += increment;
  return previous;
}

// Firmware never ends by returning, so nothing is ever destroyed.
int __aeabi_atexit(void*, void (*)(void*), void*) { return 0; }
int atexit(void (*)()) { return 0; }
[[noreturn]] void __cxa_pure_virtual() { fatal("a pure virtual function was called"); }
[[noreturn]] void abort() { fatal("abort() was called"); }
[[noreturn]] void _exit(int code) { firmware_exit(code); }

int _write(int, const char* bytes, int length) {
  for (int i = 0; i < length; i++) {
    const char text[2] = {bytes[i], 0};
    console::write(text);
  }
  return length;
}
int _read(int, char*, int) { return 0; }
int _close(int) { return -1; }
int _lseek(int, int, int) { return 0; }
int _fstat(int, struct stat* status) {
  status->st_mode = S_IFCHR;
  return 0;
}
int _isatty(int) { return 1; }
int _getpid() { return 1; }
int _kill(int, int) {
  errno = EINVAL;
  return -1;
}
}

void operator delete(void*) noexcept {}
void operator delete(void*, size_t) noexcept {}
