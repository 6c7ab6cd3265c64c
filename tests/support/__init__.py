"""What tests share: databases, a browser, fakes of the ports."""
