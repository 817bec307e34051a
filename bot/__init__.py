"""How Sam talks: NLU data, rules, actions, and the few plug-ins that run inside Rasa."""
