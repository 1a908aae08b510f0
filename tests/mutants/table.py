"""All mutants."""

from tests.mutants.lifecycle import LIFECYCLE
from tests.mutants.operator import OPERATOR
from tests.mutants.store import STORE
from tests.mutants.threats import THREATS

MUTANTS = (*STORE, *LIFECYCLE, *THREATS, *OPERATOR)
