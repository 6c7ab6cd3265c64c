"""Passwords: argon2id hashes, and what a password must be."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from engine.sentences import say

LONGEST = 256  # characters; more would only feed the hash function
MOST_USED = frozenset(
    {"1234567890", "12345678910", "password123", "qwertyuiop", "1q2w3e4r5t", "a123456789", "admin12345"}
)

_hasher = PasswordHasher()
_DECOY = _hasher.hash("no account has this password")


def hash_password(password: str) -> str:
    """Hash a password; slow on purpose."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Without a hash it takes as long, and is wrong."""
    try:
        _hasher.verify(password_hash or _DECOY, password[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None


def password_problem(password: str, *, least: int, login: str, name: str) -> str | None:
    """What is wrong with a new password, as a sentence; None when it may be used.

    Args:
        password: as typed.
        least: characters, a setting of the institution.
        login: staff number, which must not be part of it.
        name: display name, likewise.
    """
    if len(password) < least:
        return say("密码至少要有 {least} 个字符", least=least)
    if len(password) > LONGEST:
        return say("密码最多 {most} 个字符", most=LONGEST)
    kinds = (str.isalpha, str.isdigit, lambda character: not character.isalnum())
    if sum(any(map(kind, password)) for kind in kinds) < 2:
        return "密码要包含字母、数字、符号中的至少两类"
    lowered = password.lower()
    if (len(login) >= 3 and login.lower() in lowered) or (len(name) >= 2 and name.lower() in lowered):
        return "密码不能包含工号或姓名"
    if lowered in MOST_USED or len(set(lowered)) <= 3:
        return "这个密码太容易被猜到，请换一个"
    return None
