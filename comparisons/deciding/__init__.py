"""The decision helper and what it rests on: questions, rules, and what would need to be added."""
