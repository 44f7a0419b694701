"""Reading and writing parts of tensors: by slices, integers, lists, masks, along a dimension."""
