"""What the tests share: the server under test, SDK workers, speech, raw sockets, and the report."""
