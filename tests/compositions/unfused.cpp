// Programs and derivatives go through pipes, as CBOR after its length.
#include "unfused.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace test {

namespace {
void send_all(int to, const void* data, std::size_t bytes) {
  for (const char* p = static_cast<const char*>(data); bytes > 0;) {
    const ssize_t n = ::write(to, p, bytes);
    if (n <= 0) throw std::runtime_error("the unfused process is gone");
    p += n;
    bytes -= static_cast<std::size_t>(n);
  }
}
bool receive_all(int from, void* data, std::size_t bytes) {
  for (char* p = static_cast<char*>(data); bytes > 0;) {
    const ssize_t n = ::read(from, p, bytes);
    if (n <= 0) return false;
    p += n;
    bytes -= static_cast<std::size_t>(n);
  }
  return true;
}
void send_message(int to, const json& message) {
  const std::vector<uint8_t> bytes = json::to_cbor(message);
  const uint64_t size = bytes.size();
  send_all(to, &size, sizeof size);
  send_all(to, bytes.data(), bytes.size());
}
std::optional<json> receive_message(int from) {
  uint64_t size = 0;
  if (!receive_all(from, &size, sizeof size)) return std::nullopt;
  std::vector<uint8_t> bytes(size);
  if (!receive_all(from, bytes.data(), bytes.size())) return std::nullopt;
  return json::from_cbor(bytes);
}

json as_json(const Program& p) {
  json nodes = json::array();
  for (const ProgramNode& n : p.nodes) {
    json inputs = json::array();
    for (const Ref& r : n.inputs) inputs.push_back({r.node, r.output});
    nodes.push_back({std::string(1, n.kind), n.op, n.attrs, inputs, n.shape, n.values});
  }
  return {{"nodes", nodes}, {"target", {p.target.node, p.target.output}}};
}
Program program_from(const json& message) {
  Program p;
  for (const json& n : message["nodes"]) {
    ProgramNode node{n[0].get<std::string>()[0], n[1], n[2], {}, n[4].get<Dims>(), n[5].get<Values>()};
    for (const json& r : n[3]) node.inputs.push_back({r[0], r[1]});
    p.add(std::move(node));
  }
  p.target = {message["target"][0], message["target"][1]};
  return p;
}

void serve(int from, int to) {
  while (const auto message = receive_message(from)) {
    json answer = json::object();
    try {
      for (const auto& [name, values] : derivatives_of(program_from(*message)).arrays) answer[name] = values;
    } catch (const std::exception& e) {
      answer = e.what();
    }
    send_message(to, answer);
  }
}
}  // namespace

Unfused::Unfused() {
  int there[2], back[2];
  if (::pipe(there) != 0 || ::pipe(back) != 0) throw std::runtime_error("no pipe");
  child_ = ::fork();
  if (child_ < 0) throw std::runtime_error("no process");
  if (child_ == 0) {
    ::close(there[1]);
    ::close(back[0]);
    ::setenv("GRADTAPE_SKIP", "all", 1);
    serve(there[0], back[1]);
    ::_exit(0);
  }
  ::close(there[0]);
  ::close(back[1]);
  to_ = there[1];
  from_ = back[0];
}
Unfused::~Unfused() {
  ::close(to_);
  ::close(from_);
  ::waitpid(child_, nullptr, 0);
}

void Unfused::ask(const Program& p) { send_message(to_, as_json(p)); }
Derivatives Unfused::answer() {
  const auto message = receive_message(from_);
  if (!message) throw std::runtime_error("unfused: the process ended");
  if (message->is_string()) throw std::runtime_error("unfused, " + message->get<std::string>());
  Derivatives d;
  for (const auto& [name, values] : message->items()) d.arrays.emplace_back(name, values.get<Values>());
  return d;
}

}  // namespace test
