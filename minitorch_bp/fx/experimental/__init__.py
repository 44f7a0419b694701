"""``torch.fx.experimental``: see :mod:`minitorch_bp.fx`."""
