"""The process `listingapi worker`."""
