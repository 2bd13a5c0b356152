// The typed C functions of an op: their parameters, and the struct of attributes if there are many.
#pragma once

#include "forms.hpp"

namespace generate {

struct Parameter {
  std::string type, name, fallback;  // fallback: how its default is written
};
std::string text_of(const Parameter& p);

// An attribute: its parameters, and the statement that adds it to the list of attributes.
struct CForm {
  std::vector<Parameter> parameters;
  std::string add;
};
CForm c_form(const json& attr);

// "static inline gt_tensor gt_conv2d"
std::string c_head(const json& op, const std::string& suffix = "");
// Parameters as text: the context and inputs; all attributes; what takes several outputs.
std::vector<std::string> c_inputs(const json& op);
std::vector<Parameter> c_attributes(const json& op);
std::vector<std::string> c_outputs(const json& op);
std::vector<std::string> c_parameters(const json& op);

// A function of more than five attribute arguments has a second form, gt_conv2d_with, which takes them in a struct.
bool takes_struct(const json& op);
std::string struct_name(const json& op);     // gt_conv2d_attrs
std::string struct_default(const json& op);  // GT_CONV2D_ATTRS_DEFAULT
std::vector<std::string> c_parameters_with(const json& op);

}  // namespace generate
