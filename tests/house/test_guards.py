"""What a test may not do."""

import smtplib
import socket
import time

import pytest


def test_a_test_that_sleeps_fails() -> None:
    with pytest.raises(RuntimeError, match="sleeps"):
        time.sleep(1)


def test_a_test_that_mails_fails() -> None:
    with pytest.raises(RuntimeError, match="mail"):
        smtplib.SMTP("127.0.0.1")


def test_a_test_reaches_loopback_only() -> None:
    with socket.socket() as connection, pytest.raises(RuntimeError, match="connects"):
        connection.connect(("192.0.2.1", 80))
