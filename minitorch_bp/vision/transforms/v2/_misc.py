"""Conversions, filters, and what mixes the images of a batch, in ``transforms.v2``."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import minitorch_bp as torch
from minitorch_bp.nn.functional import one_hot
from minitorch_bp.utils._pytree import tree_flatten, tree_unflatten

from ..._pillow import is_pil
from .. import draws
from .._image import Tensor, one_uniform
from ..fixed import check_linear, linear
from ..random_color import blur_bounds, erasing_value
from . import functional as F
from ._kinds import is_kind, is_pure_tensor, query_chw, query_size
from ._transform import Perhaps, Transform, has_any


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray)


def _is_image_tensor(x: Any) -> bool:
    return is_pure_tensor(x) or is_kind(x, "Image", "Video")


class Identity(Transform):
    """Nothing."""

    def transform(self, inpt: Any, params: Any) -> Any:
        return inpt


class Lambda(Transform):
    """A function of one's own, of all leaves of some types."""

    _transformed_types = (object,)

    def __init__(self, lambd: Callable[[Any], Any], *types: type):
        super().__init__()
        self.lambd = lambd
        self.types = types or self._transformed_types

    def transform(self, inpt: Any, params: Any) -> Any:
        return self.lambd(inpt) if isinstance(inpt, self.types) else inpt

    def extra_repr(self) -> str:
        name = getattr(self.lambd, "__name__", None)
        return ", ".join([*([name] if name else []), f"types={[t.__name__ for t in self.types]}"])


class PILToTensor(Transform):
    """A picture as a tensor of the same values."""

    _transformed_types = (is_pil,)

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.pil_to_tensor(inpt)


class ToImage(Transform):
    """A picture, an ndarray or a tensor as an ``Image``."""

    _transformed_types = (is_pure_tensor, is_pil, _is_array)

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.to_image(inpt)


class ToPILImage(Transform):
    """A tensor or an ndarray as a picture."""

    _transformed_types = (is_pure_tensor, lambda x: is_kind(x, "Image"), _is_array)

    def __init__(self, mode: str | None = None):
        super().__init__()
        self.mode = mode

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.to_pil_image(inpt.as_subclass(Tensor) if is_kind(inpt, "TVTensor") else inpt, self.mode)


class ToPureTensor(Transform):
    """Plain tensors, of all kinds."""

    _transformed_types = (lambda x: is_kind(x, "TVTensor"),)

    def transform(self, inpt: Any, params: Any) -> Any:
        return inpt.as_subclass(Tensor)


class ToTensor(Transform):
    """The old way: a picture as a tensor from 0 to 1."""

    _transformed_types = (is_pil, _is_array)

    def __init__(self) -> None:
        warnings.warn(
            "v2.ToTensor() is deprecated: use v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])", stacklevel=2
        )
        super().__init__()

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.to_tensor(inpt)


class ToDtype(Transform):
    """Another dtype, for images or, by a dictionary, for each type; with ``scale``, in its scale."""

    _transformed_types = (Tensor,)

    def __init__(self, dtype: Any, scale: bool = False):
        super().__init__()
        if not isinstance(dtype, (dict, torch.dtype)):
            raise ValueError(f"ToDtype: dtype must be a dtype or a dictionary of them by type, but got {type(dtype).__name__}")
        self.dtype, self.scale = dtype, scale

    def transform(self, inpt: Any, params: Any) -> Any:
        if isinstance(self.dtype, dict):
            if type(inpt) not in self.dtype and "others" not in self.dtype:
                raise ValueError(f"ToDtype: the dictionary has no dtype for {type(inpt).__name__}, and none for 'others'")
            dtype = self.dtype.get(type(inpt), self.dtype.get("others"))
        else:
            dtype = self.dtype if _is_image_tensor(inpt) else None
        return inpt if dtype is None else F.to_dtype(inpt, dtype, self.scale)


