"""Makes the trained reader (``models/reader``) from the data in the repository; torch lives only here."""
