"""The operations."""

from typing import Any

from bench.peers.database import PAGE
from bench.peers.drf.models import Listing, ListingPrice
from bench.peers.drf.serializers import ListingSerializer, PriceSerializer
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response


class Listings(generics.ListCreateAPIView):
    """The newest listings, and new ones."""

    serializer_class = ListingSerializer

    def get_queryset(self) -> QuerySet[Listing]:
        """The first page of the listings on the market."""
        return Listing.objects.filter(withdrawn_date=None).order_by("-created_date", "-id")[:PAGE]

    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Store a listing and its first price, or neither."""
        return super().create(request, *args, **kwargs)


class OneListing(generics.RetrieveUpdateAPIView):
    """One listing."""

    serializer_class = ListingSerializer
    http_method_names = ("get", "put")

    def get_queryset(self) -> QuerySet[Listing]:
        """Whoever changes a listing keeps others from it."""
        return Listing.objects.select_for_update() if self.request.method == "PUT" else Listing.objects.all()

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Replace a listing and add to its history, or neither."""
        return super().update(request, *args, **kwargs)


class Prices(generics.ListAPIView):
    """The price history of a listing."""

    serializer_class = PriceSerializer

    def get_queryset(self) -> QuerySet[ListingPrice]:
        """Oldest first."""
        return get_object_or_404(Listing, pk=self.kwargs["pk"]).prices.order_by("version")
