// The kind of parameter that an attribute is in the typed functions, and the text of documentation above them.
#pragma once

#include "generate.hpp"

namespace generate {

enum class Form { name_or_ints, int_or_ints, ints, name_or_number, name, number, real, flag, dtype, integer };

Form form_of(const json& attr);
std::string doc_of(const json& op);
// The C++ struct of the attributes of an op that has several, "Conv2dAttrs"; empty where there is none.
std::string cpp_struct(const json& op);

}  // namespace generate
