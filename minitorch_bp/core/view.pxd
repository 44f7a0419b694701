from minitorch_bp.core.tensor cimport TensorBase
