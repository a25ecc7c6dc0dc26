"""One fact travels once: outbox in the sender's transaction, relay, inbox in the receiver's transaction."""
