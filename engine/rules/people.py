"""What a person's number, name and address may look like, however they come in."""

import re

STAFF_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,63}")
NAME_LENGTH = 120  # characters
