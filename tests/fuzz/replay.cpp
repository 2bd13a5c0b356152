// Runs the fuzzer's corpus without the fuzzer, then random inputs: every function of the header is called, and nothing
// breaks. usage: gradtape_fuzz_replay FOLDER_OR_FILE… [-random N SEED]
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <regex>
#include <set>
#include <string>

#include "calls.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {
int run(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  std::printf("%s\n", file.c_str());
  return LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()), 1;
}
int run_all(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return run(path);
  int n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path)) n += run(entry.path());
  return n;
}
void run_random(int n, unsigned seed) {
  for (int i = 0; i < n; ++i) {
    std::mt19937_64 random(seed + static_cast<unsigned>(i));
    std::string bytes(random() % 1500, ' ');
    for (char& b : bytes) b = static_cast<char>(random());
    std::printf("random %u\n", seed + static_cast<unsigned>(i));
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  }
}
bool every_function_is_called() {
  std::ifstream file(GRADTAPE_HEADER);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::regex declaration(R"(GT_API\s[^(;]*?\b(gt_[a-z_0-9]+)\s*\()");
  std::set<std::string> missing;
  for (std::sregex_iterator it(text.begin(), text.end(), declaration), end; it != end; ++it) missing.insert((*it)[1]);
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
      n += run_all(argv[i]);
    }
  }
  std::printf("%d inputs of the corpus ran\n", n);
  return n > 0 || argc < 2 ? 0 : 1;
}
