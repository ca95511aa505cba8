"""What the portal is about: the words, kinds and colours of a topic, read from its folder."""
