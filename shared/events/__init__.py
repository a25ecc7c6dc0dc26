"""One fact travels once: outbox in the sender's transaction, relay between, inbox in the receiver's transaction."""
