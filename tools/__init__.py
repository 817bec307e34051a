"""Set-up, start and checks. Standard library only, so that a fresh checkout can run it."""
