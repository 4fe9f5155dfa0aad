// Every kernel is a hypothesis about the processor; src/fidelity/ has what is published about each. See README.md.
#include "harness.asm"
#include "integer.asm"
#include "memory.asm"
#include "branches.asm"
#include "fetch.asm"
#include "floating-point.asm"
#include "system.asm"
#include "arrivals.asm"
#include "chip.asm"
#include "published-loops.asm"

  .section .rodata.microbench_table, "a", %progbits
  .word 0
