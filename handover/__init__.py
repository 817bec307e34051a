"""handover: relays a conversation, seals it, queues it for people, and forgets it."""
