"""The functions behind the layers: most of ``torch.nn.functional``."""
