"""The decision helper: questions, rules, what would have to be added."""
