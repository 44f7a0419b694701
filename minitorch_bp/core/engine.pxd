from minitorch_bp.core.graph cimport NodeBase
from minitorch_bp.core.tensor cimport TensorBase
