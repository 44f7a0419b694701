"""The list of models, and their weights: which there are, and where a file of them is looked for.

Nothing is downloaded. ``weights=`` reads the file that torchvision would have downloaded, from its place
(``torch.hub.get_dir()/checkpoints``), and says which file is missing if it is not there.
"""

from __future__ import annotations

import enum
import fnmatch
import functools
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeVar

import minitorch_bp as torch
from minitorch_bp import nn

from ..transforms import functional as F
from ..transforms._image import InterpolationMode, Tensor

Builder = TypeVar("Builder", bound=Callable[..., Any])
_MODELS: dict[str, Callable[..., nn.Module]] = {}
_WEIGHTS: dict[str, Any] = {}  # name of a model -> its enumeration
_SITE = "https://download.pytorch.org/models/"


class ImageClassification(nn.Module):
    """What an image goes through before a model trained on ImageNet: resized, cropped, from 0 to 1, normalized."""

    def __init__(
        self, *, crop_size: int, resize_size: int = 256, mean: Any = (0.485, 0.456, 0.406), std: Any = (0.229, 0.224, 0.225),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR, antialias: bool | None = True,
    ):  # fmt: skip
        super().__init__()
        self.crop_size, self.resize_size, self.mean, self.std = [crop_size], [resize_size], list(mean), list(std)
        self.interpolation, self.antialias = interpolation, antialias

    def forward(self, img: Any) -> Tensor:
        img = F.center_crop(F.resize(img, self.resize_size, self.interpolation, antialias=self.antialias), self.crop_size)
        img = img if isinstance(img, Tensor) else F.pil_to_tensor(img)
        return F.normalize(F.convert_image_dtype(img, torch.float32), self.mean, self.std)

    def __repr__(self) -> str:
        names = ("crop_size", "resize_size", "mean", "std", "interpolation")
        return f"{type(self).__name__}(" + "".join(f"\n    {n}={getattr(self, n)}" for n in names) + "\n)"


@dataclass
class Weights:
    """A file of weights, and the transform that goes with it."""

    url: str
    transforms: Callable[..., Any]
    meta: dict[str, Any] = field(default_factory=dict)


class WeightsEnum(enum.Enum):
    """The weights that a model has; each member is a :class:`Weights`."""

    @classmethod
    def verify(cls, obj: Any) -> Any:
        """A member for itself or its name; None stays."""
        if isinstance(obj, str):
            return cls[obj.replace(cls.__name__ + ".", "")]
        if obj is not None and not isinstance(obj, cls):
            raise TypeError(f"weights must be of {cls.__name__}, but got {type(obj).__name__}")
        return obj

    def get_state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """The weights, from the file where torchvision keeps it."""
        name = self.url.rpartition("/")[2]
        path = os.path.join(torch.hub.get_dir(), "checkpoints", name)
        if not os.path.exists(path):
            raise FileNotFoundError(
                f"{self!r}: minitorch_bp downloads no weights, and there is no file {path}. Put {name} there (it is at {self.url}), "
                "or build the model with weights=None and load a state_dict yourself"
            )
        return torch.load(path)

    @property
    def url(self) -> str:
        """Where PyTorch offers the file."""
        return self.value.url

    @property
    def transforms(self) -> Callable[..., Any]:
        """Makes the transform that goes with the weights."""
        return self.value.transforms

    @property
    def meta(self) -> dict[str, Any]:
        """What is known of them."""
        return self.value.meta

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self._name_}"


def weights(name: str, module: str, v1: str, v2: str | None = None, only: bool = False) -> Any:
    """The enumeration of a model's weights: IMAGENET1K_V1, perhaps IMAGENET1K_V2 (trained for larger images), and DEFAULT."""
    first = functools.partial(ImageClassification, crop_size=224, resize_size=232 if only else 256)
    members = {"IMAGENET1K_V1": Weights(f"{_SITE}{v1}.pth", first)}
    if v2 is not None:
        members["IMAGENET1K_V2"] = Weights(
            f"{_SITE}{v2}.pth", functools.partial(ImageClassification, crop_size=224, resize_size=232)
        )
    members["DEFAULT"] = list(members.values())[-1]
    make: Any = WeightsEnum
    return make(f"{name}_Weights", members, module=module)


