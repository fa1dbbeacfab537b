"""Signatures in OpenSSH's form: made with people's own keys, checked against a list of who may sign."""
