// One input of the fuzzer: calls of the whole C interface, drawn from its bytes.
#include "callbacks.hpp"
#include "calls.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool ready = (fuzz::register_user_ops(), true);
  (void)ready;
  fuzz::World(data, size).run();
  return 0;
}
