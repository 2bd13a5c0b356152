// In place of the compiler of loops, where the library is built without it: all loops are interpreted.
#include "jit/code_memory.hpp"
#include "jit/compile.hpp"

namespace gradtape::core::jit {

bool is_available() { return false; }
std::size_t code_bytes() { return 0; }
std::shared_ptr<const Loop> compile(const Loop&) { return nullptr; }
void compile_loops(Plan& plan, int64_t) { plan.compile_at = kNeverCompiled; }

}  // namespace gradtape::core::jit