class ConvertImageDtype(Transform):
    """The old name of ``ToDtype(dtype, scale=True)``."""

    def __init__(self, dtype: Any = torch.float32):
        super().__init__()
        self.dtype = dtype

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.to_dtype(inpt, self.dtype, scale=True)


class _OfTensors(Transform):
    def check_inputs(self, flat_inputs: Any) -> None:
        if any(is_pil(x) for x in flat_inputs):
            raise TypeError(f"{type(self).__name__}: the image must be a tensor; put ToImage() before it")


class Normalize(_OfTensors):
    """Minus the mean, by the standard deviation."""

    def __init__(self, mean: Any, std: Any, inplace: bool = False):
        super().__init__()
        self.mean, self.std, self.inplace = list(mean), list(std), inplace

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.normalize(inpt, self.mean, self.std, self.inplace)


class LinearTransformation(_OfTensors):
    """The image as one vector, minus a mean vector, times a matrix."""

    _transformed_types = (_is_image_tensor,)

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor):
        super().__init__()
        check_linear(transformation_matrix, mean_vector)
        self.transformation_matrix, self.mean_vector = transformation_matrix, mean_vector

    def transform(self, inpt: Any, params: Any) -> Any:
        return linear(inpt, self.transformation_matrix, self.mean_vector)


class GaussianBlur(Transform):
    """Blur with a bell of random width."""

    def __init__(self, kernel_size: Any, sigma: Any = (0.1, 2.0)):
        super().__init__()
        self.kernel_size, bounds = blur_bounds(kernel_size, sigma)
        self.sigma = [float(s) for s in bounds]

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        return {"sigma": [one_uniform(*self.sigma)] * 2}

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.gaussian_blur(inpt, self.kernel_size, params["sigma"])


class GaussianNoise(Transform):
    """Add normal noise."""

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True):
        super().__init__()
        self.mean, self.sigma, self.clip = mean, sigma, clip

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.gaussian_noise(inpt, self.mean, self.sigma, self.clip)


class JPEG(Transform):
    """What is left after saving as JPEG of a random quality."""

    def __init__(self, quality: Any):
        super().__init__()
        quality = [quality, quality] if isinstance(quality, int) else quality
        if len(quality) != 2 or not 1 <= quality[0] <= quality[1] <= 100:
            raise ValueError(f"JPEG: quality must be from 1 to 100, or (low, high), but got {quality}")
        self.quality = quality

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        return {"quality": int(torch.randint(self.quality[0], self.quality[1] + 1, ()).item())}

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.jpeg(inpt, **params)


class RandomErasing(Perhaps):
    """Overwrite a random rectangle, with probability p."""

    def __init__(self, p: float = 0.5, scale: Any = (0.02, 0.33), ratio: Any = (0.3, 3.3), value: Any = 0.0, inplace: bool = False):
        super().__init__(p)
        self.scale, self.ratio = scale, ratio
        self.value, self.inplace = erasing_value(value, scale, ratio, p), inplace

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        shape = query_chw(flat_inputs)
        if self.value is not None and len(self.value) not in (1, shape[0]):
            raise ValueError(f"RandomErasing: value has {len(self.value)} numbers, but the image {shape[0]} channels")
        return {"place": draws.erased_place(shape, self.scale, self.ratio, self.value)}

    def transform(self, inpt: Any, params: Any) -> Any:
        return inpt if params["place"] is None else F.erase(inpt, *params["place"], self.inplace)


def _find_labels(inputs: Any) -> Any:
    """The labels of a sample: its second part, or what is called so in a dictionary."""
    inputs = inputs[1] if isinstance(inputs, (tuple, list)) else inputs
    if is_pure_tensor(inputs):
        return inputs
    if isinstance(inputs, Mapping):
        keys = [k for k in inputs if k.lower() == "labels"] + [k for k in inputs if "label" in k.lower()]
        if keys:
            return inputs[keys[0]]
    raise ValueError(
        "the labels were not found: give (images, labels), a dictionary with a key 'labels', or the argument labels_getter"
    )


