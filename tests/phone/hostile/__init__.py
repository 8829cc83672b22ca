"""What strangers and broken telephones send: RFC 4475's messages, mutants of them, floods."""
