"""What is neither one thing nor a comparison."""
