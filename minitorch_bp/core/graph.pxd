from minitorch_bp.core.tensor cimport TensorBase


cdef class NodeBase:
    cdef public object dtype, edges, hooks, plan, saved, seq, shape, versions
