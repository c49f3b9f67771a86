"""An invented province for benches and tests: Hebei's real divisions, filled with people that nobody has ever met.

`slices(Plan(...))` yields one region after another with its organs, posts, officials and five years of appointments,
always the same for the same plan, never more than one region in memory. Everything says that it is invented: names of
people and organs begin with 演练, citizen numbers with 990000 (a code that no place has), rows carry `exercise`.

* `bench.province.events`: the registry's events of a slice, version by version, with the moment of recording.
* `bench.province.roster`: rows of the copies that consumers keep. `bench.province.registry`: rows of the registry.
* `bench.province.sheets`: one flat row for each appointment, as somebody would keep it in a spreadsheet.

Nothing here but `bench.province.registry` imports a service, so that the tests of every service may use it.
"""

from bench.province.plan import Plan, Slice
from bench.province.slices import slices

__all__ = ["Plan", "Slice", "slices"]
