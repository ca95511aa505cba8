"""The evidence and the verdicts on it: sources, their claims, the editors' ratings, disagreements."""
