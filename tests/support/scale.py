"""How much of their counts the long tests take."""

import os

WHOLE = os.environ.get("BANLI_TEST_SCALE") == "whole"  # a tenth otherwise
