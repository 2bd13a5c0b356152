// Made by `./run generate` from the registry of ops: not to be edited.
// Every typed function, C and C++, on every sample of its op.
inline void call_abs(TypedCalls& t) {
  t.begin("abs", "f[2,3]", R"({})");
  t.c(gt_abs(t.ctx(), t.in(0)));
  t.cpp(abs(t.tensor(0)));
}
inline void call_acos(TypedCalls& t) {
  t.begin("acos", "u[2,3]", R"({})");
  t.c(gt_acos(t.ctx(), t.in(0)));
  t.cpp(acos(t.tensor(0)));
}
inline void call_acosh(TypedCalls& t) {
  t.begin("acosh", "g[2,3]", R"({})");
  t.c(gt_acosh(t.ctx(), t.in(0)));
  t.cpp(acosh(t.tensor(0)));
}
inline void call_add(TypedCalls& t) {
  t.begin("add", "f[2,3] f[3]", R"({})");
  t.c(gt_add(t.ctx(), t.in(0), t.in(1)));
  t.cpp(add(t.tensor(0), t.tensor(1)));
  t.begin("add", "f[] f[2]", R"({})");
  t.c(gt_add(t.ctx(), t.in(0), t.in(1)));
  t.cpp(add(t.tensor(0), t.tensor(1)));
}
inline void call_argmax(TypedCalls& t) {
  t.begin("argmax", "f[2,3]", R"({"axis":1})");
  t.c(gt_argmax(t.ctx(), t.in(0), 1));
  t.cpp(argmax(t.tensor(0), 1));
}
inline void call_argmin(TypedCalls& t) {
  t.begin("argmin", "f[2,3]", R"({"axis":1})");
  t.c(gt_argmin(t.ctx(), t.in(0), 1));
  t.cpp(argmin(t.tensor(0), 1));
}
inline void call_argsort(TypedCalls& t) {
  t.begin("argsort", "f[2,4]", R"({})");
  t.c(gt_argsort(t.ctx(), t.in(0), -1, nullptr));
  t.cpp(argsort(t.tensor(0), -1, "ASCENDING"));
  {
    ArgsortAttrs a;
    t.cpp(argsort(t.tensor(0), a));
  }
}
inline void call_asin(TypedCalls& t) {
  t.begin("asin", "u[2,3]", R"({})");
  t.c(gt_asin(t.ctx(), t.in(0)));
  t.cpp(asin(t.tensor(0)));
}
inline void call_asinh(TypedCalls& t) {
  t.begin("asinh", "f[2,3]", R"({})");
  t.c(gt_asinh(t.ctx(), t.in(0)));
  t.cpp(asinh(t.tensor(0)));
}
inline void call_atan(TypedCalls& t) {
  t.begin("atan", "f[2,3]", R"({})");
  t.c(gt_atan(t.ctx(), t.in(0)));
  t.cpp(atan(t.tensor(0)));
}
inline void call_atan2(TypedCalls& t) {
  t.begin("atan2", "f[2,3] f[3]", R"({})");
  t.c(gt_atan2(t.ctx(), t.in(0), t.in(1)));
  t.cpp(atan2(t.tensor(0), t.tensor(1)));
}
inline void call_atanh(TypedCalls& t) {
  t.begin("atanh", "u[2,3]", R"({})");
  t.c(gt_atanh(t.ctx(), t.in(0)));
  t.cpp(atanh(t.tensor(0)));
}
inline void call_avg_pool2d(TypedCalls& t) {
  t.begin("avg_pool2d", "f[1,4,4,2]", R"({"ksize":2,"strides":2})");
  t.c(gt_avg_pool2d(t.ctx(), t.in(0), nullptr, 2, nullptr, 2, nullptr));
  t.cpp(avg_pool2d(t.tensor(0), Axes(2), Axes(2), "VALID"));
  {
    AvgPool2dAttrs a;
    a.ksize = Axes(2);
    a.strides = Axes(2);
    t.cpp(avg_pool2d(t.tensor(0), a));
  }
  t.begin("avg_pool2d", "f[2,3,4,1]", R"({"ksize":[3,2],"padding":"SAME","strides":[2,1]})");
  t.c(gt_avg_pool2d(t.ctx(), t.in(0), ints{3, 2}.data(), 2, ints{2, 1}.data(), 2, "SAME"));
  t.cpp(avg_pool2d(t.tensor(0), Axes{3, 2}, Axes{2, 1}, "SAME"));
  {
    AvgPool2dAttrs a;
    a.ksize = Axes{3, 2};
    a.strides = Axes{2, 1};
    a.padding = "SAME";
    t.cpp(avg_pool2d(t.tensor(0), a));
  }
}
inline void call_batch_normalization(TypedCalls& t) {
  t.begin("batch_normalization", "f[4,3] f[3] f[3]", R"({"axes":[0]})");
  t.c_many(gt_batch_normalization(t.ctx(), t.in(0), t.in(1), t.in(2), nullptr, nullptr, true, ints{0}.data(), 1, 0.001, t.out(), t.room(), t.count()));
  t.cpp(batch_normalization(t.tensor(0), t.tensor(1), t.tensor(2), Tensor(), Tensor(), true, Axes{0}, 0.001));
  t.begin("batch_normalization", "f[4,3] f[3] f[3] f[3] p[3]", R"({"training":false})");
  t.c_many(gt_batch_normalization(t.ctx(), t.in(0), t.in(1), t.in(2), t.in(3), t.in(4), false, nullptr, 0, 0.001, t.out(), t.room(), t.count()));
  t.cpp(batch_normalization(t.tensor(0), t.tensor(1), t.tensor(2), t.tensor(3), t.tensor(4), false, Axes(), 0.001));
}
inline void call_bias_add(TypedCalls& t) {
  t.begin("bias_add", "f[2,3] f[3]", R"({})");
  t.c(gt_bias_add(t.ctx(), t.in(0), t.in(1), nullptr));
  t.cpp(bias_add(t.tensor(0), t.tensor(1), "NHWC"));
  t.begin("bias_add", "f[2,3,2] f[3]", R"({"data_format":"NCHW"})");
  t.c(gt_bias_add(t.ctx(), t.in(0), t.in(1), "NCHW"));
  t.cpp(bias_add(t.tensor(0), t.tensor(1), "NCHW"));
}
inline void call_boolean_mask(TypedCalls& t) {
  t.begin("boolean_mask", "f[4,2] b[4]", R"({})");
  t.c(gt_boolean_mask(t.ctx(), t.in(0), t.in(1), 0));
  t.cpp(boolean_mask(t.tensor(0), t.tensor(1), 0));
  t.begin("boolean_mask", "f[2,2,3] b[2,3]", R"({"axis":1})");
  t.c(gt_boolean_mask(t.ctx(), t.in(0), t.in(1), 1));
  t.cpp(boolean_mask(t.tensor(0), t.tensor(1), 1));
}
inline void call_broadcast_to(TypedCalls& t) {
  t.begin("broadcast_to", "f[3,1]", R"({"shape":[2,3,2]})");
  t.c(gt_broadcast_to(t.ctx(), t.in(0), ints{2, 3, 2}.data(), 3));
  t.cpp(broadcast_to(t.tensor(0), Axes{2, 3, 2}));
}
inline void call_cast(TypedCalls& t) {
  t.begin("cast", "f[2,3]", R"({"dtype":"float64"})");
  t.c(gt_cast(t.ctx(), t.in(0), GT_FLOAT64));
  t.cpp(cast(t.tensor(0), Dtype::float64));
}
inline void call_ceil(TypedCalls& t) {
  t.begin("ceil", "f[2,3]", R"({})");
  t.c(gt_ceil(t.ctx(), t.in(0)));
  t.cpp(ceil(t.tensor(0)));
}
inline void call_cholesky(TypedCalls& t) {
  t.begin("cholesky", "s[3,3]", R"({})");
  t.c(gt_cholesky(t.ctx(), t.in(0), true));
  t.cpp(cholesky(t.tensor(0), true));
  t.begin("cholesky", "s[2,2,2]", R"({"symmetrize_input":false})");
  t.c(gt_cholesky(t.ctx(), t.in(0), false));
  t.cpp(cholesky(t.tensor(0), false));
}
inline void call_clip_by_global_norm(TypedCalls& t) {
  t.begin("clip_by_global_norm", "f[3] f[2,2]", R"({"clip_norm":1})");
  t.c_many(gt_clip_by_global_norm(t.ctx(), t.inputs(), t.n(), 1, t.out(), t.room(), t.count()));
  t.cpp(clip_by_global_norm(t.tensors(), 1));
}
inline void call_clip_by_norm(TypedCalls& t) {
  t.begin("clip_by_norm", "f[5]", R"({"clip_norm":0.5})");
  t.c(gt_clip_by_norm(t.ctx(), t.in(0), 0.5, nullptr, 0));
  t.cpp(clip_by_norm(t.tensor(0), 0.5, Axes()));
  {
    ClipByNormAttrs a;
    a.clip_norm = 0.5;
    t.cpp(clip_by_norm(t.tensor(0), a));
  }
  t.begin("clip_by_norm", "f[2,3]", R"({"axes":[1],"clip_norm":1.5})");
  t.c(gt_clip_by_norm(t.ctx(), t.in(0), 1.5, ints{1}.data(), 1));
  t.cpp(clip_by_norm(t.tensor(0), 1.5, Axes{1}));
  {
    ClipByNormAttrs a;
    a.clip_norm = 1.5;
    a.axes = Axes{1};
    t.cpp(clip_by_norm(t.tensor(0), a));
  }
}
inline void call_clip_by_value(TypedCalls& t) {
  t.begin("clip_by_value", "f[2,3]", R"({"clip_value_max":0.75,"clip_value_min":-0.5})");
  t.c(gt_clip_by_value(t.ctx(), t.in(0), -0.5, 0.75));
  t.cpp(clip_by_value(t.tensor(0), -0.5, 0.75));
  {
    ClipByValueAttrs a;
    a.clip_value_min = -0.5;
    a.clip_value_max = 0.75;
    t.cpp(clip_by_value(t.tensor(0), a));
  }
}
inline void call_concat(TypedCalls& t) {
  t.begin("concat", "f[2,3] f[1,3]", R"({"axis":0})");
  t.c(gt_concat(t.ctx(), t.inputs(), t.n(), 0));
  t.cpp(concat(t.tensors(), 0));
}
inline void call_conv1d(TypedCalls& t) {
  t.begin("conv1d", "f[2,5,2] f[3,2,2]", R"({"padding":"SAME","stride":2})");
  t.c(gt_conv1d(t.ctx(), t.in(0), t.in(1), 2, "SAME", nullptr, 0, 1));
  t.cpp(conv1d(t.tensor(0), t.tensor(1), 2, "SAME", 1));
  {
    Conv1dAttrs a;
    a.stride = 2;
    a.padding = "SAME";
    t.cpp(conv1d(t.tensor(0), t.tensor(1), a));
  }
  t.begin("conv1d", "f[1,6,1] f[2,1,2]", R"({"dilations":2})");
  t.c(gt_conv1d(t.ctx(), t.in(0), t.in(1), 1, "VALID", nullptr, 0, 2));
  t.cpp(conv1d(t.tensor(0), t.tensor(1), 1, "VALID", 2));
  {
    Conv1dAttrs a;
    a.dilations = 2;
    t.cpp(conv1d(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_conv2d(TypedCalls& t) {
  t.begin("conv2d", "f[1,4,4,2] f[3,2,2,2]", R"({"padding":"SAME","strides":[2,1]})");
  t.c(gt_conv2d(t.ctx(), t.in(0), t.in(1), ints{2, 1}.data(), 2, "SAME", nullptr, 0, nullptr, 0));
  {
    gt_conv2d_attrs a = GT_CONV2D_ATTRS_DEFAULT;
    const ints strides{2, 1};
    a.strides = strides.data(), a.n_strides = 2;
    a.padding = "SAME";
    t.c(gt_conv2d_with(t.ctx(), t.in(0), t.in(1), &a));
    t.sizes(a, [&](const gt_conv2d_attrs* given) { return gt_conv2d_with(t.ctx(), t.in(0), t.in(1), given); });
  }
  t.cpp(conv2d(t.tensor(0), t.tensor(1), Axes{2, 1}, "SAME", Axes()));
  {
    Conv2dAttrs a;
    a.strides = Axes{2, 1};
    a.padding = "SAME";
    t.cpp(conv2d(t.tensor(0), t.tensor(1), a));
  }
  t.begin("conv2d", "f[2,3,4,1] f[2,2,1,2]", R"({"dilations":[1,2],"padding":[[1,0],[0,2]]})");
  t.c(gt_conv2d(t.ctx(), t.in(0), t.in(1), nullptr, 0, nullptr, ints{1, 0, 0, 2}.data(), 4, ints{1, 2}.data(), 2));
  {
    gt_conv2d_attrs a = GT_CONV2D_ATTRS_DEFAULT;
    const ints padding_list{1, 0, 0, 2};
    a.padding_list = padding_list.data(), a.n_padding_list = 4;
    const ints dilations{1, 2};
    a.dilations = dilations.data(), a.n_dilations = 2;
    t.c(gt_conv2d_with(t.ctx(), t.in(0), t.in(1), &a));
    t.sizes(a, [&](const gt_conv2d_attrs* given) { return gt_conv2d_with(t.ctx(), t.in(0), t.in(1), given); });
  }
  t.cpp(conv2d(t.tensor(0), t.tensor(1), Axes(), NameOrInts{{1, 0}, {0, 2}}, Axes{1, 2}));
  {
    Conv2dAttrs a;
    a.padding = NameOrInts{{1, 0}, {0, 2}};
    a.dilations = Axes{1, 2};
    t.cpp(conv2d(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_conv2d_transpose(TypedCalls& t) {
  t.begin("conv2d_transpose", "f[1,2,3,2] f[3,2,1,2]", R"({"output_shape":[1,3,6,1],"padding":"SAME","strides":2})");
  t.c(gt_conv2d_transpose(t.ctx(), t.in(0), t.in(1), nullptr, 2, "SAME", nullptr, 0, nullptr, 0, ints{1, 3, 6, 1}.data(), 4));
  {
    gt_conv2d_transpose_attrs a = GT_CONV2D_TRANSPOSE_ATTRS_DEFAULT;
    a.n_strides = 2;
    a.padding = "SAME";
    const ints output_shape{1, 3, 6, 1};
    a.output_shape = output_shape.data(), a.n_output_shape = 4;
    t.c(gt_conv2d_transpose_with(t.ctx(), t.in(0), t.in(1), &a));
    t.sizes(a, [&](const gt_conv2d_transpose_attrs* given) { return gt_conv2d_transpose_with(t.ctx(), t.in(0), t.in(1), given); });
  }
  t.cpp(conv2d_transpose(t.tensor(0), t.tensor(1), Axes{1, 3, 6, 1}, Axes(2), "SAME", Axes()));
  {
    Conv2dTransposeAttrs a;
    a.strides = Axes(2);
    a.padding = "SAME";
    a.output_shape = Axes{1, 3, 6, 1};
    t.cpp(conv2d_transpose(t.tensor(0), t.tensor(1), a));
  }
  t.begin("conv2d_transpose", "f[2,2,2,1] f[2,2,2,1]", R"({"output_shape":[2,3,3,2]})");
  t.c(gt_conv2d_transpose(t.ctx(), t.in(0), t.in(1), nullptr, 0, "VALID", nullptr, 0, nullptr, 0, ints{2, 3, 3, 2}.data(), 4));
  {
    gt_conv2d_transpose_attrs a = GT_CONV2D_TRANSPOSE_ATTRS_DEFAULT;
    const ints output_shape{2, 3, 3, 2};
    a.output_shape = output_shape.data(), a.n_output_shape = 4;
    t.c(gt_conv2d_transpose_with(t.ctx(), t.in(0), t.in(1), &a));
    t.sizes(a, [&](const gt_conv2d_transpose_attrs* given) { return gt_conv2d_transpose_with(t.ctx(), t.in(0), t.in(1), given); });
  }
  t.cpp(conv2d_transpose(t.tensor(0), t.tensor(1), Axes{2, 3, 3, 2}, Axes(), "VALID", Axes()));
  {
    Conv2dTransposeAttrs a;
    a.output_shape = Axes{2, 3, 3, 2};
    t.cpp(conv2d_transpose(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_cos(TypedCalls& t) {
  t.begin("cos", "f[2,3]", R"({})");
  t.c(gt_cos(t.ctx(), t.in(0)));
  t.cpp(cos(t.tensor(0)));
}
inline void call_cosh(TypedCalls& t) {
  t.begin("cosh", "f[2,3]", R"({})");
  t.c(gt_cosh(t.ctx(), t.in(0)));
  t.cpp(cosh(t.tensor(0)));
}
inline void call_cross(TypedCalls& t) {
  t.begin("cross", "f[2,3] f[3]", R"({})");
  t.c(gt_cross(t.ctx(), t.in(0), t.in(1)));
  t.cpp(cross(t.tensor(0), t.tensor(1)));
}
inline void call_cumprod(TypedCalls& t) {
  t.begin("cumprod", "f[4]", R"({})");
  t.c(gt_cumprod(t.ctx(), t.in(0), 0, false, false));
  t.cpp(cumprod(t.tensor(0), 0, false, false));
  {
    CumprodAttrs a;
    t.cpp(cumprod(t.tensor(0), a));
  }
  t.begin("cumprod", "f[3,2]", R"({"reverse":true})");
  t.c(gt_cumprod(t.ctx(), t.in(0), 0, false, true));
  t.cpp(cumprod(t.tensor(0), 0, false, true));
  {
    CumprodAttrs a;
    a.reverse = true;
    t.cpp(cumprod(t.tensor(0), a));
  }
  t.begin("cumprod", "f[]", R"({})");
  t.c(gt_cumprod(t.ctx(), t.in(0), 0, false, false));
  t.cpp(cumprod(t.tensor(0), 0, false, false));
  {
    CumprodAttrs a;
    t.cpp(cumprod(t.tensor(0), a));
  }
  t.begin("cumprod", "f[2,5]", R"({"axis":1,"exclusive":true})");
  t.c(gt_cumprod(t.ctx(), t.in(0), 1, true, false));
  t.cpp(cumprod(t.tensor(0), 1, true, false));
  {
    CumprodAttrs a;
    a.axis = 1;
    a.exclusive = true;
    t.cpp(cumprod(t.tensor(0), a));
  }
}
inline void call_cumsum(TypedCalls& t) {
  t.begin("cumsum", "f[4]", R"({})");
  t.c(gt_cumsum(t.ctx(), t.in(0), 0, false, false));
  t.cpp(cumsum(t.tensor(0), 0, false, false));
  {
    CumsumAttrs a;
    t.cpp(cumsum(t.tensor(0), a));
  }
  t.begin("cumsum", "f[3,2]", R"({"reverse":true})");
  t.c(gt_cumsum(t.ctx(), t.in(0), 0, false, true));
  t.cpp(cumsum(t.tensor(0), 0, false, true));
  {
    CumsumAttrs a;
    a.reverse = true;
    t.cpp(cumsum(t.tensor(0), a));
  }
  t.begin("cumsum", "f[]", R"({})");
  t.c(gt_cumsum(t.ctx(), t.in(0), 0, false, false));
  t.cpp(cumsum(t.tensor(0), 0, false, false));
  {
    CumsumAttrs a;
    t.cpp(cumsum(t.tensor(0), a));
  }
  t.begin("cumsum", "f[2,5]", R"({"axis":1,"exclusive":true})");
  t.c(gt_cumsum(t.ctx(), t.in(0), 1, true, false));
  t.cpp(cumsum(t.tensor(0), 1, true, false));
  {
    CumsumAttrs a;
    a.axis = 1;
    a.exclusive = true;
    t.cpp(cumsum(t.tensor(0), a));
  }
}
inline void call_depthwise_conv2d(TypedCalls& t) {
  t.begin("depthwise_conv2d", "f[1,4,4,2] f[2,2,2,2]", R"({"padding":"SAME","strides":2})");
  t.c(gt_depthwise_conv2d(t.ctx(), t.in(0), t.in(1), nullptr, 2, "SAME", nullptr, 0, nullptr, 0));
  {
    gt_depthwise_conv2d_attrs a = GT_DEPTHWISE_CONV2D_ATTRS_DEFAULT;
    a.n_strides = 2;
    a.padding = "SAME";
    t.c(gt_depthwise_conv2d_with(t.ctx(), t.in(0), t.in(1), &a));
    t.sizes(a, [&](const gt_depthwise_conv2d_attrs* given) { return gt_depthwise_conv2d_with(t.ctx(), t.in(0), t.in(1), given); });
  }
  t.cpp(depthwise_conv2d(t.tensor(0), t.tensor(1), Axes(2), "SAME", Axes()));
  {
    DepthwiseConv2dAttrs a;
    a.strides = Axes(2);
    a.padding = "SAME";
    t.cpp(depthwise_conv2d(t.tensor(0), t.tensor(1), a));
  }
  t.begin("depthwise_conv2d", "f[1,5,4,3] f[2,2,3,1]", R"({"dilations":2})");
  t.c(gt_depthwise_conv2d(t.ctx(), t.in(0), t.in(1), nullptr, 0, "VALID", nullptr, 0, nullptr, 2));
  {
    gt_depthwise_conv2d_attrs a = GT_DEPTHWISE_CONV2D_ATTRS_DEFAULT;
    a.n_dilations = 2;
    t.c(gt_depthwise_conv2d_with(t.ctx(), t.in(0), t.in(1), &a));
    t.sizes(a, [&](const gt_depthwise_conv2d_attrs* given) { return gt_depthwise_conv2d_with(t.ctx(), t.in(0), t.in(1), given); });
  }
  t.cpp(depthwise_conv2d(t.tensor(0), t.tensor(1), Axes(), "VALID", Axes(2)));
  {
    DepthwiseConv2dAttrs a;
    a.dilations = Axes(2);
    t.cpp(depthwise_conv2d(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_det(TypedCalls& t) {
  t.begin("det", "s[3,3]", R"({})");
  t.c(gt_det(t.ctx(), t.in(0)));
  t.cpp(det(t.tensor(0)));
  t.begin("det", "s[2,2,2]", R"({})");
  t.c(gt_det(t.ctx(), t.in(0)));
  t.cpp(det(t.tensor(0)));
}
inline void call_diag(TypedCalls& t) {
  t.begin("diag", "f[2,3]", R"({})");
  t.c(gt_diag(t.ctx(), t.in(0), 0));
  t.cpp(diag(t.tensor(0), 0));
  t.begin("diag", "f[2]", R"({"k":-1})");
  t.c(gt_diag(t.ctx(), t.in(0), -1));
  t.cpp(diag(t.tensor(0), -1));
}
inline void call_diag_part(TypedCalls& t) {
  t.begin("diag_part", "f[2,3,3]", R"({})");
  t.c(gt_diag_part(t.ctx(), t.in(0), 0));
  t.cpp(diag_part(t.tensor(0), 0));
  t.begin("diag_part", "f[2,4]", R"({"k":1})");
  t.c(gt_diag_part(t.ctx(), t.in(0), 1));
  t.cpp(diag_part(t.tensor(0), 1));
}
inline void call_digamma(TypedCalls& t) {
  t.begin("digamma", "p[2,3]", R"({})");
  t.c(gt_digamma(t.ctx(), t.in(0)));
  t.cpp(digamma(t.tensor(0)));
}
inline void call_divide(TypedCalls& t) {
  t.begin("divide", "f[2,3] p[3]", R"({})");
  t.c(gt_divide(t.ctx(), t.in(0), t.in(1)));
  t.cpp(divide(t.tensor(0), t.tensor(1)));
}
inline void call_divide_no_nan(TypedCalls& t) {
  t.begin("divide_no_nan", "f[2,3] p[3]", R"({})");
  t.c(gt_divide_no_nan(t.ctx(), t.in(0), t.in(1)));
  t.cpp(divide_no_nan(t.tensor(0), t.tensor(1)));
}
inline void call_dot(TypedCalls& t) {
  t.begin("dot", "f[3] f[3]", R"({})");
  t.c(gt_dot(t.ctx(), t.in(0), t.in(1)));
  t.cpp(dot(t.tensor(0), t.tensor(1)));
}
inline void call_dropout(TypedCalls& t) {
  t.begin("dropout", "f[2,3] b[2,3]", R"({"rate":0.25})");
  t.c(gt_dropout(t.ctx(), t.in(0), t.in(1), 0.25));
  t.cpp(dropout(t.tensor(0), t.tensor(1), 0.25));
}
inline void call_eigh(TypedCalls& t) {
  t.begin("eigh", "f[3,3]", R"({})");
  t.c(gt_eigh(t.ctx(), t.in(0), true));
  t.cpp(eigh(t.tensor(0), true));
  t.begin("eigh", "f[2,2,2]", R"({"symmetrize_input":false})");
  t.c(gt_eigh(t.ctx(), t.in(0), false));
  t.cpp(eigh(t.tensor(0), false));
}
inline void call_eigh_function(TypedCalls& t) {
  t.begin("eigh_function", "f[3,3]", R"({"f":"exp"})");
  t.c(gt_eigh_function(t.ctx(), t.in(0), true, "exp"));
  t.cpp(eigh_function(t.tensor(0), "exp", true));
  {
    EighFunctionAttrs a;
    a.f = "exp";
    t.cpp(eigh_function(t.tensor(0), a));
  }
  t.begin("eigh_function", "f[2,2]", R"({"f":"square"})");
  t.c(gt_eigh_function(t.ctx(), t.in(0), true, "square"));
  t.cpp(eigh_function(t.tensor(0), "square", true));
  {
    EighFunctionAttrs a;
    a.f = "square";
    t.cpp(eigh_function(t.tensor(0), a));
  }
  t.begin("eigh_function", "f[2,2,2]", R"({"f":"sin","symmetrize_input":false})");
  t.c(gt_eigh_function(t.ctx(), t.in(0), false, "sin"));
  t.cpp(eigh_function(t.tensor(0), "sin", false));
  {
    EighFunctionAttrs a;
    a.symmetrize_input = false;
    a.f = "sin";
    t.cpp(eigh_function(t.tensor(0), a));
  }
  t.begin("eigh_function", "f[3,3]", R"({"f":"tanh"})");
  t.c(gt_eigh_function(t.ctx(), t.in(0), true, "tanh"));
  t.cpp(eigh_function(t.tensor(0), "tanh", true));
  {
    EighFunctionAttrs a;
    a.f = "tanh";
    t.cpp(eigh_function(t.tensor(0), a));
  }
}
inline void call_eigh_with_vectors(TypedCalls& t) {
  t.begin("eigh_with_vectors", "f[3,3]", R"({})");
  t.c_many(gt_eigh_with_vectors(t.ctx(), t.in(0), true, t.out(), t.room(), t.count()));
  t.cpp(eigh_with_vectors(t.tensor(0), true));
  t.begin("eigh_with_vectors", "f[2,2,2]", R"({"symmetrize_input":false})");
  t.c_many(gt_eigh_with_vectors(t.ctx(), t.in(0), false, t.out(), t.room(), t.count()));
  t.cpp(eigh_with_vectors(t.tensor(0), false));
}
inline void call_einsum(TypedCalls& t) {
  t.begin("einsum", "f[2,3] f[3,2]", R"({"equation":"ij,jk->ik"})");
  t.c(gt_einsum(t.ctx(), t.inputs(), t.n(), "ij,jk->ik"));
  t.cpp(einsum(t.tensors(), "ij,jk->ik"));
  t.begin("einsum", "f[3,3]", R"({"equation":"ii->i"})");
  t.c(gt_einsum(t.ctx(), t.inputs(), t.n(), "ii->i"));
  t.cpp(einsum(t.tensors(), "ii->i"));
  t.begin("einsum", "f[2,3] f[2,3] f[3]", R"({"equation":"ij,ij,j->i"})");
  t.c(gt_einsum(t.ctx(), t.inputs(), t.n(), "ij,ij,j->i"));
  t.cpp(einsum(t.tensors(), "ij,ij,j->i"));
}
inline void call_elu(TypedCalls& t) {
  t.begin("elu", "f[2,3]", R"({})");
  t.c(gt_elu(t.ctx(), t.in(0)));
  t.cpp(elu(t.tensor(0)));
}
inline void call_embedding_lookup(TypedCalls& t) {
  t.begin("embedding_lookup", "f[4,2] i4[3]", R"({})");
  t.c(gt_embedding_lookup(t.ctx(), t.in(0), t.in(1)));
  t.cpp(embedding_lookup(t.tensor(0), t.tensor(1)));
}
inline void call_equal(TypedCalls& t) {
  t.begin("equal", "f[2,3] f[3]", R"({})");
  t.c(gt_equal(t.ctx(), t.in(0), t.in(1)));
  t.cpp(equal(t.tensor(0), t.tensor(1)));
}
inline void call_erf(TypedCalls& t) {
  t.begin("erf", "f[2,3]", R"({})");
  t.c(gt_erf(t.ctx(), t.in(0)));
  t.cpp(erf(t.tensor(0)));
}
inline void call_erfc(TypedCalls& t) {
  t.begin("erfc", "f[2,3]", R"({})");
  t.c(gt_erfc(t.ctx(), t.in(0)));
  t.cpp(erfc(t.tensor(0)));
}
inline void call_erfinv(TypedCalls& t) {
  t.begin("erfinv", "u[2,3]", R"({})");
  t.c(gt_erfinv(t.ctx(), t.in(0)));
  t.cpp(erfinv(t.tensor(0)));
}
inline void call_exp(TypedCalls& t) {
  t.begin("exp", "f[2,3]", R"({})");
  t.c(gt_exp(t.ctx(), t.in(0)));
  t.cpp(exp(t.tensor(0)));
}
inline void call_exp2(TypedCalls& t) {
  t.begin("exp2", "f[2,3]", R"({})");
  t.c(gt_exp2(t.ctx(), t.in(0)));
  t.cpp(exp2(t.tensor(0)));
}
inline void call_expand_dims(TypedCalls& t) {
  t.begin("expand_dims", "f[2,3]", R"({"axis":-1})");
  t.c(gt_expand_dims(t.ctx(), t.in(0), -1));
  t.cpp(expand_dims(t.tensor(0), -1));
}
inline void call_expm(TypedCalls& t) {
  t.begin("expm", "f[3,3]", R"({})");
  t.c(gt_expm(t.ctx(), t.in(0)));
  t.cpp(expm(t.tensor(0)));
  t.begin("expm", "f[2,2,2]", R"({})");
  t.c(gt_expm(t.ctx(), t.in(0)));
  t.cpp(expm(t.tensor(0)));
}
inline void call_expm1(TypedCalls& t) {
  t.begin("expm1", "f[2,3]", R"({})");
  t.c(gt_expm1(t.ctx(), t.in(0)));
  t.cpp(expm1(t.tensor(0)));
}
inline void call_eye(TypedCalls& t) {
  t.begin("eye", "", R"({"num_columns":2,"num_rows":3})");
  t.c(gt_eye(t.ctx(), 3, 2, nullptr, 0, 0));
  t.cpp(eye(t.context(), 3, 2, Axes(), std::nullopt));
  {
    EyeAttrs a;
    a.num_rows = 3;
    a.num_columns = 2;
    t.cpp(eye(t.context(), a));
  }
}
inline void call_fill(TypedCalls& t) {
  t.begin("fill", "f[]", R"({"shape":[2,3]})");
  t.c(gt_fill(t.ctx(), t.in(0), ints{2, 3}.data(), 2));
  t.cpp(fill(t.tensor(0), Axes{2, 3}));
}
inline void call_floor(TypedCalls& t) {
  t.begin("floor", "f[2,3]", R"({})");
  t.c(gt_floor(t.ctx(), t.in(0)));
  t.cpp(floor(t.tensor(0)));
}
inline void call_floor_divide(TypedCalls& t) {
  t.begin("floor_divide", "f[2,3] p[3]", R"({})");
  t.c(gt_floor_divide(t.ctx(), t.in(0), t.in(1)));
  t.cpp(floor_divide(t.tensor(0), t.tensor(1)));
}
inline void call_fma(TypedCalls& t) {
  t.begin("fma", "f[2,3] f[3] f[2,1]", R"({})");
  t.c(gt_fma(t.ctx(), t.in(0), t.in(1), t.in(2)));
  t.cpp(fma(t.tensor(0), t.tensor(1), t.tensor(2)));
}
inline void call_gather(TypedCalls& t) {
  t.begin("gather", "f[4,3] i4[2]", R"({"axis":0})");
  t.c(gt_gather(t.ctx(), t.in(0), t.in(1), 0, 0));
  t.cpp(gather(t.tensor(0), t.tensor(1), 0, 0));
  {
    GatherAttrs a;
    a.axis = 0;
    t.cpp(gather(t.tensor(0), t.tensor(1), a));
  }
  t.begin("gather", "f[2,4] i4[2,3]", R"({"axis":1,"batch_dims":1})");
  t.c(gt_gather(t.ctx(), t.in(0), t.in(1), 1, 1));
  t.cpp(gather(t.tensor(0), t.tensor(1), 1, 1));
  {
    GatherAttrs a;
    a.axis = 1;
    a.batch_dims = 1;
    t.cpp(gather(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_gather_nd(TypedCalls& t) {
  t.begin("gather_nd", "f[3,3,2] i3[4,2]", R"({})");
  t.c(gt_gather_nd(t.ctx(), t.in(0), t.in(1), 0));
  t.cpp(gather_nd(t.tensor(0), t.tensor(1), 0));
  t.begin("gather_nd", "f[2,3,2] i2[2,2,2]", R"({"batch_dims":1})");
  t.c(gt_gather_nd(t.ctx(), t.in(0), t.in(1), 1));
  t.cpp(gather_nd(t.tensor(0), t.tensor(1), 1));
}
inline void call_gelu(TypedCalls& t) {
  t.begin("gelu", "f[2,3]", R"({})");
  t.c(gt_gelu(t.ctx(), t.in(0), false));
  t.cpp(gelu(t.tensor(0), false));
  t.begin("gelu", "f[2,3]", R"({"approximate":true})");
  t.c(gt_gelu(t.ctx(), t.in(0), true));
  t.cpp(gelu(t.tensor(0), true));
}
inline void call_greater(TypedCalls& t) {
  t.begin("greater", "f[2,3] f[3]", R"({})");
  t.c(gt_greater(t.ctx(), t.in(0), t.in(1)));
  t.cpp(greater(t.tensor(0), t.tensor(1)));
}
inline void call_greater_equal(TypedCalls& t) {
  t.begin("greater_equal", "f[2,3] f[3]", R"({})");
  t.c(gt_greater_equal(t.ctx(), t.in(0), t.in(1)));
  t.cpp(greater_equal(t.tensor(0), t.tensor(1)));
}
inline void call_huber_loss(TypedCalls& t) {
  t.begin("huber_loss", "f[2,3] f[2,3]", R"({"delta":0.8,"reduction":"mean"})");
  t.c(gt_huber_loss(t.ctx(), t.in(0), t.in(1), 0.8, "mean"));
  t.cpp(huber_loss(t.tensor(0), t.tensor(1), 0.8, "mean"));
  {
    HuberLossAttrs a;
    a.delta = 0.8;
    a.reduction = "mean";
    t.cpp(huber_loss(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_hypot(TypedCalls& t) {
  t.begin("hypot", "f[2,3] f[3]", R"({})");
  t.c(gt_hypot(t.ctx(), t.in(0), t.in(1)));
  t.cpp(hypot(t.tensor(0), t.tensor(1)));
}
inline void call_identity(TypedCalls& t) {
  t.begin("identity", "f[2,3]", R"({})");
  t.c(gt_identity(t.ctx(), t.in(0)));
  t.cpp(identity(t.tensor(0)));
}
inline void call_inv(TypedCalls& t) {
  t.begin("inv", "s[3,3]", R"({})");
  t.c(gt_inv(t.ctx(), t.in(0)));
  t.cpp(inv(t.tensor(0)));
  t.begin("inv", "s[2,2,2]", R"({})");
  t.c(gt_inv(t.ctx(), t.in(0)));
  t.cpp(inv(t.tensor(0)));
}
inline void call_is_finite(TypedCalls& t) {
  t.begin("is_finite", "f[2,3]", R"({})");
  t.c(gt_is_finite(t.ctx(), t.in(0)));
  t.cpp(is_finite(t.tensor(0)));
}
inline void call_is_inf(TypedCalls& t) {
  t.begin("is_inf", "f[2,3]", R"({})");
  t.c(gt_is_inf(t.ctx(), t.in(0)));
  t.cpp(is_inf(t.tensor(0)));
}
inline void call_is_nan(TypedCalls& t) {
  t.begin("is_nan", "f[2,3]", R"({})");
  t.c(gt_is_nan(t.ctx(), t.in(0)));
  t.cpp(is_nan(t.tensor(0)));
}
inline void call_kron(TypedCalls& t) {
  t.begin("kron", "f[2,1] f[2,3]", R"({})");
  t.c(gt_kron(t.ctx(), t.in(0), t.in(1)));
  t.cpp(kron(t.tensor(0), t.tensor(1)));
}
inline void call_l2_normalize(TypedCalls& t) {
  t.begin("l2_normalize", "f[2,3]", R"({"axis":[1]})");
  t.c(gt_l2_normalize(t.ctx(), t.in(0), ints{1}.data(), 1, 1e-12));
  t.cpp(l2_normalize(t.tensor(0), Axes{1}, 1e-12));
  {
    L2NormalizeAttrs a;
    a.axis = Axes{1};
    t.cpp(l2_normalize(t.tensor(0), a));
  }
}
inline void call_layer_normalization(TypedCalls& t) {
  t.begin("layer_normalization", "f[3,4] f[4] f[4]", R"({})");
  t.c(gt_layer_normalization(t.ctx(), t.in(0), t.in(1), t.in(2), nullptr, 0, 0.001));
  t.cpp(layer_normalization(t.tensor(0), t.tensor(1), t.tensor(2), Axes(), 0.001));
  {
    LayerNormalizationAttrs a;
    t.cpp(layer_normalization(t.tensor(0), t.tensor(1), t.tensor(2), a));
  }
  t.begin("layer_normalization", "f[2,2,3] f[2,3] f[2,3]", R"({"axis":[1,2]})");
  t.c(gt_layer_normalization(t.ctx(), t.in(0), t.in(1), t.in(2), ints{1, 2}.data(), 2, 0.001));
  t.cpp(layer_normalization(t.tensor(0), t.tensor(1), t.tensor(2), Axes{1, 2}, 0.001));
  {
    LayerNormalizationAttrs a;
    a.axis = Axes{1, 2};
    t.cpp(layer_normalization(t.tensor(0), t.tensor(1), t.tensor(2), a));
  }
}
inline void call_leaky_relu(TypedCalls& t) {
  t.begin("leaky_relu", "f[2,3]", R"({"alpha":0.125})");
  t.c(gt_leaky_relu(t.ctx(), t.in(0), 0.125));
  t.cpp(leaky_relu(t.tensor(0), 0.125));
}
inline void call_lerp(TypedCalls& t) {
  t.begin("lerp", "f[2,3] f[3] f[]", R"({})");
  t.c(gt_lerp(t.ctx(), t.in(0), t.in(1), t.in(2)));
  t.cpp(lerp(t.tensor(0), t.tensor(1), t.tensor(2)));
}
inline void call_less(TypedCalls& t) {
  t.begin("less", "f[2,3] f[3]", R"({})");
  t.c(gt_less(t.ctx(), t.in(0), t.in(1)));
  t.cpp(less(t.tensor(0), t.tensor(1)));
}
inline void call_less_equal(TypedCalls& t) {
  t.begin("less_equal", "f[2,3] f[3]", R"({})");
  t.c(gt_less_equal(t.ctx(), t.in(0), t.in(1)));
  t.cpp(less_equal(t.tensor(0), t.tensor(1)));
}
inline void call_lgamma(TypedCalls& t) {
  t.begin("lgamma", "p[2,3]", R"({})");
  t.c(gt_lgamma(t.ctx(), t.in(0)));
  t.cpp(lgamma(t.tensor(0)));
}
inline void call_linear_scan(TypedCalls& t) {
  t.begin("linear_scan", "u[5] f[5]", R"({})");
  t.c(gt_linear_scan(t.ctx(), t.in(0), t.in(1), 0, false));
  t.cpp(linear_scan(t.tensor(0), t.tensor(1), 0, false));
  {
    LinearScanAttrs a;
    t.cpp(linear_scan(t.tensor(0), t.tensor(1), a));
  }
  t.begin("linear_scan", "u[2,4] f[2,4]", R"({"axis":1,"reverse":true})");
  t.c(gt_linear_scan(t.ctx(), t.in(0), t.in(1), 1, true));
  t.cpp(linear_scan(t.tensor(0), t.tensor(1), 1, true));
  {
    LinearScanAttrs a;
    a.axis = 1;
    a.reverse = true;
    t.cpp(linear_scan(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_linspace(TypedCalls& t) {
  t.begin("linspace", "f[] f[]", R"({"num":4})");
  t.c(gt_linspace(t.ctx(), t.in(0), t.in(1), 4, 0));
  t.cpp(linspace(t.tensor(0), t.tensor(1), 4, 0));
  {
    LinspaceAttrs a;
    a.num = 4;
    t.cpp(linspace(t.tensor(0), t.tensor(1), a));
  }
  t.begin("linspace", "f[2] f[2]", R"({"axis":-1,"num":3})");
  t.c(gt_linspace(t.ctx(), t.in(0), t.in(1), 3, -1));
  t.cpp(linspace(t.tensor(0), t.tensor(1), 3, -1));
  {
    LinspaceAttrs a;
    a.num = 3;
    a.axis = -1;
    t.cpp(linspace(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_log(TypedCalls& t) {
  t.begin("log", "p[2,3]", R"({})");
  t.c(gt_log(t.ctx(), t.in(0)));
  t.cpp(log(t.tensor(0)));
}
inline void call_log1p(TypedCalls& t) {
  t.begin("log1p", "p[2,3]", R"({})");
  t.c(gt_log1p(t.ctx(), t.in(0)));
  t.cpp(log1p(t.tensor(0)));
}
inline void call_log2(TypedCalls& t) {
  t.begin("log2", "p[2,3]", R"({})");
  t.c(gt_log2(t.ctx(), t.in(0)));
  t.cpp(log2(t.tensor(0)));
}
inline void call_log_sigmoid(TypedCalls& t) {
  t.begin("log_sigmoid", "f[2,3]", R"({})");
  t.c(gt_log_sigmoid(t.ctx(), t.in(0)));
  t.cpp(log_sigmoid(t.tensor(0)));
}
inline void call_log_softmax(TypedCalls& t) {
  t.begin("log_softmax", "f[2,3]", R"({"axis":0})");
  t.c(gt_log_softmax(t.ctx(), t.in(0), 0));
  t.cpp(log_softmax(t.tensor(0), 0));
}
inline void call_logcumsumexp(TypedCalls& t) {
  t.begin("logcumsumexp", "f[4]", R"({})");
  t.c(gt_logcumsumexp(t.ctx(), t.in(0), 0, false, false));
  t.cpp(logcumsumexp(t.tensor(0), 0, false, false));
  {
    LogcumsumexpAttrs a;
    t.cpp(logcumsumexp(t.tensor(0), a));
  }
  t.begin("logcumsumexp", "f[3,2]", R"({"reverse":true})");
  t.c(gt_logcumsumexp(t.ctx(), t.in(0), 0, false, true));
  t.cpp(logcumsumexp(t.tensor(0), 0, false, true));
  {
    LogcumsumexpAttrs a;
    a.reverse = true;
    t.cpp(logcumsumexp(t.tensor(0), a));
  }
  t.begin("logcumsumexp", "f[]", R"({})");
  t.c(gt_logcumsumexp(t.ctx(), t.in(0), 0, false, false));
  t.cpp(logcumsumexp(t.tensor(0), 0, false, false));
  {
    LogcumsumexpAttrs a;
    t.cpp(logcumsumexp(t.tensor(0), a));
  }
  t.begin("logcumsumexp", "f[2,4]", R"({"axis":1})");
  t.c(gt_logcumsumexp(t.ctx(), t.in(0), 1, false, false));
  t.cpp(logcumsumexp(t.tensor(0), 1, false, false));
  {
    LogcumsumexpAttrs a;
    a.axis = 1;
    t.cpp(logcumsumexp(t.tensor(0), a));
  }
}
inline void call_logical_and(TypedCalls& t) {
  t.begin("logical_and", "b[2,3] b[3]", R"({})");
  t.c(gt_logical_and(t.ctx(), t.in(0), t.in(1)));
  t.cpp(logical_and(t.tensor(0), t.tensor(1)));
}
inline void call_logical_not(TypedCalls& t) {
  t.begin("logical_not", "b[2,3]", R"({})");
  t.c(gt_logical_not(t.ctx(), t.in(0)));
  t.cpp(logical_not(t.tensor(0)));
}
inline void call_logical_or(TypedCalls& t) {
  t.begin("logical_or", "b[2,3] b[3]", R"({})");
  t.c(gt_logical_or(t.ctx(), t.in(0), t.in(1)));
  t.cpp(logical_or(t.tensor(0), t.tensor(1)));
}
inline void call_logical_xor(TypedCalls& t) {
  t.begin("logical_xor", "b[2,3] b[3]", R"({})");
  t.c(gt_logical_xor(t.ctx(), t.in(0), t.in(1)));
  t.cpp(logical_xor(t.tensor(0), t.tensor(1)));
}
inline void call_lstsq(TypedCalls& t) {
  t.begin("lstsq", "f[4,2] f[4,1]", R"({})");
  t.c(gt_lstsq(t.ctx(), t.in(0), t.in(1), 0));
  t.cpp(lstsq(t.tensor(0), t.tensor(1), 0));
  t.begin("lstsq", "f[2,3] f[2,1]", R"({})");
  t.c(gt_lstsq(t.ctx(), t.in(0), t.in(1), 0));
  t.cpp(lstsq(t.tensor(0), t.tensor(1), 0));
  t.begin("lstsq", "f[2,3,2] f[2,3,1]", R"({"l2_regularizer":0.5})");
  t.c(gt_lstsq(t.ctx(), t.in(0), t.in(1), 0.5));
  t.cpp(lstsq(t.tensor(0), t.tensor(1), 0.5));
  t.begin("lstsq", "f[2,4,2] f[4]", R"({})");
  t.c(gt_lstsq(t.ctx(), t.in(0), t.in(1), 0));
  t.cpp(lstsq(t.tensor(0), t.tensor(1), 0));
}
inline void call_matmul(TypedCalls& t) {
  t.begin("matmul", "f[2,3] f[3,2]", R"({})");
  t.c(gt_matmul(t.ctx(), t.in(0), t.in(1), false, false));
  t.cpp(matmul(t.tensor(0), t.tensor(1), false, false));
  {
    MatmulAttrs a;
    t.cpp(matmul(t.tensor(0), t.tensor(1), a));
  }
  t.begin("matmul", "f[3,2] f[4,3]", R"({"transpose_a":true,"transpose_b":true})");
  t.c(gt_matmul(t.ctx(), t.in(0), t.in(1), true, true));
  t.cpp(matmul(t.tensor(0), t.tensor(1), true, true));
  {
    MatmulAttrs a;
    a.transpose_a = true;
    a.transpose_b = true;
    t.cpp(matmul(t.tensor(0), t.tensor(1), a));
  }
  t.begin("matmul", "f[2,2,3] f[3,2]", R"({})");
  t.c(gt_matmul(t.ctx(), t.in(0), t.in(1), false, false));
  t.cpp(matmul(t.tensor(0), t.tensor(1), false, false));
  {
    MatmulAttrs a;
    t.cpp(matmul(t.tensor(0), t.tensor(1), a));
  }
  t.begin("matmul", "f[3,1,2,2] f[2,2,3]", R"({})");
  t.c(gt_matmul(t.ctx(), t.in(0), t.in(1), false, false));
  t.cpp(matmul(t.tensor(0), t.tensor(1), false, false));
  {
    MatmulAttrs a;
    t.cpp(matmul(t.tensor(0), t.tensor(1), a));
  }
  t.begin("matmul", "f[3] f[3]", R"({})");
  t.c(gt_matmul(t.ctx(), t.in(0), t.in(1), false, false));
  t.cpp(matmul(t.tensor(0), t.tensor(1), false, false));
  {
    MatmulAttrs a;
    t.cpp(matmul(t.tensor(0), t.tensor(1), a));
  }
  t.begin("matmul", "f[2,2,3] f[3]", R"({})");
  t.c(gt_matmul(t.ctx(), t.in(0), t.in(1), false, false));
  t.cpp(matmul(t.tensor(0), t.tensor(1), false, false));
  {
    MatmulAttrs a;
    t.cpp(matmul(t.tensor(0), t.tensor(1), a));
  }
  t.begin("matmul", "f[3] f[2,2,3]", R"({"transpose_b":true})");
  t.c(gt_matmul(t.ctx(), t.in(0), t.in(1), false, true));
  t.cpp(matmul(t.tensor(0), t.tensor(1), false, true));
  {
    MatmulAttrs a;
    a.transpose_b = true;
    t.cpp(matmul(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_matrix_power(TypedCalls& t) {
  t.begin("matrix_power", "s[2,2]", R"({"n":3})");
  t.c(gt_matrix_power(t.ctx(), t.in(0), 3));
  t.cpp(matrix_power(t.tensor(0), 3));
  t.begin("matrix_power", "s[2,2]", R"({"n":-2})");
  t.c(gt_matrix_power(t.ctx(), t.in(0), -2));
  t.cpp(matrix_power(t.tensor(0), -2));
}
inline void call_max_pool2d(TypedCalls& t) {
  t.begin("max_pool2d", "f[1,4,4,2]", R"({"ksize":2,"strides":2})");
  t.c(gt_max_pool2d(t.ctx(), t.in(0), nullptr, 2, nullptr, 2, nullptr));
  t.cpp(max_pool2d(t.tensor(0), Axes(2), Axes(2), "VALID"));
  {
    MaxPool2dAttrs a;
    a.ksize = Axes(2);
    a.strides = Axes(2);
    t.cpp(max_pool2d(t.tensor(0), a));
  }
  t.begin("max_pool2d", "f[2,3,4,1]", R"({"ksize":[3,2],"padding":"SAME","strides":[2,1]})");
  t.c(gt_max_pool2d(t.ctx(), t.in(0), ints{3, 2}.data(), 2, ints{2, 1}.data(), 2, "SAME"));
  t.cpp(max_pool2d(t.tensor(0), Axes{3, 2}, Axes{2, 1}, "SAME"));
  {
    MaxPool2dAttrs a;
    a.ksize = Axes{3, 2};
    a.strides = Axes{2, 1};
    a.padding = "SAME";
    t.cpp(max_pool2d(t.tensor(0), a));
  }
}
inline void call_maximum(TypedCalls& t) {
  t.begin("maximum", "f[2,3] f[3]", R"({})");
  t.c(gt_maximum(t.ctx(), t.in(0), t.in(1)));
  t.cpp(maximum(t.tensor(0), t.tensor(1)));
}
inline void call_minimum(TypedCalls& t) {
  t.begin("minimum", "f[2,3] f[3]", R"({})");
  t.c(gt_minimum(t.ctx(), t.in(0), t.in(1)));
  t.cpp(minimum(t.tensor(0), t.tensor(1)));
}
inline void call_mod(TypedCalls& t) {
  t.begin("mod", "f[2,3] p[3]", R"({})");
  t.c(gt_mod(t.ctx(), t.in(0), t.in(1)));
  t.cpp(mod(t.tensor(0), t.tensor(1)));
}
inline void call_moments(TypedCalls& t) {
  t.begin("moments", "f[4,3]", R"({"axes":[0]})");
  t.c_many(gt_moments(t.ctx(), t.in(0), ints{0}.data(), 1, false, t.out(), t.room(), t.count()));
  t.cpp(moments(t.tensor(0), Axes{0}, false));
  {
    MomentsAttrs a;
    a.axes = Axes{0};
    t.cpp(moments(t.tensor(0), a));
  }
}
inline void call_mse(TypedCalls& t) {
  t.begin("mse", "f[2,3] f[3]", R"({"reduction":"sum"})");
  t.c(gt_mse(t.ctx(), t.in(0), t.in(1), "sum"));
  t.cpp(mse(t.tensor(0), t.tensor(1), "sum"));
}
inline void call_multiply(TypedCalls& t) {
  t.begin("multiply", "f[2,3] f[3]", R"({})");
  t.c(gt_multiply(t.ctx(), t.in(0), t.in(1)));
  t.cpp(multiply(t.tensor(0), t.tensor(1)));
  t.begin("multiply", "f[2,1] f[1,3]", R"({})");
  t.c(gt_multiply(t.ctx(), t.in(0), t.in(1)));
  t.cpp(multiply(t.tensor(0), t.tensor(1)));
}
inline void call_multiply_no_nan(TypedCalls& t) {
  t.begin("multiply_no_nan", "f[2,3] f[3]", R"({})");
  t.c(gt_multiply_no_nan(t.ctx(), t.in(0), t.in(1)));
  t.cpp(multiply_no_nan(t.tensor(0), t.tensor(1)));
}
inline void call_negative(TypedCalls& t) {
  t.begin("negative", "f[2,3]", R"({})");
  t.c(gt_negative(t.ctx(), t.in(0)));
  t.cpp(negative(t.tensor(0)));
}
inline void call_norm(TypedCalls& t) {
  t.begin("norm", "f[2,3]", R"({})");
  t.c(gt_norm(t.ctx(), t.in(0), "euclidean", nullptr, 0, false));
  t.cpp(norm(t.tensor(0), "euclidean", Axes(), false));
  {
    NormAttrs a;
    t.cpp(norm(t.tensor(0), a));
  }
  t.begin("norm", "f[2,3]", R"({"axis":1,"ord":3})");
  t.c(gt_norm(t.ctx(), t.in(0), "3", ints{1}.data(), 1, false));
  t.cpp(norm(t.tensor(0), 3, Axes(1), false));
  {
    NormAttrs a;
    a.ord = 3;
    a.axis = Axes(1);
    t.cpp(norm(t.tensor(0), a));
  }
  t.begin("norm", "f[2,3]", R"({"axis":[0,1],"ord":1})");
  t.c(gt_norm(t.ctx(), t.in(0), "1", ints{0, 1}.data(), 2, false));
  t.cpp(norm(t.tensor(0), 1, Axes{0, 1}, false));
  {
    NormAttrs a;
    a.ord = 1;
    a.axis = Axes{0, 1};
    t.cpp(norm(t.tensor(0), a));
  }
  t.begin("norm", "f[2,3]", R"({"axis":0,"ord":-1.5})");
  t.c(gt_norm(t.ctx(), t.in(0), "-1.5", ints{0}.data(), 1, false));
  t.cpp(norm(t.tensor(0), -1.5, Axes(0), false));
  {
    NormAttrs a;
    a.ord = -1.5;
    a.axis = Axes(0);
    t.cpp(norm(t.tensor(0), a));
  }
  t.begin("norm", "f[2,3]", R"({"axis":0,"ord":"-inf"})");
  t.c(gt_norm(t.ctx(), t.in(0), "-inf", ints{0}.data(), 1, false));
  t.cpp(norm(t.tensor(0), "-inf", Axes(0), false));
  {
    NormAttrs a;
    a.ord = "-inf";
    a.axis = Axes(0);
    t.cpp(norm(t.tensor(0), a));
  }
  t.begin("norm", "f[2,2,3]", R"({"axis":[0,2],"ord":"nuc"})");
  t.c(gt_norm(t.ctx(), t.in(0), "nuc", ints{0, 2}.data(), 2, false));
  t.cpp(norm(t.tensor(0), "nuc", Axes{0, 2}, false));
  {
    NormAttrs a;
    a.ord = "nuc";
    a.axis = Axes{0, 2};
    t.cpp(norm(t.tensor(0), a));
  }
  t.begin("norm", "f[2,3]", R"({"axis":[1,0],"ord":-2})");
  t.c(gt_norm(t.ctx(), t.in(0), "-2", ints{1, 0}.data(), 2, false));
  t.cpp(norm(t.tensor(0), -2, Axes{1, 0}, false));
  {
    NormAttrs a;
    a.ord = -2;
    a.axis = Axes{1, 0};
    t.cpp(norm(t.tensor(0), a));
  }
}
inline void call_not_equal(TypedCalls& t) {
  t.begin("not_equal", "f[2,3] f[3]", R"({})");
  t.c(gt_not_equal(t.ctx(), t.in(0), t.in(1)));
  t.cpp(not_equal(t.tensor(0), t.tensor(1)));
}
inline void call_one_hot(TypedCalls& t) {
  t.begin("one_hot", "i3[2]", R"({"depth":3})");
  t.c(gt_one_hot(t.ctx(), t.in(0), 3, -1, 1, 0, 0));
  t.cpp(one_hot(t.tensor(0), 3, -1, 1, 0, std::nullopt));
  {
    OneHotAttrs a;
    a.depth = 3;
    t.cpp(one_hot(t.tensor(0), a));
  }
}
inline void call_ones_like(TypedCalls& t) {
  t.begin("ones_like", "f[2,3]", R"({})");
  t.c(gt_ones_like(t.ctx(), t.in(0)));
  t.cpp(ones_like(t.tensor(0)));
}
inline void call_outer(TypedCalls& t) {
  t.begin("outer", "f[2] f[3]", R"({})");
  t.c(gt_outer(t.ctx(), t.in(0), t.in(1)));
  t.cpp(outer(t.tensor(0), t.tensor(1)));
}
inline void call_pad(TypedCalls& t) {
  t.begin("pad", "f[2,3]", R"({"constant_values":2,"paddings":[[1,0],[0,2]]})");
  t.c(gt_pad(t.ctx(), t.in(0), ints{1, 0, 0, 2}.data(), 4, nullptr, 2));
  t.cpp(pad(t.tensor(0), Axes{{1, 0}, {0, 2}}, "CONSTANT", 2));
  {
    PadAttrs a;
    a.paddings = Axes{{1, 0}, {0, 2}};
    a.constant_values = 2;
    t.cpp(pad(t.tensor(0), a));
  }
  t.begin("pad", "f[3]", R"({"mode":"REFLECT","paddings":[[1,2]]})");
  t.c(gt_pad(t.ctx(), t.in(0), ints{1, 2}.data(), 2, "REFLECT", 0));
  t.cpp(pad(t.tensor(0), Axes{{1, 2}}, "REFLECT", 0));
  {
    PadAttrs a;
    a.paddings = Axes{{1, 2}};
    a.mode = "REFLECT";
    t.cpp(pad(t.tensor(0), a));
  }
}
inline void call_polygamma(TypedCalls& t) {
  t.begin("polygamma", "p[2,3]", R"({"n":0})");
  t.c(gt_polygamma(t.ctx(), t.in(0), 0));
  t.cpp(polygamma(t.tensor(0), 0));
  t.begin("polygamma", "p[2,3]", R"({"n":2})");
  t.c(gt_polygamma(t.ctx(), t.in(0), 2));
  t.cpp(polygamma(t.tensor(0), 2));
}
inline void call_pow(TypedCalls& t) {
  t.begin("pow", "p[2,3] f[3]", R"({})");
  t.c(gt_pow(t.ctx(), t.in(0), t.in(1)));
  t.cpp(pow(t.tensor(0), t.tensor(1)));
}
inline void call_qr(TypedCalls& t) {
  t.begin("qr", "s[3,3]", R"({})");
  t.c_many(gt_qr(t.ctx(), t.in(0), true, t.out(), t.room(), t.count()));
  t.cpp(qr(t.tensor(0), true));
  t.begin("qr", "f[4,2]", R"({"positive_diagonal":false})");
  t.c_many(gt_qr(t.ctx(), t.in(0), false, t.out(), t.room(), t.count()));
  t.cpp(qr(t.tensor(0), false));
  t.begin("qr", "f[2,2,3]", R"({})");
  t.c_many(gt_qr(t.ctx(), t.in(0), true, t.out(), t.room(), t.count()));
  t.cpp(qr(t.tensor(0), true));
}
inline void call_random_normal(TypedCalls& t) {
  t.begin("random_normal", "", R"({"dtype":"float64","shape":[3,4]})");
  t.c(gt_random_normal(t.ctx(), ints{3, 4}.data(), 2, GT_FLOAT64, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT));
  {
    gt_random_normal_attrs a = GT_RANDOM_NORMAL_ATTRS_DEFAULT;
    const ints shape{3, 4};
    a.shape = shape.data(), a.n_shape = 2;
    a.dtype = GT_FLOAT64;
    t.c(gt_random_normal_with(t.ctx(), &a));
    t.sizes(a, [&](const gt_random_normal_attrs* given) { return gt_random_normal_with(t.ctx(), given); });
  }
  t.cpp(random_normal(t.context(), Axes{3, 4}, Dtype::float64, 0, 1, std::nullopt, std::nullopt));
  {
    RandomNormalAttrs a;
    a.shape = Axes{3, 4};
    a.dtype = Dtype::float64;
    t.cpp(random_normal(t.context(), a));
  }
}
inline void call_random_uniform(TypedCalls& t) {
  t.begin("random_uniform", "", R"({"dtype":"float64","shape":[3,4]})");
  t.c(gt_random_uniform(t.ctx(), ints{3, 4}.data(), 2, GT_FLOAT64, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT));
  {
    gt_random_uniform_attrs a = GT_RANDOM_UNIFORM_ATTRS_DEFAULT;
    const ints shape{3, 4};
    a.shape = shape.data(), a.n_shape = 2;
    a.dtype = GT_FLOAT64;
    t.c(gt_random_uniform_with(t.ctx(), &a));
    t.sizes(a, [&](const gt_random_uniform_attrs* given) { return gt_random_uniform_with(t.ctx(), given); });
  }
  t.cpp(random_uniform(t.context(), Axes{3, 4}, Dtype::float64, 0, 1, std::nullopt, std::nullopt));
  {
    RandomUniformAttrs a;
    a.shape = Axes{3, 4};
    a.dtype = Dtype::float64;
    t.cpp(random_uniform(t.context(), a));
  }
}
inline void call_range(TypedCalls& t) {
  t.begin("range", "", R"({"dtype":"int64","limit":5})");
  t.c(gt_range(t.ctx(), 0, 5, 1, GT_INT64));
  t.cpp(range(t.context(), 5, 0, 1, Dtype::int64));
  {
    RangeAttrs a;
    a.limit = 5;
    a.dtype = Dtype::int64;
    t.cpp(range(t.context(), a));
  }
}
inline void call_reciprocal(TypedCalls& t) {
  t.begin("reciprocal", "p[2,3]", R"({})");
  t.c(gt_reciprocal(t.ctx(), t.in(0)));
  t.cpp(reciprocal(t.tensor(0)));
}
inline void call_reduce_all(TypedCalls& t) {
  t.begin("reduce_all", "b[2,3]", R"({"axis":1})");
  t.c(gt_reduce_all(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_all(t.tensor(0), Axes(1), false));
  {
    ReduceAllAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_all(t.tensor(0), a));
  }
}
inline void call_reduce_any(TypedCalls& t) {
  t.begin("reduce_any", "b[2,3]", R"({"axis":1})");
  t.c(gt_reduce_any(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_any(t.tensor(0), Axes(1), false));
  {
    ReduceAnyAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_any(t.tensor(0), a));
  }
}
inline void call_reduce_logsumexp(TypedCalls& t) {
  t.begin("reduce_logsumexp", "f[2,3]", R"({})");
  t.c(gt_reduce_logsumexp(t.ctx(), t.in(0), nullptr, 0, false));
  t.cpp(reduce_logsumexp(t.tensor(0), Axes(), false));
  {
    ReduceLogsumexpAttrs a;
    t.cpp(reduce_logsumexp(t.tensor(0), a));
  }
  t.begin("reduce_logsumexp", "f[2,3,2]", R"({"axis":[0,2],"keepdims":true})");
  t.c(gt_reduce_logsumexp(t.ctx(), t.in(0), ints{0, 2}.data(), 2, true));
  t.cpp(reduce_logsumexp(t.tensor(0), Axes{0, 2}, true));
  {
    ReduceLogsumexpAttrs a;
    a.axis = Axes{0, 2};
    a.keepdims = true;
    t.cpp(reduce_logsumexp(t.tensor(0), a));
  }
  t.begin("reduce_logsumexp", "f[2,3]", R"({"axis":1})");
  t.c(gt_reduce_logsumexp(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_logsumexp(t.tensor(0), Axes(1), false));
  {
    ReduceLogsumexpAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_logsumexp(t.tensor(0), a));
  }
}
inline void call_reduce_max(TypedCalls& t) {
  t.begin("reduce_max", "f[2,3]", R"({})");
  t.c(gt_reduce_max(t.ctx(), t.in(0), nullptr, 0, false));
  t.cpp(reduce_max(t.tensor(0), Axes(), false));
  {
    ReduceMaxAttrs a;
    t.cpp(reduce_max(t.tensor(0), a));
  }
  t.begin("reduce_max", "f[2,3,2]", R"({"axis":[0,2],"keepdims":true})");
  t.c(gt_reduce_max(t.ctx(), t.in(0), ints{0, 2}.data(), 2, true));
  t.cpp(reduce_max(t.tensor(0), Axes{0, 2}, true));
  {
    ReduceMaxAttrs a;
    a.axis = Axes{0, 2};
    a.keepdims = true;
    t.cpp(reduce_max(t.tensor(0), a));
  }
  t.begin("reduce_max", "f[2,3]", R"({"axis":1})");
  t.c(gt_reduce_max(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_max(t.tensor(0), Axes(1), false));
  {
    ReduceMaxAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_max(t.tensor(0), a));
  }
}
inline void call_reduce_mean(TypedCalls& t) {
  t.begin("reduce_mean", "f[2,3]", R"({})");
  t.c(gt_reduce_mean(t.ctx(), t.in(0), nullptr, 0, false));
  t.cpp(reduce_mean(t.tensor(0), Axes(), false));
  {
    ReduceMeanAttrs a;
    t.cpp(reduce_mean(t.tensor(0), a));
  }
  t.begin("reduce_mean", "f[2,3,2]", R"({"axis":[0,2],"keepdims":true})");
  t.c(gt_reduce_mean(t.ctx(), t.in(0), ints{0, 2}.data(), 2, true));
  t.cpp(reduce_mean(t.tensor(0), Axes{0, 2}, true));
  {
    ReduceMeanAttrs a;
    a.axis = Axes{0, 2};
    a.keepdims = true;
    t.cpp(reduce_mean(t.tensor(0), a));
  }
  t.begin("reduce_mean", "f[2,3]", R"({"axis":1})");
  t.c(gt_reduce_mean(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_mean(t.tensor(0), Axes(1), false));
  {
    ReduceMeanAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_mean(t.tensor(0), a));
  }
}
inline void call_reduce_min(TypedCalls& t) {
  t.begin("reduce_min", "f[2,3]", R"({})");
  t.c(gt_reduce_min(t.ctx(), t.in(0), nullptr, 0, false));
  t.cpp(reduce_min(t.tensor(0), Axes(), false));
  {
    ReduceMinAttrs a;
    t.cpp(reduce_min(t.tensor(0), a));
  }
  t.begin("reduce_min", "f[2,3,2]", R"({"axis":[0,2],"keepdims":true})");
  t.c(gt_reduce_min(t.ctx(), t.in(0), ints{0, 2}.data(), 2, true));
  t.cpp(reduce_min(t.tensor(0), Axes{0, 2}, true));
  {
    ReduceMinAttrs a;
    a.axis = Axes{0, 2};
    a.keepdims = true;
    t.cpp(reduce_min(t.tensor(0), a));
  }
  t.begin("reduce_min", "f[2,3]", R"({"axis":1})");
  t.c(gt_reduce_min(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_min(t.tensor(0), Axes(1), false));
  {
    ReduceMinAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_min(t.tensor(0), a));
  }
}
inline void call_reduce_prod(TypedCalls& t) {
  t.begin("reduce_prod", "f[2,3]", R"({})");
  t.c(gt_reduce_prod(t.ctx(), t.in(0), nullptr, 0, false));
  t.cpp(reduce_prod(t.tensor(0), Axes(), false));
  {
    ReduceProdAttrs a;
    t.cpp(reduce_prod(t.tensor(0), a));
  }
  t.begin("reduce_prod", "f[2,3,2]", R"({"axis":[0,2],"keepdims":true})");
  t.c(gt_reduce_prod(t.ctx(), t.in(0), ints{0, 2}.data(), 2, true));
  t.cpp(reduce_prod(t.tensor(0), Axes{0, 2}, true));
  {
    ReduceProdAttrs a;
    a.axis = Axes{0, 2};
    a.keepdims = true;
    t.cpp(reduce_prod(t.tensor(0), a));
  }
  t.begin("reduce_prod", "f[2,3]", R"({"axis":1})");
  t.c(gt_reduce_prod(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_prod(t.tensor(0), Axes(1), false));
  {
    ReduceProdAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_prod(t.tensor(0), a));
  }
}
inline void call_reduce_std(TypedCalls& t) {
  t.begin("reduce_std", "f[2,3]", R"({})");
  t.c(gt_reduce_std(t.ctx(), t.in(0), nullptr, 0, false));
  t.cpp(reduce_std(t.tensor(0), Axes(), false));
  {
    ReduceStdAttrs a;
    t.cpp(reduce_std(t.tensor(0), a));
  }
  t.begin("reduce_std", "f[2,3,2]", R"({"axis":[0,2],"keepdims":true})");
  t.c(gt_reduce_std(t.ctx(), t.in(0), ints{0, 2}.data(), 2, true));
  t.cpp(reduce_std(t.tensor(0), Axes{0, 2}, true));
  {
    ReduceStdAttrs a;
    a.axis = Axes{0, 2};
    a.keepdims = true;
    t.cpp(reduce_std(t.tensor(0), a));
  }
  t.begin("reduce_std", "f[2,3]", R"({"axis":1})");
  t.c(gt_reduce_std(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_std(t.tensor(0), Axes(1), false));
  {
    ReduceStdAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_std(t.tensor(0), a));
  }
}
inline void call_reduce_sum(TypedCalls& t) {
  t.begin("reduce_sum", "f[2,3]", R"({})");
  t.c(gt_reduce_sum(t.ctx(), t.in(0), nullptr, 0, false));
  t.cpp(reduce_sum(t.tensor(0), Axes(), false));
  {
    ReduceSumAttrs a;
    t.cpp(reduce_sum(t.tensor(0), a));
  }
  t.begin("reduce_sum", "f[2,3,2]", R"({"axis":[0,2],"keepdims":true})");
  t.c(gt_reduce_sum(t.ctx(), t.in(0), ints{0, 2}.data(), 2, true));
  t.cpp(reduce_sum(t.tensor(0), Axes{0, 2}, true));
  {
    ReduceSumAttrs a;
    a.axis = Axes{0, 2};
    a.keepdims = true;
    t.cpp(reduce_sum(t.tensor(0), a));
  }
  t.begin("reduce_sum", "f[2,3]", R"({"axis":1})");
  t.c(gt_reduce_sum(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_sum(t.tensor(0), Axes(1), false));
  {
    ReduceSumAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_sum(t.tensor(0), a));
  }
}
inline void call_reduce_variance(TypedCalls& t) {
  t.begin("reduce_variance", "f[2,3]", R"({})");
  t.c(gt_reduce_variance(t.ctx(), t.in(0), nullptr, 0, false));
  t.cpp(reduce_variance(t.tensor(0), Axes(), false));
  {
    ReduceVarianceAttrs a;
    t.cpp(reduce_variance(t.tensor(0), a));
  }
  t.begin("reduce_variance", "f[2,3,2]", R"({"axis":[0,2],"keepdims":true})");
  t.c(gt_reduce_variance(t.ctx(), t.in(0), ints{0, 2}.data(), 2, true));
  t.cpp(reduce_variance(t.tensor(0), Axes{0, 2}, true));
  {
    ReduceVarianceAttrs a;
    a.axis = Axes{0, 2};
    a.keepdims = true;
    t.cpp(reduce_variance(t.tensor(0), a));
  }
  t.begin("reduce_variance", "f[2,3]", R"({"axis":1})");
  t.c(gt_reduce_variance(t.ctx(), t.in(0), ints{1}.data(), 1, false));
  t.cpp(reduce_variance(t.tensor(0), Axes(1), false));
  {
    ReduceVarianceAttrs a;
    a.axis = Axes(1);
    t.cpp(reduce_variance(t.tensor(0), a));
  }
}
inline void call_relu(TypedCalls& t) {
  t.begin("relu", "f[2,3]", R"({})");
  t.c(gt_relu(t.ctx(), t.in(0)));
  t.cpp(relu(t.tensor(0)));
}
inline void call_relu6(TypedCalls& t) {
  t.begin("relu6", "f[2,3]", R"({})");
  t.c(gt_relu6(t.ctx(), t.in(0)));
  t.cpp(relu6(t.tensor(0)));
}
inline void call_repeat(TypedCalls& t) {
  t.begin("repeat", "f[2,3]", R"({"axis":1,"repeats":[2,0,1]})");
  t.c(gt_repeat(t.ctx(), t.in(0), ints{2, 0, 1}.data(), 3, 1));
  t.cpp(repeat(t.tensor(0), Axes{2, 0, 1}, 1));
  {
    RepeatAttrs a;
    a.repeats = Axes{2, 0, 1};
    a.axis = 1;
    t.cpp(repeat(t.tensor(0), a));
  }
  t.begin("repeat", "f[3]", R"({"repeats":2})");
  t.c(gt_repeat(t.ctx(), t.in(0), nullptr, 2, GT_DEFAULT_INT));
  t.cpp(repeat(t.tensor(0), Axes(2), std::nullopt));
  {
    RepeatAttrs a;
    a.repeats = Axes(2);
    t.cpp(repeat(t.tensor(0), a));
  }
}
inline void call_reshape(TypedCalls& t) {
  t.begin("reshape", "f[2,3]", R"({"shape":[3,-1]})");
  t.c(gt_reshape(t.ctx(), t.in(0), ints{3, -1}.data(), 2));
  t.cpp(reshape(t.tensor(0), Axes{3, -1}));
}
inline void call_reverse(TypedCalls& t) {
  t.begin("reverse", "f[2,3]", R"({"axis":[1]})");
  t.c(gt_reverse(t.ctx(), t.in(0), ints{1}.data(), 1));
  t.cpp(reverse(t.tensor(0), Axes{1}));
}
inline void call_roll(TypedCalls& t) {
  t.begin("roll", "f[2,3]", R"({"axis":[0,1],"shift":[1,-1]})");
  t.c(gt_roll(t.ctx(), t.in(0), ints{1, -1}.data(), 2, ints{0, 1}.data(), 2));
  t.cpp(roll(t.tensor(0), Axes{1, -1}, Axes{0, 1}));
  {
    RollAttrs a;
    a.shift = Axes{1, -1};
    a.axis = Axes{0, 1};
    t.cpp(roll(t.tensor(0), a));
  }
}
inline void call_round(TypedCalls& t) {
  t.begin("round", "f[2,3]", R"({})");
  t.c(gt_round(t.ctx(), t.in(0)));
  t.cpp(round(t.tensor(0)));
}
inline void call_rsqrt(TypedCalls& t) {
  t.begin("rsqrt", "p[2,3]", R"({})");
  t.c(gt_rsqrt(t.ctx(), t.in(0)));
  t.cpp(rsqrt(t.tensor(0)));
}
inline void call_scatter_add(TypedCalls& t) {
  t.begin("scatter_add", "i4[2] f[2,3]", R"({"axis":0,"shape":[4,3]})");
  t.c(gt_scatter_add(t.ctx(), t.in(0), t.in(1), ints{4, 3}.data(), 2, 0, 0));
  t.cpp(scatter_add(t.tensor(0), t.tensor(1), Axes{4, 3}, 0, 0));
  {
    ScatterAddAttrs a;
    a.shape = Axes{4, 3};
    a.axis = 0;
    t.cpp(scatter_add(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_scatter_nd(TypedCalls& t) {
  t.begin("scatter_nd", "i3[4,2] f[4,2]", R"({"shape":[3,3,2]})");
  t.c(gt_scatter_nd(t.ctx(), t.in(0), t.in(1), ints{3, 3, 2}.data(), 3));
  t.cpp(scatter_nd(t.tensor(0), t.tensor(1), Axes{3, 3, 2}));
}
inline void call_segment_sum(TypedCalls& t) {
  t.begin("segment_sum", "f[2,3] i1[2]", R"({})");
  t.c(gt_segment_sum(t.ctx(), t.in(0), t.in(1)));
  t.cpp(segment_sum(t.tensor(0), t.tensor(1)));
}
inline void call_selu(TypedCalls& t) {
  t.begin("selu", "f[2,3]", R"({})");
  t.c(gt_selu(t.ctx(), t.in(0)));
  t.cpp(selu(t.tensor(0)));
}
inline void call_sigmoid(TypedCalls& t) {
  t.begin("sigmoid", "f[2,3]", R"({})");
  t.c(gt_sigmoid(t.ctx(), t.in(0)));
  t.cpp(sigmoid(t.tensor(0)));
}
inline void call_sigmoid_cross_entropy_with_logits(TypedCalls& t) {
  t.begin("sigmoid_cross_entropy_with_logits", "u[2,3] f[2,3]", R"({})");
  t.c(gt_sigmoid_cross_entropy_with_logits(t.ctx(), t.in(0), t.in(1)));
  t.cpp(sigmoid_cross_entropy_with_logits(t.tensor(0), t.tensor(1)));
}
inline void call_sign(TypedCalls& t) {
  t.begin("sign", "f[2,3]", R"({})");
  t.c(gt_sign(t.ctx(), t.in(0)));
  t.cpp(sign(t.tensor(0)));
}
inline void call_silu(TypedCalls& t) {
  t.begin("silu", "f[2,3]", R"({})");
  t.c(gt_silu(t.ctx(), t.in(0)));
  t.cpp(silu(t.tensor(0)));
}
inline void call_sin(TypedCalls& t) {
  t.begin("sin", "f[2,3]", R"({})");
  t.c(gt_sin(t.ctx(), t.in(0)));
  t.cpp(sin(t.tensor(0)));
}
inline void call_sinh(TypedCalls& t) {
  t.begin("sinh", "f[2,3]", R"({})");
  t.c(gt_sinh(t.ctx(), t.in(0)));
  t.cpp(sinh(t.tensor(0)));
}
inline void call_slice(TypedCalls& t) {
  t.begin("slice", "f[3,4]", R"({"begin":[1,0],"size":[2,-1]})");
  t.c(gt_slice(t.ctx(), t.in(0), ints{1, 0}.data(), 2, ints{2, -1}.data(), 2));
  t.cpp(slice(t.tensor(0), Axes{1, 0}, Axes{2, -1}));
  {
    SliceAttrs a;
    a.begin = Axes{1, 0};
    a.size = Axes{2, -1};
    t.cpp(slice(t.tensor(0), a));
  }
}
inline void call_slogdet(TypedCalls& t) {
  t.begin("slogdet", "s[3,3]", R"({})");
  t.c_many(gt_slogdet(t.ctx(), t.in(0), t.out(), t.room(), t.count()));
  t.cpp(slogdet(t.tensor(0)));
  t.begin("slogdet", "s[2,2,2]", R"({})");
  t.c_many(gt_slogdet(t.ctx(), t.in(0), t.out(), t.room(), t.count()));
  t.cpp(slogdet(t.tensor(0)));
}
inline void call_softmax(TypedCalls& t) {
  t.begin("softmax", "f[2,3]", R"({})");
  t.c(gt_softmax(t.ctx(), t.in(0), -1));
  t.cpp(softmax(t.tensor(0), -1));
}
inline void call_softmax_cross_entropy_with_logits(TypedCalls& t) {
  t.begin("softmax_cross_entropy_with_logits", "u[2,3] f[2,3]", R"({})");
  t.c(gt_softmax_cross_entropy_with_logits(t.ctx(), t.in(0), t.in(1), -1));
  t.cpp(softmax_cross_entropy_with_logits(t.tensor(0), t.tensor(1), -1));
}
inline void call_softplus(TypedCalls& t) {
  t.begin("softplus", "f[2,3]", R"({})");
  t.c(gt_softplus(t.ctx(), t.in(0)));
  t.cpp(softplus(t.tensor(0)));
}
inline void call_softsign(TypedCalls& t) {
  t.begin("softsign", "f[2,3]", R"({})");
  t.c(gt_softsign(t.ctx(), t.in(0)));
  t.cpp(softsign(t.tensor(0)));
}
inline void call_solve(TypedCalls& t) {
  t.begin("solve", "s[3,3] f[3,2]", R"({})");
  t.c(gt_solve(t.ctx(), t.in(0), t.in(1), false));
  t.cpp(solve(t.tensor(0), t.tensor(1), false));
  t.begin("solve", "s[2,2,2] f[2,2,1]", R"({"adjoint":true})");
  t.c(gt_solve(t.ctx(), t.in(0), t.in(1), true));
  t.cpp(solve(t.tensor(0), t.tensor(1), true));
  t.begin("solve", "s[2,3,3] f[3]", R"({})");
  t.c(gt_solve(t.ctx(), t.in(0), t.in(1), false));
  t.cpp(solve(t.tensor(0), t.tensor(1), false));
}
inline void call_sort(TypedCalls& t) {
  t.begin("sort", "f[2,4]", R"({"direction":"DESCENDING"})");
  t.c(gt_sort(t.ctx(), t.in(0), -1, "DESCENDING"));
  t.cpp(sort(t.tensor(0), -1, "DESCENDING"));
  {
    SortAttrs a;
    a.direction = "DESCENDING";
    t.cpp(sort(t.tensor(0), a));
  }
  t.begin("sort", "f[3,2]", R"({"axis":0})");
  t.c(gt_sort(t.ctx(), t.in(0), 0, nullptr));
  t.cpp(sort(t.tensor(0), 0, "ASCENDING"));
  {
    SortAttrs a;
    a.axis = 0;
    t.cpp(sort(t.tensor(0), a));
  }
}
inline void call_sparse_softmax_cross_entropy(TypedCalls& t) {
  t.begin("sparse_softmax_cross_entropy", "i3[2] f[2,3]", R"({})");
  t.c(gt_sparse_softmax_cross_entropy(t.ctx(), t.in(0), t.in(1)));
  t.cpp(sparse_softmax_cross_entropy(t.tensor(0), t.tensor(1)));
}
inline void call_split(TypedCalls& t) {
  t.begin("split", "f[4,2]", R"({"num_or_size_splits":2})");
  t.c_many(gt_split(t.ctx(), t.in(0), nullptr, 2, 0, t.out(), t.room(), t.count()));
  t.cpp(split(t.tensor(0), Axes(2), 0));
  {
    SplitAttrs a;
    a.num_or_size_splits = Axes(2);
    t.cpp(split(t.tensor(0), a));
  }
  t.begin("split", "f[2,6]", R"({"axis":-1,"num_or_size_splits":[1,2,3]})");
  t.c_many(gt_split(t.ctx(), t.in(0), ints{1, 2, 3}.data(), 3, -1, t.out(), t.room(), t.count()));
  t.cpp(split(t.tensor(0), Axes{1, 2, 3}, -1));
  {
    SplitAttrs a;
    a.num_or_size_splits = Axes{1, 2, 3};
    a.axis = -1;
    t.cpp(split(t.tensor(0), a));
  }
}
inline void call_sqrt(TypedCalls& t) {
  t.begin("sqrt", "p[2,3]", R"({})");
  t.c(gt_sqrt(t.ctx(), t.in(0)));
  t.cpp(sqrt(t.tensor(0)));
}
inline void call_square(TypedCalls& t) {
  t.begin("square", "f[2,3]", R"({})");
  t.c(gt_square(t.ctx(), t.in(0)));
  t.cpp(square(t.tensor(0)));
}
inline void call_squared_difference(TypedCalls& t) {
  t.begin("squared_difference", "f[2,3] f[3]", R"({})");
  t.c(gt_squared_difference(t.ctx(), t.in(0), t.in(1)));
  t.cpp(squared_difference(t.tensor(0), t.tensor(1)));
}
inline void call_squeeze(TypedCalls& t) {
  t.begin("squeeze", "f[2,1,3]", R"({"axis":[1]})");
  t.c(gt_squeeze(t.ctx(), t.in(0), ints{1}.data(), 1));
  t.cpp(squeeze(t.tensor(0), Axes{1}));
}
inline void call_stack(TypedCalls& t) {
  t.begin("stack", "f[2,3] f[2,3]", R"({"axis":1})");
  t.c(gt_stack(t.ctx(), t.inputs(), t.n(), 1));
  t.cpp(stack(t.tensors(), 1));
}
inline void call_stop_gradient(TypedCalls& t) {
  t.begin("stop_gradient", "f[2,3]", R"({})");
  t.c(gt_stop_gradient(t.ctx(), t.in(0)));
  t.cpp(stop_gradient(t.tensor(0)));
}
inline void call_strided_slice(TypedCalls& t) {
  t.begin("strided_slice", "f[4,5]", R"({"begin":[3,0],"end":[0,5],"strides":[-2,2]})");
  t.c(gt_strided_slice(t.ctx(), t.in(0), ints{3, 0}.data(), 2, ints{0, 5}.data(), 2, ints{-2, 2}.data(), 2, 0, 0, 0, 0, 0));
  {
    gt_strided_slice_attrs a = GT_STRIDED_SLICE_ATTRS_DEFAULT;
    const ints begin{3, 0};
    a.begin = begin.data(), a.n_begin = 2;
    const ints end{0, 5};
    a.end = end.data(), a.n_end = 2;
    const ints strides{-2, 2};
    a.strides = strides.data(), a.n_strides = 2;
    t.c(gt_strided_slice_with(t.ctx(), t.in(0), &a));
    t.sizes(a, [&](const gt_strided_slice_attrs* given) { return gt_strided_slice_with(t.ctx(), t.in(0), given); });
  }
  t.cpp(strided_slice(t.tensor(0), Axes{3, 0}, Axes{0, 5}, Axes{-2, 2}, 0, 0, 0, 0, 0));
  {
    StridedSliceAttrs a;
    a.begin = Axes{3, 0};
    a.end = Axes{0, 5};
    a.strides = Axes{-2, 2};
    t.cpp(strided_slice(t.tensor(0), a));
  }
  t.begin("strided_slice", "f[3,4]", R"({"begin":[1,0],"end":[2,0],"end_mask":2,"shrink_axis_mask":1,"strides":[1,1]})");
  t.c(gt_strided_slice(t.ctx(), t.in(0), ints{1, 0}.data(), 2, ints{2, 0}.data(), 2, ints{1, 1}.data(), 2, 0, 2, 0, 0, 1));
  {
    gt_strided_slice_attrs a = GT_STRIDED_SLICE_ATTRS_DEFAULT;
    const ints begin{1, 0};
    a.begin = begin.data(), a.n_begin = 2;
    const ints end{2, 0};
    a.end = end.data(), a.n_end = 2;
    const ints strides{1, 1};
    a.strides = strides.data(), a.n_strides = 2;
    a.end_mask = 2;
    a.shrink_axis_mask = 1;
    t.c(gt_strided_slice_with(t.ctx(), t.in(0), &a));
    t.sizes(a, [&](const gt_strided_slice_attrs* given) { return gt_strided_slice_with(t.ctx(), t.in(0), given); });
  }
  t.cpp(strided_slice(t.tensor(0), Axes{1, 0}, Axes{2, 0}, Axes{1, 1}, 0, 2, 0, 0, 1));
  {
    StridedSliceAttrs a;
    a.begin = Axes{1, 0};
    a.end = Axes{2, 0};
    a.strides = Axes{1, 1};
    a.end_mask = 2;
    a.shrink_axis_mask = 1;
    t.cpp(strided_slice(t.tensor(0), a));
  }
}
inline void call_subtract(TypedCalls& t) {
  t.begin("subtract", "f[2,3] f[2,1]", R"({})");
  t.c(gt_subtract(t.ctx(), t.in(0), t.in(1)));
  t.cpp(subtract(t.tensor(0), t.tensor(1)));
}
inline void call_svd(TypedCalls& t) {
  t.begin("svd", "f[3,3]", R"({})");
  t.c(gt_svd(t.ctx(), t.in(0)));
  t.cpp(svd(t.tensor(0)));
  t.begin("svd", "f[2,2,3]", R"({})");
  t.c(gt_svd(t.ctx(), t.in(0)));
  t.cpp(svd(t.tensor(0)));
}
inline void call_svd_with_vectors(TypedCalls& t) {
  t.begin("svd_with_vectors", "f[3,3]", R"({})");
  t.c_many(gt_svd_with_vectors(t.ctx(), t.in(0), t.out(), t.room(), t.count()));
  t.cpp(svd_with_vectors(t.tensor(0)));
  t.begin("svd_with_vectors", "f[2,3,2]", R"({})");
  t.c_many(gt_svd_with_vectors(t.ctx(), t.in(0), t.out(), t.room(), t.count()));
  t.cpp(svd_with_vectors(t.tensor(0)));
  t.begin("svd_with_vectors", "f[2,3]", R"({})");
  t.c_many(gt_svd_with_vectors(t.ctx(), t.in(0), t.out(), t.room(), t.count()));
  t.cpp(svd_with_vectors(t.tensor(0)));
}
inline void call_take_along_axis(TypedCalls& t) {
  t.begin("take_along_axis", "f[3,4] i4[3,2]", R"({"axis":1})");
  t.c(gt_take_along_axis(t.ctx(), t.in(0), t.in(1), 1));
  t.cpp(take_along_axis(t.tensor(0), t.tensor(1), 1));
  t.begin("take_along_axis", "f[2,3,2] i3[2,2,2]", R"({"axis":1})");
  t.c(gt_take_along_axis(t.ctx(), t.in(0), t.in(1), 1));
  t.cpp(take_along_axis(t.tensor(0), t.tensor(1), 1));
  t.begin("take_along_axis", "f[3,1] i3[1,4]", R"({"axis":0})");
  t.c(gt_take_along_axis(t.ctx(), t.in(0), t.in(1), 0));
  t.cpp(take_along_axis(t.tensor(0), t.tensor(1), 0));
}
inline void call_tan(TypedCalls& t) {
  t.begin("tan", "u[2,3]", R"({})");
  t.c(gt_tan(t.ctx(), t.in(0)));
  t.cpp(tan(t.tensor(0)));
}
inline void call_tanh(TypedCalls& t) {
  t.begin("tanh", "f[2,3]", R"({})");
  t.c(gt_tanh(t.ctx(), t.in(0)));
  t.cpp(tanh(t.tensor(0)));
}
inline void call_tensor_scatter_add(TypedCalls& t) {
  t.begin("tensor_scatter_add", "f[3,3] i3[4,2] f[4]", R"({})");
  t.c(gt_tensor_scatter_add(t.ctx(), t.in(0), t.in(1), t.in(2)));
  t.cpp(tensor_scatter_add(t.tensor(0), t.tensor(1), t.tensor(2)));
  t.begin("tensor_scatter_add", "f[4,2] i4[3,1] f[3,2]", R"({})");
  t.c(gt_tensor_scatter_add(t.ctx(), t.in(0), t.in(1), t.in(2)));
  t.cpp(tensor_scatter_add(t.tensor(0), t.tensor(1), t.tensor(2)));
}
inline void call_tensor_scatter_update(TypedCalls& t) {
  t.begin("tensor_scatter_update", "f[3,3] i3[4,2] f[4]", R"({})");
  t.c(gt_tensor_scatter_update(t.ctx(), t.in(0), t.in(1), t.in(2)));
  t.cpp(tensor_scatter_update(t.tensor(0), t.tensor(1), t.tensor(2)));
  t.begin("tensor_scatter_update", "f[4,2] i4[3,1] f[3,2]", R"({})");
  t.c(gt_tensor_scatter_update(t.ctx(), t.in(0), t.in(1), t.in(2)));
  t.cpp(tensor_scatter_update(t.tensor(0), t.tensor(1), t.tensor(2)));
}
inline void call_tensordot(TypedCalls& t) {
  t.begin("tensordot", "f[2,3,4] f[4,2,2]", R"({"axes":[[2,0],[0,1]]})");
  t.c(gt_tensordot(t.ctx(), t.in(0), t.in(1), ints{2, 0, 0, 1}.data(), 4));
  t.cpp(tensordot(t.tensor(0), t.tensor(1), Axes{{2, 0}, {0, 1}}));
}
inline void call_tile(TypedCalls& t) {
  t.begin("tile", "f[2,3]", R"({"multiples":[2,2]})");
  t.c(gt_tile(t.ctx(), t.in(0), ints{2, 2}.data(), 2));
  t.cpp(tile(t.tensor(0), Axes{2, 2}));
}
inline void call_top_k(TypedCalls& t) {
  t.begin("top_k", "f[2,4]", R"({"k":2})");
  t.c_many(gt_top_k(t.ctx(), t.in(0), 2, t.out(), t.room(), t.count()));
  t.cpp(top_k(t.tensor(0), 2));
}
inline void call_trace(TypedCalls& t) {
  t.begin("trace", "f[2,3,3]", R"({})");
  t.c(gt_trace(t.ctx(), t.in(0)));
  t.cpp(trace(t.tensor(0)));
}
inline void call_transpose(TypedCalls& t) {
  t.begin("transpose", "f[2,3,2]", R"({"perm":[2,0,1]})");
  t.c(gt_transpose(t.ctx(), t.in(0), ints{2, 0, 1}.data(), 3));
  t.cpp(transpose(t.tensor(0), Axes{2, 0, 1}));
}
inline void call_triangular_solve(TypedCalls& t) {
  t.begin("triangular_solve", "s[3,3] f[3,2]", R"({})");
  t.c(gt_triangular_solve(t.ctx(), t.in(0), t.in(1), true, false));
  t.cpp(triangular_solve(t.tensor(0), t.tensor(1), true, false));
  {
    TriangularSolveAttrs a;
    t.cpp(triangular_solve(t.tensor(0), t.tensor(1), a));
  }
  t.begin("triangular_solve", "s[2,2,2] f[2,2,1]", R"({"adjoint":true,"lower":false})");
  t.c(gt_triangular_solve(t.ctx(), t.in(0), t.in(1), false, true));
  t.cpp(triangular_solve(t.tensor(0), t.tensor(1), false, true));
  {
    TriangularSolveAttrs a;
    a.lower = false;
    a.adjoint = true;
    t.cpp(triangular_solve(t.tensor(0), t.tensor(1), a));
  }
  t.begin("triangular_solve", "s[3,3] f[3]", R"({})");
  t.c(gt_triangular_solve(t.ctx(), t.in(0), t.in(1), true, false));
  t.cpp(triangular_solve(t.tensor(0), t.tensor(1), true, false));
  {
    TriangularSolveAttrs a;
    t.cpp(triangular_solve(t.tensor(0), t.tensor(1), a));
  }
}
inline void call_tril(TypedCalls& t) {
  t.begin("tril", "f[2,3,3]", R"({"k":-1})");
  t.c(gt_tril(t.ctx(), t.in(0), -1));
  t.cpp(tril(t.tensor(0), -1));
}
inline void call_triu(TypedCalls& t) {
  t.begin("triu", "f[2,3,3]", R"({"k":-1})");
  t.c(gt_triu(t.ctx(), t.in(0), -1));
  t.cpp(triu(t.tensor(0), -1));
}
inline void call_trunc(TypedCalls& t) {
  t.begin("trunc", "f[2,3]", R"({})");
  t.c(gt_trunc(t.ctx(), t.in(0)));
  t.cpp(trunc(t.tensor(0)));
}
inline void call_unsorted_segment_sum(TypedCalls& t) {
  t.begin("unsorted_segment_sum", "f[5,2] i3[5]", R"({"num_segments":4})");
  t.c(gt_unsorted_segment_sum(t.ctx(), t.in(0), t.in(1), 4));
  t.cpp(unsorted_segment_sum(t.tensor(0), t.tensor(1), 4));
  t.begin("unsorted_segment_sum", "f[2,3] i4[2,3]", R"({"num_segments":4})");
  t.c(gt_unsorted_segment_sum(t.ctx(), t.in(0), t.in(1), 4));
  t.cpp(unsorted_segment_sum(t.tensor(0), t.tensor(1), 4));
}
inline void call_unstack(TypedCalls& t) {
  t.begin("unstack", "f[2,3]", R"({"axis":1})");
  t.c_many(gt_unstack(t.ctx(), t.in(0), 1, t.out(), t.room(), t.count()));
  t.cpp(unstack(t.tensor(0), 1));
  t.begin("unstack", "f[2,3]", R"({})");
  t.c_many(gt_unstack(t.ctx(), t.in(0), 0, t.out(), t.room(), t.count()));
  t.cpp(unstack(t.tensor(0), 0));
}
inline void call_where(TypedCalls& t) {
  t.begin("where", "b[2,3] f[3] f[2,1]", R"({})");
  t.c(gt_where(t.ctx(), t.in(0), t.in(1), t.in(2)));
  t.cpp(where(t.tensor(0), t.tensor(1), t.tensor(2)));
}
inline void call_xlog1py(TypedCalls& t) {
  t.begin("xlog1py", "f[2,3] p[3]", R"({})");
  t.c(gt_xlog1py(t.ctx(), t.in(0), t.in(1)));
  t.cpp(xlog1py(t.tensor(0), t.tensor(1)));
}
inline void call_xlogy(TypedCalls& t) {
  t.begin("xlogy", "f[2,3] p[3]", R"({})");
  t.c(gt_xlogy(t.ctx(), t.in(0), t.in(1)));
  t.cpp(xlogy(t.tensor(0), t.tensor(1)));
}
inline void call_zeros_like(TypedCalls& t) {
  t.begin("zeros_like", "f[2,3]", R"({})");
  t.c(gt_zeros_like(t.ctx(), t.in(0)));
  t.cpp(zeros_like(t.tensor(0)));
}
inline constexpr void (*all_typed_calls[])(TypedCalls&) = {
    call_abs,
    call_acos,
    call_acosh,
    call_add,
    call_argmax,
    call_argmin,
    call_argsort,
    call_asin,
    call_asinh,
    call_atan,
    call_atan2,
    call_atanh,
    call_avg_pool2d,
    call_batch_normalization,
    call_bias_add,
    call_boolean_mask,
    call_broadcast_to,
    call_cast,
    call_ceil,
    call_cholesky,
    call_clip_by_global_norm,
    call_clip_by_norm,
    call_clip_by_value,
    call_concat,
    call_conv1d,
    call_conv2d,
    call_conv2d_transpose,
    call_cos,
    call_cosh,
    call_cross,
    call_cumprod,
    call_cumsum,
    call_depthwise_conv2d,
    call_det,
    call_diag,
    call_diag_part,
    call_digamma,
    call_divide,
    call_divide_no_nan,
    call_dot,
    call_dropout,
    call_eigh,
    call_eigh_function,
    call_eigh_with_vectors,
    call_einsum,
    call_elu,
    call_embedding_lookup,
    call_equal,
    call_erf,
    call_erfc,
    call_erfinv,
    call_exp,
    call_exp2,
    call_expand_dims,
    call_expm,
    call_expm1,
    call_eye,
    call_fill,
    call_floor,
    call_floor_divide,
    call_fma,
    call_gather,
    call_gather_nd,
    call_gelu,
    call_greater,
    call_greater_equal,
    call_huber_loss,
    call_hypot,
    call_identity,
    call_inv,
    call_is_finite,
    call_is_inf,
    call_is_nan,
    call_kron,
    call_l2_normalize,
    call_layer_normalization,
    call_leaky_relu,
    call_lerp,
    call_less,
    call_less_equal,
    call_lgamma,
    call_linear_scan,
    call_linspace,
    call_log,
    call_log1p,
    call_log2,
    call_log_sigmoid,
    call_log_softmax,
    call_logcumsumexp,
    call_logical_and,
    call_logical_not,
    call_logical_or,
    call_logical_xor,
    call_lstsq,
    call_matmul,
    call_matrix_power,
    call_max_pool2d,
    call_maximum,
    call_minimum,
    call_mod,
    call_moments,
    call_mse,
    call_multiply,
    call_multiply_no_nan,
    call_negative,
    call_norm,
    call_not_equal,
    call_one_hot,
    call_ones_like,
    call_outer,
    call_pad,
    call_polygamma,
    call_pow,
    call_qr,
    call_random_normal,
    call_random_uniform,
    call_range,
    call_reciprocal,
    call_reduce_all,
    call_reduce_any,
    call_reduce_logsumexp,
    call_reduce_max,
    call_reduce_mean,
    call_reduce_min,
    call_reduce_prod,
    call_reduce_std,
    call_reduce_sum,
    call_reduce_variance,
    call_relu,
    call_relu6,
    call_repeat,
    call_reshape,
    call_reverse,
    call_roll,
    call_round,
    call_rsqrt,
    call_scatter_add,
    call_scatter_nd,
    call_segment_sum,
    call_selu,
    call_sigmoid,
    call_sigmoid_cross_entropy_with_logits,
    call_sign,
    call_silu,
    call_sin,
    call_sinh,
    call_slice,
    call_slogdet,
    call_softmax,
    call_softmax_cross_entropy_with_logits,
    call_softplus,
    call_softsign,
    call_solve,
    call_sort,
    call_sparse_softmax_cross_entropy,
    call_split,
    call_sqrt,
    call_square,
    call_squared_difference,
    call_squeeze,
    call_stack,
    call_stop_gradient,
    call_strided_slice,
    call_subtract,
    call_svd,
    call_svd_with_vectors,
    call_take_along_axis,
    call_tan,
    call_tanh,
    call_tensor_scatter_add,
    call_tensor_scatter_update,
    call_tensordot,
    call_tile,
    call_top_k,
    call_trace,
    call_transpose,
    call_triangular_solve,
    call_tril,
    call_triu,
    call_trunc,
    call_unsorted_segment_sum,
    call_unstack,
    call_where,
    call_xlog1py,
    call_xlogy,
    call_zeros_like,
};
