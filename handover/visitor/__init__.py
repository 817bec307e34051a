"""The visitors' listener: the page, the protocol, and nothing that tells who was there."""