def model(kinds: Any) -> Callable[[Builder], Builder]:
    """Register a function of ``(**kwargs)`` that builds a model, and give it ``weights`` and the old ``pretrained``."""

    def register(build: Builder) -> Builder:
        @functools.wraps(build)
        def builder(weights: Any = None, progress: bool = True, *, pretrained: Any = None, **kwargs: Any) -> Any:
            if pretrained is not None or isinstance(weights, bool):
                warnings.warn(f"{build.__name__}: pretrained is deprecated; use weights=", stacklevel=2)
                weights = kinds.IMAGENET1K_V1 if pretrained or weights is True else None
            chosen = kinds.verify(weights)
            state = None if chosen is None else chosen.get_state_dict()
            made = build(**kwargs)
            if state is not None:
                made.load_state_dict(state)
            return made

        _MODELS[build.__name__] = builder
        _WEIGHTS[build.__name__] = kinds
        return builder  # type: ignore[return-value]

    return register


def list_models(module: ModuleType | None = None, include: Any = None, exclude: Any = None) -> list[str]:
    """The names of the models.

    Parameters
    ----------
    module : module, optional
        Only those of ``torchvision.models``, or of a part of it.
    include, exclude : str or iterable of str, optional
        Patterns of names.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from minitorch_bp.vision import models
    >>> models.list_models(include="resnet1*")
    ['resnet101', 'resnet152', 'resnet18']
    """

    def fits(name: str, patterns: Any) -> bool:
        patterns = [patterns] if isinstance(patterns, str) else patterns
        return any(fnmatch.fnmatch(name, p) for p in patterns)

    here = __name__.rpartition(".")[0]
    names = [n for n, b in _MODELS.items() if module is None or sys.modules[here] is module or b.__module__ == module.__name__]
    return sorted(n for n in names if (not include or fits(n, include)) and not (exclude and fits(n, exclude)))


def get_model_builder(name: str) -> Callable[..., nn.Module]:
    """The function that builds a model.

    Parameters
    ----------
    name : str

    Returns
    -------
    function

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> from minitorch_bp.vision import models
    >>> models.get_model_builder("resnet18").__name__
    'resnet18'
    """
    if name.lower() not in _MODELS:
        raise ValueError(f"there is no model {name!r} here; there are {', '.join(sorted(_MODELS))}")
    return _MODELS[name.lower()]


def get_model(name: str, **config: Any) -> nn.Module:
    """Build a model.

    Parameters
    ----------
    name : str
    **config : any
        Its arguments.

    Returns
    -------
    Module

    Examples
    --------
    >>> from minitorch_bp.vision import models
    >>> models.get_model("squeezenet1_1", num_classes=2).classifier[1].out_channels
    2
    """
    return get_model_builder(name)(**config)


def get_model_weights(name: Any) -> Any:
    """The enumeration of a model's weights.

    Parameters
    ----------
    name : str or function

    Returns
    -------
    type

    Examples
    --------
    >>> from minitorch_bp.vision import models
    >>> models.get_model_weights("resnet18").DEFAULT
    ResNet18_Weights.IMAGENET1K_V1
    """
    return _WEIGHTS[get_model_builder(name).__name__ if isinstance(name, str) else name.__name__]


def get_weight(name: str) -> Any:
    """Weights by their full name.

    Parameters
    ----------
    name : str
        As 'ResNet18_Weights.DEFAULT'.

    Returns
    -------
    WeightsEnum

    Raises
    ------
    ValueError
        If there are none.

    Examples
    --------
    >>> from minitorch_bp.vision import models
    >>> models.get_weight("ResNet18_Weights.DEFAULT")
    ResNet18_Weights.IMAGENET1K_V1
    """
    kind, _, member = name.partition(".")
    for kinds in _WEIGHTS.values():
        if kinds.__name__ == kind and member in kinds.__members__:
            return kinds[member]
    raise ValueError(f"there are no weights {name!r} here")


def initialize(modules: Iterable[nn.Module], linear: bool = False) -> None:
    """Initial values: Kaiming's for convolutions (by their outputs), 1 and 0 for normalizations, small normal ones for linear layers."""
    for m in modules:
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
            nn.init.ones_(m.weight)
            nn.init.zeros_(m.bias)
        elif linear and isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, 0, 0.01)
            nn.init.zeros_(m.bias)
