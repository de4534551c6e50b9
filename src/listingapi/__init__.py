"""ListingAPI: the system of record for property listings and their price history."""
