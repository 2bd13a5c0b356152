"""gradtape and PyTorch in one derivative: a function of gradtape inside torch's autograd, and one of torch's
on a tape.

Values go through DLPack. A copy is made if one side could change a value that the other has kept for its
derivatives.

Run: python torch_bridge.py
"""

import torch

import gradtape as gt


def to_gradtape(x):
    """A tensor of torch's as one of gradtape's."""
    return gt.from_dlpack(x.detach().contiguous(), copy=True)


def to_torch(x):
    """A tensor of gradtape's as one of torch's, which may be written to."""
    return torch.from_dlpack(x).clone()


class _InTorch(torch.autograd.Function):
    """Computes with gradtape; torch keeps the tape for the way back."""

    @staticmethod
    def forward(ctx, function, *inputs):
        ctx.inputs = [to_gradtape(x) for x in inputs]
        with gt.GradientTape(persistent=True) as ctx.tape:
            ctx.tape.watch(ctx.inputs)
            ctx.output = function(*ctx.inputs)
        return to_torch(ctx.output)

    @staticmethod
    def backward(ctx, upstream):
        gradients = ctx.tape.gradient(ctx.output, ctx.inputs, output_gradients=to_gradtape(upstream))
        return (None, *(None if g is None else to_torch(g) for g in gradients))


def in_torch(function):
    """A function of gradtape's as one of torch's tensors, through which `backward()` goes."""
    return lambda *inputs: _InTorch.apply(function, *inputs)


def on_tape(function):
    """A function of torch's as one of gradtape's tensors, which tapes record."""

    @gt.custom_gradient
    def call(*inputs):
        leaves = [to_torch(x).requires_grad_() for x in inputs]
        with torch.enable_grad():
            output = function(*leaves)

        def backward(upstream):
            gradients = torch.autograd.grad(output, leaves, to_torch(upstream), retain_graph=True)
            gradients = [to_gradtape(g) for g in gradients]
            return gradients[0] if len(gradients) == 1 else gradients

        return to_gradtape(output), backward

    return call


def main():
    x = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
    weights = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    energy = in_torch(lambda x, w: gt.sum(w * gt.sin(x) ** 2))
    (3 * energy(x, weights)).backward()
    expected = 3 * weights.detach() * torch.sin(2 * x.detach())
    print("gradtape in torch", x.grad.tolist(), "as it should be:", torch.allclose(x.grad, expected))

    t = gt.Variable([0.5, 1.0, 2.0])
    softened = on_tape(lambda x: torch.nn.functional.softplus(x) * 2)
    with gt.GradientTape() as tape:
        y = gt.sum(softened(t) ** 2)
    gradient = tape.gradient(y, t)
    expected = 8 * gt.softplus(t) * gt.sigmoid(t)
    print(
        "torch in gradtape",
        gradient.tolist(),
        "as it should be:",
        bool(gt.all(gt.abs(gradient - expected) < 1e-5)),
    )


if __name__ == "__main__":
    main()
