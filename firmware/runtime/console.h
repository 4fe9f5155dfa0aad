// Text to the host: UARTE0 or semihosting, as BOARDLESS_CONSOLE_SEMIHOSTING says.
#pragma once

#include <stdarg.h>
#include <stdint.h>

namespace console {

void start();
void write(const char* text);

// %s, %c, %d, %u, %x, %f; a zero-padded width for numbers (%08x); a precision for %f (default 6, at most 9).
[[gnu::format(printf, 1, 2)]] void print(const char* format, ...);
void print(const char* format, va_list arguments);

}  // namespace console

// Says why on the console and ends: exit code 1 through semihosting, else the loop `firmware_end`.
[[noreturn, gnu::format(printf, 1, 2)]] void fatal(const char* format, ...);
extern "C" [[noreturn]] void firmware_end();
extern "C" [[noreturn]] void firmware_exit(int code);
