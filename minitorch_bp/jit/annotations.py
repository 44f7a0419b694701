"""``torch.jit.annotations``: where models import the types of their annotations from. They are Python's."""

from typing import Any as Any
from typing import Dict as Dict  # noqa: UP035  (the old names are what is asked for)
from typing import List as List  # noqa: UP035
from typing import Optional as Optional
from typing import Tuple as Tuple  # noqa: UP035
from typing import Union as Union

from ..core.tensor import Tensor as Tensor
from ..futures import Future as Future
