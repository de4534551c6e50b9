"""The process `listingapi relay`."""
