"""``torch._subclasses``: tensors without memory, which there are none of; libraries ask whether a tensor is one."""
