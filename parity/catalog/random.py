"""What draws random numbers; the state of the generator is compared, too."""

from .entry import drawn, unary

ENTRIES = [
    drawn("dropout", "F.dropout({0}, 0.4)"),
    unary("dropout_eval", "F.dropout({0}, 0.4, False)"),
    drawn("alpha_dropout", "F.alpha_dropout({0}, 0.4, True)"),
    drawn("feature_dropout", "F.dropout2d({0}.reshape(1, -1, 1, 1), 0.4)"),
    drawn("rrelu", "F.rrelu({0}, training=True)"),
    unary("rrelu_eval", "F.rrelu({0})"),
    drawn("rrelu_", "F.rrelu({0} * 1, training=True, inplace=True)"),
    drawn("drawn", "b = {0} * 1\nb.uniform_(-1, 1)\n{out} = b * {0}"),
    drawn("drawn_view", "b = {0}.reshape(-1) * 1\nb[:1].normal_()\n{out} = b * 2", composite=True),
    drawn("normal_drawn", "torch.normal({0}, {0}.abs() + 0.5) + {0}", composite=True),
    drawn("bernoulli", "torch.bernoulli(torch.sigmoid({0})) * {0}"),
]  # fmt: skip
