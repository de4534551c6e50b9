"""The bodies, and what a write does to the tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bench.peers.drf.models import Listing, ListingPrice
from rest_framework import serializers


class PriceSerializer(serializers.ModelSerializer):
    """An entry of a price history."""

    class Meta:
        model = ListingPrice
        fields = ("price_eur", "created_date")


class PostalAddressSerializer(serializers.ModelSerializer):
    """Where a listing is."""

    country = serializers.RegexField("^[A-Z]{2}$")

    class Meta:
        model = Listing
        fields = ("street_address", "postal_code", "city", "country")


class ListingSerializer(serializers.ModelSerializer):
    """A listing."""

    latest_price_eur = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0)
    surface_area_m2 = serializers.FloatField(min_value=0)
    rooms_count = serializers.IntegerField(min_value=1)
    bedrooms_count = serializers.IntegerField(min_value=0)
    contact_phone_number = serializers.RegexField(r"^\+[1-9]\d{1,14}$", default=None, allow_null=True)
    postal_address = PostalAddressSerializer(source="*")

    class Meta:
        model = Listing
        fields = (
            "id", "name", "description", "building_type", "latest_price_eur", "surface_area_m2", "rooms_count",
            "bedrooms_count", "contact_phone_number", "postal_address", "created_date", "updated_date",
        )  # fmt: skip
        read_only_fields = ("id", "created_date", "updated_date")

    def to_representation(self, instance: Listing) -> dict[str, Any]:
        """Leave out what is not there."""
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if value is not None}

    def create(self, validated_data: dict[str, Any]) -> Listing:
        """Store a listing and its first price."""
        now = datetime.now(UTC)
        dates = dict.fromkeys(("price_changed_date", "created_date", "updated_date"), now)
        listing = Listing.objects.create(
            **validated_data, **dates, original_price_eur=validated_data["latest_price_eur"]
        )
        _append_price(listing)
        return listing

    def update(self, instance: Listing, validated_data: dict[str, Any]) -> Listing:
        """Replace a listing; another price is added to its history."""
        before = instance.latest_price_eur
        for name, value in validated_data.items():
            setattr(instance, name, value)
        instance.version += 1
        instance.updated_date = max(datetime.now(UTC), instance.updated_date + timedelta(microseconds=1))
        if instance.latest_price_eur != before:
            instance.previous_price_eur = before
            instance.price_version = instance.version
            instance.price_changed_date = instance.updated_date
            _append_price(instance)
        instance.save()
        return instance


def _append_price(listing: Listing) -> None:
    ListingPrice.objects.create(
        listing=listing,
        version=listing.version,
        price_eur=listing.latest_price_eur,
        created_date=listing.price_changed_date,
        recorded_date=listing.price_changed_date,
        source="api",
        account_id=listing.account_id,
    )
