// dlclose while the pool's threads sleep in the library, and dlopen after it: argv[1] is the library.
#include <dlfcn.h>
#include <gradtape/gradtape.h>

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {
#define FIND(library, name) reinterpret_cast<decltype(&name)>(dlsym(library, #name))

bool compute(void* library) {
  gt_context c;
  if (FIND(library, gt_context_create)(&c) != GT_OK) return false;
  FIND(library, gt_set_threads)(c, 4);
  const int64_t dims[] = {1000, 1000};
  std::vector<float> values(1'000'000, 0.0f);
  gt_tensor x = FIND(library, gt_tensor_create)(c, GT_FLOAT32, dims, 2, values.data(), 4'000'000), y = nullptr;
  FIND(library, gt_apply)(c, "exp", &x, 1, nullptr, 0, &y, 1, nullptr);
  const bool read = FIND(library, gt_tensor_read)(c, y, values.data(), 4'000'000) == GT_OK;
  FIND(library, gt_context_destroy)(c);
  return read && values == std::vector<float>(1'000'000, 1.0f);
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (int round = 0; round < 3; ++round) {
    void* library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library || !compute(library)) return std::fprintf(stderr, "%s\n", library ? "wrong" : dlerror()), 1;
    dlclose(library);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return 0;
}
