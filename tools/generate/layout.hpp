// How what is generated stands on the page: comments and declarations in lines of at most 110 columns.
#pragma once

#include <string>
#include <vector>

namespace generate {

inline constexpr std::size_t kColumns = 110;

// Words in lines: the first begins with `first`, each other one with `margin`, and `tail` stands behind the last.
std::string paragraph(const std::string& first, const std::string& margin, const std::string& words,
                      const std::string& tail = "");
// head(parameters) and tail: parameters that find no place on a line go on below the first.
std::string declaration(const std::string& head, const std::vector<std::string>& parameters, const std::string& tail);
// "  return " and a chain of calls: those that find no place on a line go on below the first.
std::string return_of(const std::vector<std::string>& chain);

// The text, where none of its lines is too long. Throws where one is.
std::string in_columns(std::string text);

}  // namespace generate
