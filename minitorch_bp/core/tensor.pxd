cdef class TensorBase:
    cdef public object _array, _cell, _extras, _fn, _grad, _requires_grad, _view
