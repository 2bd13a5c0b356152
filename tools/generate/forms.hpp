// What kind of parameter an attribute is in the typed functions, and the line of documentation above them.
#pragma once

#include "generate.hpp"

namespace generate {

enum class Form { name_or_ints, int_or_ints, ints, name_or_number, name, number, real, flag, dtype, integer };

Form form_of(const json& attr);
std::string doc_of(const json& op);

}  // namespace generate
