"""Tests, and what they share."""

import os
import sys

# The processes that tests start import all of Keyturn. Compiling it anew in each takes longer than most
# tests.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
