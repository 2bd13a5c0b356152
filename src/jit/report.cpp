#include "jit/report.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "graph/op.hpp"
#include "plan/settings.hpp"

namespace gradtape::core::jit {

namespace {
std::string names(const Loop::NativeUnit& native) {
  constexpr std::size_t kMost = 16;
  std::string text;
  for (std::size_t k = 0; k < std::min(native.ops.size(), kMost); ++k)
    text += (text.empty() ? "" : " ") + native.ops[k]->name;
  return native.ops.size() > kMost ? fmt::format("{} and {} more", text, native.ops.size() - kMost) : text;
}

std::string text_of(const Unit& unit, const UnitMemory& m) {
  if (m.kind == UnitMemory::tile) return fmt::format("{}+{}", unit.straight ? "arena" : "scratch", m.at);
  return fmt::format("{} {}+{}", unit.straight ? "slot" : "address", m.at, m.offset);
}

// Pages with these digits, as a file, can be read by objdump (docs/native-code.md).
std::string digits(std::span<const uint8_t> code) {
  constexpr std::size_t kLine = 32;
  std::string text;
  for (std::size_t at = 0; at < code.size(); at += kLine)
    text += fmt::format("  code {:02x}\n", fmt::join(code.subspan(at, std::min(kLine, code.size() - at)), ""));
  return text;
}

void print(const Unit& unit, const Loop::NativeUnit& native, std::span<const uint8_t> code) {
  std::string text = fmt::format("native {}: at {}, {} bytes of code, elements of {} bytes\n", names(native),
                                 fmt::ptr(native.entry()), code.size(), unit.element_size);
  for (const Unit::Value& v : unit.inputs)
    text += fmt::format("  in {} of {}{}\n", name_of(unit.program[v.instruction].result()), text_of(unit, v.memory),
                        v.memory.one ? ", one for all" : "");
  for (const Unit::Value& v : unit.outputs)
    text += fmt::format("  out {} to {}\n", name_of(unit.program[v.instruction].result()), text_of(unit, v.memory));
  std::fputs((text + digits(code)).c_str(), stderr);
}

// perf looks for the names of a process' functions in this file. One that cannot be written is no error.
void name_for_perf(const Loop::NativeUnit& native, std::span<const uint8_t> code) {
  const std::string path = fmt::format("/tmp/perf-{}.map", getpid());
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return;
  const std::string line =
      fmt::format("{:x} {:x} gradtape {}\n", reinterpret_cast<uintptr_t>(native.entry()), code.size(), names(native));
  [[maybe_unused]] const ssize_t written = write(file, line.data(), line.size());
  close(file);
}
}  // namespace

void report(const Unit& unit, const Loop::NativeUnit& native, std::span<const uint8_t> code) {
  const Settings& settings = Settings::instance();
  if (settings.dumps("jit")) print(unit, native, code);
  if (settings.names_for_perf()) name_for_perf(native, code);
}

}  // namespace gradtape::core::jit
