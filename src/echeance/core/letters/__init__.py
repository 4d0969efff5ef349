"""Letters: what they may say, how they are set on paper, and the Word files they come from."""
