"""The conversation: its states, its thread of messages, the relay to the bot, and the visitor's protocol."""
