"""What runs inside Rasa's own process: channel, sealed tracker store, reader, and two mended mistakes of Rasa 3.6.21."""
