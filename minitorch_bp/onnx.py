"""``torch.onnx``: exporting is refused by name; that nothing is being exported can be asked."""

from __future__ import annotations

from typing import Any, NoReturn


def is_in_onnx_export() -> bool:
    """Whether a model is being exported.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.onnx.is_in_onnx_export()
    False
    """
    return False


def export(model: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """Refused: minitorch_bp writes no ONNX files.

    Parameters
    ----------
    model : Module
    *args : any
    **kwargs : any

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.onnx.export(torch.nn.Linear(1, 1), torch.ones(1), "model.onnx")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.onnx.export: minitorch_bp writes no ONNX files. Save the parameters, torch.save(model.state_dict(), ...), and export with PyTorch
    """
    raise NotImplementedError(
        "torch.onnx.export: minitorch_bp writes no ONNX files. Save the parameters, torch.save(model.state_dict(), ...), "
        "and export with PyTorch"
    )


__all__ = ["export", "is_in_onnx_export"]
