"""The domain: what the hotline knows, as data and small pure functions. No web, no Rasa, no database."""
