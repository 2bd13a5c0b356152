#include "layout.hpp"

#include <fmt/format.h>

#include <iterator>
#include <sstream>
#include <stdexcept>

namespace generate {

namespace {
// Appends pieces to the last line of text while they fit, with `after` columns for what follows the last of them.
void fill(std::string& text, const std::vector<std::string>& pieces, const std::string& between,
          const std::string& margin, std::size_t after) {
  std::size_t column = text.size() - (text.rfind('\n') + 1);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool last = i + 1 == pieces.size();
    const std::size_t needed = pieces[i].size() + (last ? after : 1);
    const std::string& join = i > 0 ? between : "";
    if (i > 0 && column + join.size() + needed > kColumns) {
      text += "\n" + margin;
      column = margin.size();
    } else {
      text += join;
      column += join.size();
    }
    text += pieces[i];
    column += pieces[i].size();
  }
}
}  // namespace

std::string paragraph(const std::string& first, const std::string& margin, const std::string& words,
                      const std::string& tail) {
  std::istringstream in(words);
  const std::vector<std::string> pieces{std::istream_iterator<std::string>(in), {}};
  std::string text = first;
  fill(text, pieces, " ", margin, tail.size());
  return text + tail + "\n";
}

std::string declaration(const std::string& head, const std::vector<std::string>& parameters, const std::string& tail) {
  std::string text = head + "(";
  std::vector<std::string> pieces = parameters;
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) pieces[i] += ",";
  fill(text, pieces, " ", std::string(head.size() + 1, ' '), 1 + tail.size());
  return text + ")" + tail;
}

std::string return_of(const std::vector<std::string>& chain) {
  std::string text = "  return ";
  fill(text, chain, "", "      ", 1);
  return text + ";\n";
}

std::string in_columns(std::string text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (line.size() > kColumns) throw std::logic_error(fmt::format("longer than {} columns: {}", kColumns, line));
  return text;
}

}  // namespace generate
