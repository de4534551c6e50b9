"""The commands `listingapi events …`."""
