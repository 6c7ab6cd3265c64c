"""The same approval of twelve steps with two other engines; they are installed for the bench, not by the product."""
