"""``torch.utils.model_zoo``: the older name of downloading from :mod:`minitorch_bp.hub`, which is refused."""

from __future__ import annotations

from ..hub import load_state_dict_from_url as load_url

__all__ = ["load_url"]