class _Mixed(Transform):
    def __init__(self, *, alpha: float = 1.0, num_classes: int | None = None, labels_getter: Any = "default"):
        super().__init__()
        if labels_getter != "default" and not callable(labels_getter):
            raise ValueError(f"labels_getter must be 'default' or a function, but got {labels_getter!r}")
        self.alpha = float(alpha)
        self._dist = torch.distributions.Beta(torch.tensor([self.alpha]), torch.tensor([self.alpha]))
        self.num_classes, self._labels_getter = num_classes, _find_labels if labels_getter == "default" else labels_getter

    def forward(self, *inputs: Any) -> Any:
        sample, name = inputs if len(inputs) > 1 else inputs[0], type(self).__name__
        leaves, spec = tree_flatten(sample)
        if has_any(leaves, is_pil, lambda x: is_kind(x, "BoundingBoxes", "Mask")):
            raise ValueError(f"{name}: a batch holds tensors, but no pictures, boxes or masks")
        labels = self._labels_getter(sample)
        if not isinstance(labels, Tensor) or labels.ndim not in (1, 2):
            raise ValueError(
                f"{name}: the labels must be a tensor of shape (N,) or (N, classes), but got {getattr(labels, 'shape', type(labels))}"
            )
        if labels.ndim == 1 and self.num_classes is None:
            raise ValueError(f"{name}: labels of shape (N,) need the argument num_classes")
        if labels.ndim == 2 and self.num_classes not in (None, labels.shape[1]):
            raise ValueError(f"{name}: the labels have {labels.shape[1]} classes, but num_classes is {self.num_classes}")
        chosen = self._needs_transform_list(leaves)
        params = self.make_params([x for x, c in zip(leaves, chosen, strict=True) if c])
        for k, x in enumerate(leaves):
            if x is labels:
                leaves[k] = self._label(x, params["label"])
            elif chosen[k]:
                if x.ndim != 4 or x.shape[0] != labels.shape[0]:
                    raise ValueError(
                        f"{name}: the images must have shape (N, C, H, W) with N of the labels, {labels.shape[0]}, but have {list(x.shape)}"
                    )
                leaves[k] = self.transform(x, params)
        return tree_unflatten(leaves, spec)

    def _label(self, label: Tensor, part: float) -> Tensor:
        label = (one_hot(label, self.num_classes or -1) if label.ndim == 1 else label).float()
        return label.roll(1, 0) * (1.0 - part) + label * part


class MixUp(_Mixed):
    """Each image of a batch mixed with the one before it: a part ``lam`` of it, drawn from Beta(alpha, alpha); so its label.

    Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization" (2018).
    """

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        return {"label": float(self._dist.sample(()))}

    def transform(self, inpt: Any, params: Any) -> Any:
        return inpt.roll(1, 0) * (1.0 - params["label"]) + inpt * params["label"]


class CutMix(_Mixed):
    """A rectangle of each image of a batch from the one before it; labels are mixed as the areas are.

    Source: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features" (2019).
    """

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        lam = float(self._dist.sample(()))
        height, width = query_size(flat_inputs)
        x, y = (int(torch.randint(n, size=(1,))) for n in (width, height))
        half = 0.5 * math.sqrt(1.0 - lam)
        left, right = max(x - int(half * width), 0), min(x + int(half * width), width)
        top, bottom = max(y - int(half * height), 0), min(y + int(half * height), height)
        return {"label": 1.0 - (right - left) * (bottom - top) / (width * height), "box": (top, bottom, left, right)}

    def transform(self, inpt: Any, params: Any) -> Any:
        top, bottom, left, right = params["box"]
        out = inpt.clone()
        out[..., top:bottom, left:right] = inpt.roll(1, 0)[..., top:bottom, left:right]
        return out
