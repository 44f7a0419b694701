"""Operations on the elements that a boolean mask selects. ``torch.masked`` shows them."""
