"""What is neither about one thing nor a comparison: the API, search, sitemap, and the addresses for machines."""
