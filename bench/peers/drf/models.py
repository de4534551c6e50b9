"""The two tables as Django maps them; others have made them."""

from django.db import models


class Listing(models.Model):
    """A listing with its current, previous and original price."""

    id = models.BigAutoField(primary_key=True, db_column="listing_id")
    account_id = models.BigIntegerField(default=1)
    version = models.BigIntegerField(default=1)
    name = models.TextField()
    description = models.TextField()
    building_type = models.TextField(choices=[(kind, kind) for kind in ("STUDIO", "APARTMENT", "HOUSE")])
    latest_price_eur = models.DecimalField(max_digits=14, decimal_places=2)
    previous_price_eur = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    original_price_eur = models.DecimalField(max_digits=14, decimal_places=2)
    price_version = models.BigIntegerField(default=1)
    price_changed_date = models.DateTimeField()
    surface_area_m2 = models.FloatField()
    rooms_count = models.IntegerField()
    bedrooms_count = models.IntegerField()
    contact_phone_number = models.TextField(null=True)  # noqa: DJ001 - the column is
    street_address = models.TextField()
    postal_code = models.TextField()
    city = models.TextField()
    country = models.TextField()
    created_date = models.DateTimeField()
    updated_date = models.DateTimeField()
    withdrawn_date = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "listing"

    def __str__(self) -> str:
        return self.name


class ListingPrice(models.Model):
    """A price of a listing, numbered by the version of the listing that it came with."""

    pk = models.CompositePrimaryKey("listing_id", "version")
    listing = models.ForeignKey(Listing, on_delete=models.DO_NOTHING, related_name="prices")
    version = models.BigIntegerField()
    price_eur = models.DecimalField(max_digits=14, decimal_places=2)
    created_date = models.DateTimeField()
    recorded_date = models.DateTimeField()
    source = models.TextField()
    account_id = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "listing_price"

    def __str__(self) -> str:
        return f"{self.price_eur}"
