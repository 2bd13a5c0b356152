// Runs the fuzzer's corpus without the fuzzer, then random inputs: every function of the header is called, and nothing
// breaks. usage: gradtape_fuzz_replay CORPUS.hex | INPUT … [-random N SEED]; a line of the corpus is one input.
#include <cstdio>
#include <fstream>
#include <random>
#include <set>
#include <string>

#include "calls.hpp"
#include "support/declared.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {
void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}
int run_corpus(const std::string& name) {
  std::ifstream in(name);
  int n = 0;
  for (std::string line; std::getline(in, line); ++n) {
    std::printf("%s\n", line.c_str());
    std::string bytes;
    for (size_t i = 0; i + 1 < line.size(); i += 2)
      bytes += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
    run(bytes);
  }
  return n;
}
int run_file(const std::string& name) {
  if (name.ends_with(".hex")) return run_corpus(name);
  std::ifstream in(name, std::ios::binary);
  if (!in) return 0;
  run(std::string(std::istreambuf_iterator<char>(in), {}));
  return 1;
}
void run_random(int n, unsigned seed) {
  for (int i = 0; i < n; ++i) {
    std::mt19937_64 random(seed + static_cast<unsigned>(i));
    std::string bytes(random() % 1500, ' ');
    for (char& b : bytes) b = static_cast<char>(random());
    std::printf("random %u\n", seed + static_cast<unsigned>(i));
    run(bytes);
  }
}
bool every_function_is_called() {
  std::set<std::string> missing = test::declared_functions(GRADTAPE_SOURCE "/include/gradtape/gradtape.h");
  if (missing.size() < 50) return false;
  for (const fuzz::Call& call : fuzz::calls()) missing.erase(call.function);
  for (const std::string& function : missing) std::fprintf(stderr, "the fuzzer does not call %s\n", function.c_str());
  return missing.empty();
}
}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // the input that breaks is the last one printed
  if (!every_function_is_called()) return 1;
  int n = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "-random" && i + 2 < argc) {
      run_random(std::stoi(argv[i + 1]), static_cast<unsigned>(std::stoul(argv[i + 2])));
      i += 2;
    } else {
      n += run_file(argv[i]);
    }
  }
  std::printf("%d inputs ran\n", n);
  return n > 0 ? 0 : 1;
}
