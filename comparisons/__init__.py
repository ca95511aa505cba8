"""The judgement: what follows from the facts under somebody’s weights."""
