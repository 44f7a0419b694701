"""DataPipes: data sets that are made of others by steps, ``IterableWrapper(range(6)).map(f).batch(2)``.

A step is a class of data sets that takes the one before as its first argument; ``@functional_datapipe("map")`` makes it the method
``map`` of all of them. PyTorch keeps these classes, and no longer adds to them.
"""

from . import iter as iter
from . import map as map
