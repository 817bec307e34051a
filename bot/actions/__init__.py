"""What follows from a message: the form that leads the conversation, and the report it ends with."""
