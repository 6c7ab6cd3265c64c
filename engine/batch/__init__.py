"""Many work items of one flow node on one page: what was recommended apart from what is decided."""
