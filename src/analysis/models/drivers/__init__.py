"""What goes with the outcome, and how much: driver importance that admits what it cannot tell.

`rank` decides what may be said and says it, `shares` divides what is explained among drivers that
overlap, `resample` draws whole accounts and predicts accounts left out, `sure` makes intervals of
it, `ladder` tells how sure the order is, `place` sets importance beside performance.
"""

from analysis.models.drivers.rank import DEFAULT_CANDIDATES, Drivers, importance

__all__ = ["DEFAULT_CANDIDATES", "Drivers", "importance"]
