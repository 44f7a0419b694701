"""One number out of many, and what is sorted or summed on the way."""
