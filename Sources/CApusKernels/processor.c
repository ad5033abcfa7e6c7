#include "processor.h"

#if defined(__x86_64__)
bool apus_multiplies_bf16(void) {
  return __builtin_cpu_supports("avx512bf16") || __builtin_cpu_supports("amx-bf16");
}
bool apus_supports_bf16(void) { return __builtin_cpu_supports("avx512bw"); }
#else
bool apus_multiplies_bf16(void) { return false; }
bool apus_supports_bf16(void) { return false; }
#endif
