// Variables of the environment for plans and native code: each value in a process of its own, for they are read once.
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <regex>

#include "support/native.hpp"
#include "support/support.hpp"

namespace test {
namespace {

struct Result {
  pid_t process = 0;
  int code = -1;
  std::string printed;
};

// Runs it in a child, where variables are set. This process itself must have made no context.
Result in_child(const std::vector<std::pair<const char*, const char*>>& variables, const std::function<int()>& body) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  Result result;
  result.process = fork();
  if (result.process == 0) {
    close(ends[0]);
    dup2(ends[1], STDERR_FILENO);
    for (const auto& [name, value] : variables) setenv(name, value, 1);
    const int code = body();
    std::fflush(stderr);
    _exit(code);
  }
  close(ends[1]);
  char part[4096];
  for (ssize_t n; (n = ::read(ends[0], part, sizeof part)) > 0;) result.printed.append(part, static_cast<size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(result.process, &status, 0);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

// A loop x (2 x + 3) - x of a few elements, twice; prints the error, and gives its status.
int compute() {
  Ctx c;
  gt_status status = GT_OK;
  for (int i = 0; i < 2; ++i) {
    gt_tensor x = tensor<float>(c, {5}, {1, 2, 3, 4, 5});
    gt_tensor sum = gt_add(c, gt_multiply(c, x, gt_scalar(c, 2)), gt_scalar(c, 3));
    gt_tensor y = gt_subtract(c, gt_multiply(c, x, sum), x);
    status = gt_eval(c, &y, 1);
  }
  if (status != GT_OK) std::fputs(c.message().c_str(), stderr);
  return status;
}

TEST(Environment, UnknownValuesAreNamed) {
  const std::pair<const char*, const char*> rows[] = {{"GRADTAPE_SKIP", "all, dead_code, orient"},
                                                      {"GRADTAPE_DUMP", "program, jit, lower"},
                                                      {"GRADTAPE_JIT", "0, 1, always, perf"},
                                                      {"GRADTAPE_VERIFY", "0, 1"}};
  for (const auto& [variable, known] : rows)
    for (const char* value : {"sometimes", "always,sometimes", "sometimes,0"}) {
      const Result r = in_child({{variable, value}}, compute);
      EXPECT_EQ(r.code, GT_INVALID_ARGUMENT) << variable;
      EXPECT_NE(r.printed.find(variable + std::string(": '")), std::string::npos) << r.printed;
      EXPECT_NE(r.printed.find(known), std::string::npos) << r.printed;
    }
}
TEST(Environment, KnownValuesAreTaken) {
  for (const char* value : {"", "0", "1", "always", "always,1"})
    EXPECT_EQ(in_child({{"GRADTAPE_JIT", value}}, compute).code, GT_OK) << value;
}

TEST(Environment, NativeCodeIsPrinted) {
  EXPECT_EQ(in_child({{"GRADTAPE_JIT", "0"}, {"GRADTAPE_DUMP", "jit"}}, compute).printed, "");
  const Result r = in_child({{"GRADTAPE_JIT", "always"}, {"GRADTAPE_DUMP", "jit"}}, compute);
  EXPECT_EQ(r.code, GT_OK);
  if (!can_have_native_code()) {
    EXPECT_EQ(r.printed, "");
    return;
  }
  std::smatch match;
  const std::regex head("native ([^:\n]*): at 0x[0-9a-f]+, ([0-9]+) bytes of code, elements of 4 bytes\n");
  ASSERT_TRUE(std::regex_search(r.printed, match, head)) << r.printed;
  EXPECT_NE(match[1].str().find("multiply"), std::string::npos);
  size_t digits = 0;
  std::istringstream lines(r.printed);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  code ")) digits += line.size() - 7;
  EXPECT_EQ(digits, 2 * std::stoul(match[2])) << r.printed;
  EXPECT_NE(r.printed.find("  in float32 of "), std::string::npos) << r.printed;
  EXPECT_NE(r.printed.find("  out float32 to "), std::string::npos) << r.printed;
}

TEST(Environment, PerfFindsNames) {
  const Result r = in_child({{"GRADTAPE_JIT", "always,perf"}}, compute);
  EXPECT_EQ(r.code, GT_OK);
  const std::string path = "/tmp/perf-" + std::to_string(r.process) + ".map";
  std::ifstream file(path);
  EXPECT_EQ(file.is_open(), can_have_native_code());
  std::string line;
  if (std::getline(file, line)) {
    EXPECT_TRUE(std::regex_match(line, std::regex("[0-9a-f]+ [0-9a-f]+ gradtape .*multiply.*"))) << line;
  }
  unlink(path.c_str());
}

}  // namespace
}  // namespace test
